"""How long a waterfall of many patients takes: drawn, and written as PNG and SVG.

The peer is the waterfall of a tenth of the patients. Times are those of the processor.

Run: ``python -m benchmarks bench_figures``
"""

from __future__ import annotations

import io
import random
import sys
import time

from benchmarks.bench_assess import patient
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.trial.changes import waterfall_figure
from recist_tool.report.trial.style import SETTINGS
from recist_tool.trial.kept import KeptPatient, Known, kept
from recist_tool.trial.patient_result import patient_result

PATIENTS = (500, 5_000)


def main() -> None:
    """Print the time of both waterfalls."""
    cohort = kept_patients(max(PATIENTS))
    seconds(cohort[:10])  # the fonts are looked for once
    for count in PATIENTS:
        taken = seconds(cohort[:count])
        sys.stdout.write(f"waterfalls of {count:5,} patients: {taken:5.2f} s\n")


def kept_patients(count: int) -> list[KeptPatient]:
    """Return that many patients as a trial keeps them."""
    chance, known = random.Random(1), Known()  # noqa: S311 - needs no secret
    cohort = (Findings.model_validate(patient(at, chance)) for at in range(count))
    return [kept(patient_result(one, TrialSettings()), known) for one in cohort]


def seconds(patients: list[KeptPatient]) -> float:
    """Return the processor time of a figure and its two files, s."""
    import matplotlib as mpl

    start = time.process_time()
    with mpl.rc_context(SETTINGS):
        figure = waterfall_figure(patients)
        figure.savefig(io.BytesIO(), format="png", dpi=200)
        figure.savefig(io.BytesIO(), format="svg")
    return time.process_time() - start


if __name__ == "__main__":
    main()
