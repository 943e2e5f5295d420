"""R, asked about cohorts: one process for all of them."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CATEGORIES = ("1", "2", "3", "4")


class Cohort(NamedTuple):
    """Patients of a trial; every array has one entry a patient.

    Attributes
    ----------
    times, events, causes
        Time to the event (0, 1) or to censoring; which of two causes, 0 for none.
    groups
        A number from 1 on.
    first, second
        What two readers said: one of `CATEGORIES`, as numbers.
    """

    times: NDArray[np.float64]
    events: NDArray[np.int64]
    causes: NDArray[np.int64]
    groups: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


class RError(RuntimeError):
    """R is not there, or could not answer."""


def ask_r(cohorts: Mapping[str, Cohort]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Return what R answers, by cohort and statistic (see ``reference.R``).

    Raises
    ------
    RError
        If R or its package survival is missing, or says that something failed.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        msg = "Rscript is missing: apt-get install r-base-core r-cran-survival"
        raise RError(msg)
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, cohorts)
        script = Path(__file__).with_name("reference.R")
        done = subprocess.run(  # noqa: S603 - R itself, on a script of this repository
            [rscript, "--vanilla", str(script), name],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            msg = f"R could not answer (r-cran-survival missing?): {done.stderr}"
            raise RError(msg)
        return _read(folder)


def _write(folder: Path, cohorts: Mapping[str, Cohort]) -> None:
    with (folder / "cohorts.csv").open("w", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(["cohort", "n"])
        writer.writerows((name, one.times.size) for name, one in cohorts.items())
    with (folder / "patients.bin").open("wb") as file:
        for cohort in cohorts.values():
            np.stack([np.asarray(one, dtype=np.float64) for one in cohort]).tofile(file)


def _read(folder: Path) -> dict[tuple[str, str], NDArray[np.float64]]:
    numbers = np.fromfile(folder / "answers.bin")
    answers: dict[tuple[str, str], NDArray[np.float64]] = {}
    start = 0
    for line in (folder / "answers.csv").read_text("utf-8").splitlines():
        cohort, what, length = line.rsplit("|", 2)
        answers[cohort, what] = numbers[start : start + int(length)]
        start += int(length)
    return answers
