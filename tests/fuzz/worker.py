"""Reads mutants named on standard input, one recipe a line, under limits."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

CPU_SECONDS = 20
MOST_ADDRESSES = 3 << 30


def main(place: str) -> None:
    """Answer each recipe with a line of JSON; write within a place alone."""
    sys.dont_write_bytecode = True
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with tempfile.TemporaryDirectory(dir=place) as folder:
        scratch = Path(folder).resolve()
        _redirect(scratch / "kept")
        from tests.fuzz.corpus import fixed_seeds, real_seeds
        from tests.fuzz.mutants import mutant
        from tests.fuzz.subject import Subject

        seeds = {seed.name: seed for seed in (*fixed_seeds(), *real_seeds())}
        subject = Subject(scratch)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit(resource.RLIMIT_AS, MOST_ADDRESSES)
        for line in sys.stdin:
            recipe = line.strip()
            used = resource.getrusage(resource.RUSAGE_SELF)
            spent = int(used.ru_utime + used.ru_stime)
            _limit(resource.RLIMIT_CPU, spent + CPU_SECONDS)
            seed = seeds[recipe.rpartition(":")[0]]
            verdict = subject.verdict(mutant(recipe, seed))
            answers.write(json.dumps(verdict._asdict()) + "\n")
            answers.flush()


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def _redirect(kept: Path) -> None:
    """Have everything that is written by default written to a scratch folder."""
    os.environ["RECIST_CACHE"] = str(kept / "cache")
    os.environ["HOME"] = os.environ["XDG_CACHE_HOME"] = str(kept / "home")
    os.environ["TMPDIR"] = str(kept / "tmp")


if __name__ == "__main__":
    main(sys.argv[1])
