"""How long a whole trial takes, and its curves beside R's on the same times.

Run: ``python -m benchmarks bench_trial``
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.bench_assess import patients
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.trial.cohort import trial_result
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.competing import cumulative_incidence
from recist_tool.trial.patient import assess
from recist_tool.trial.patient_result import patient_result
from recist_tool.trial.survival import kaplan_meier

GROWTH = (1_000, 10_000)
ROWS = 20_000

R_SCRIPT = """
suppressMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1])
start <- proc.time()[["elapsed"]]
fit <- survfit(Surv(time, cause > 0) ~ 1, data = d, conf.type = "log-log")
cat(proc.time()[["elapsed"]] - start, "")
start <- proc.time()[["elapsed"]]
fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = d, conf.type = "log-log")
cat(proc.time()[["elapsed"]] - start, "\\n")
"""


def main() -> None:
    """Print the time of each stage of a trial, then of the curves alone."""
    for count in GROWTH:
        _trial(count)
    _curves()


def say(line: str) -> None:
    """Print one line of the benchmark."""
    sys.stdout.write(f"{line}\n")


def _trial(count: int) -> None:
    """Time responses alone (the peer), then with every endpoint."""
    cohort = [Findings.model_validate_json(line) for line in patients(count)]
    settings = TrialSettings()
    gc.collect()
    start = time.perf_counter()
    kept = [assess(findings) for findings in cohort]
    assessed = time.perf_counter()
    del kept
    gc.collect()
    restart = time.perf_counter()
    results = [patient_result(findings, settings) for findings in cohort]
    ended = time.perf_counter()
    trial_json(trial_result(results, settings))
    done = time.perf_counter()
    responses, events = assessed - start, ended - restart
    say(
        f"{count:7,} patients: responses alone {responses:6.2f} s; responses and "
        f"times to events {events:6.2f} s; rates, curves, landmarks and JSON "
        f"{done - ended:6.2f} s"
    )


def _curves() -> None:
    rng = np.random.default_rng(1)
    times = rng.integers(1, 730, ROWS)
    causes = rng.integers(0, 3, ROWS)
    start = time.perf_counter()
    kaplan_meier(times, causes > 0)
    between = time.perf_counter()
    cumulative_incidence(times, causes)
    end = time.perf_counter()
    say(
        f"{ROWS:7,} times: Kaplan-Meier {1e3 * (between - start):.1f} ms, "
        f"cumulative incidence {1e3 * (end - between):.1f} ms"
    )
    say(f"{ROWS:7,} times in R: {_in_r(times, causes)}")


def _in_r(times: np.ndarray, causes: np.ndarray) -> str:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return "not measured, Rscript is not installed"
    with TemporaryDirectory() as folder:
        sheet, script = Path(folder, "times.csv"), Path(folder, "curves.R")
        rows = np.column_stack((times, causes))
        np.savetxt(sheet, rows, "%d", ",", header="time,cause", comments="")
        script.write_text(R_SCRIPT, "utf-8")
        done = subprocess.run(  # noqa: S603 - R itself, on the script above
            [rscript, "--vanilla", str(script), str(sheet)],
            capture_output=True,
            text=True,
            check=True,
        )
    curve, incidence = (1e3 * float(word) for word in done.stdout.split())
    return f"Kaplan-Meier {curve:.1f} ms, cumulative incidence {incidence:.1f} ms"


if __name__ == "__main__":
    main()
