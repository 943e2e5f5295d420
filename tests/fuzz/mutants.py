"""Mutants by their recipe, ``SEED:NUMBER``: the same recipe gives the same bytes."""

from __future__ import annotations

import random
from itertools import count, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.fuzz.cases import CASES
from tests.fuzz.codings import CODINGS
from tests.fuzz.media import ZIPS, hostile_file_id
from tests.fuzz.raw_bytes import BYTES
from tests.fuzz.structure import STRUCTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.fuzz.corpus import Seed

    Mutator = Callable[[random.Random, bytes], bytes | None]

ATTEMPTS = 20


class Mutant(NamedTuple):
    """Files to read, and how they came to be."""

    recipe: str
    seed: Seed
    files: dict[str, bytes]
    how: tuple[str, ...]


def recipes(seeds: Sequence[Seed], most: int) -> list[str]:
    """Return the first recipes of an endless list that takes all seeds in turn."""
    return list(islice(_recipes(seeds), most))


def _recipes(seeds: Sequence[Seed]) -> Iterator[str]:
    for turn in count():
        for seed in seeds:
            for part in range(seed.share):
                yield f"{seed.name}:{turn * seed.share + part}"


def mutant(recipe: str, seed: Seed) -> Mutant:
    """Return the mutant of a recipe."""
    rng: Any = random.Random(recipe)  # noqa: S311 - repeatable, not secret
    files = dict(seed.files)
    how: list[str] = []
    name = _target(rng, seed)
    wished = rng.choice((1, 1, 1, 2, 3))
    for _ in range(ATTEMPTS):
        mutate = rng.choice(_mutators(rng, seed))
        data = mutate(rng, files[name]) if files[name] else None
        if data is not None and data != files[name]:
            files[name] = data
            how.append(mutate.__name__)
        if len(how) == wished:
            break
    return Mutant(recipe, seed, files, tuple(how))


def _target(rng: random.Random, seed: Seed) -> str:
    names = sorted(seed.files)
    if seed.kind == "dicomdir" and rng.random() < 0.8:
        return "DICOMDIR"
    return rng.choice(names)


def _mutators(rng: random.Random, seed: Seed) -> Sequence[Mutator]:
    if seed.kind == "zip":
        return ZIPS
    if seed.kind == "case":
        return CASES
    families = [(BYTES, 0.3), (STRUCTURE, 0.55), (CODINGS, 0.15)]
    if seed.kind == "dicomdir":
        families.append(((hostile_file_id,), 0.3))
    kinds, weights = zip(*families, strict=True)
    return rng.choices(kinds, weights)[0]
