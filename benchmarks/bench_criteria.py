"""What each published set of criteria costs a patient, on the same thousand patients.

The peer is RECIST 1.1 in the same run. Times are those of the processor.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.bench_assess import SAMPLE, VISITS, patients
from recist_tool.model.findings import Findings
from recist_tool.terms import Criteria
from recist_tool.trial.patient import assess


def measured(line: str) -> Findings:
    """Return a patient with what the other size criteria, markers and PET ask for."""
    content: dict[str, Any] = json.loads(line)
    for at, visit in enumerate(content["timepoints"]):
        for finding in visit["target"].values():
            if "mm" in finding:
                mm = finding["mm"]
                finding["perpendicular_mm"] = round(0.8 * mm, 1)
                finding["viable_mm"] = round(0.9 * mm, 1)
                finding["hu_mean"] = 80 - at
                finding["volume_ml"] = round(mm**3 / 3000, 3)
        visit["markers"] = {"CgA": {"value": 400 - 30 * at, "uln": 100}}
    return Findings.model_validate(content)


def main() -> None:
    """Print the time of each set of criteria, as a ratio to RECIST 1.1."""
    cohort = [measured(line) for line in patients(SAMPLE)]
    recist = seconds(cohort, Criteria.RECIST_1_1)
    sys.stdout.write(f"{SAMPLE} patients x {VISITS} visits, whole patient and liver\n")
    for criteria in Criteria:
        each = seconds(cohort, criteria)
        ratio = each / recist
        figure = f"{1e6 * each / SAMPLE:6.0f} us each, {ratio:5.2f} x RECIST 1.1"
        sys.stdout.write(f"{criteria.value:26} {figure}\n")


def seconds(cohort: list[Findings], criteria: Criteria) -> float:
    """Return the processor time to assess the cohort by one set of criteria."""
    chosen = [one.model_copy(update={"criteria": criteria}) for one in cohort]
    start = time.process_time()
    for findings in chosen:
        assess(findings)
    return time.process_time() - start


if __name__ == "__main__":
    main()
