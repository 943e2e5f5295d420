"""Small trials with everything a report shows, and ways to look at what was drawn."""

from __future__ import annotations

import functools
import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.trial.cohort import TrialResult, trial_result
from recist_tool.trial.kept import KeptPatient, Known, kept
from recist_tool.trial.patient_result import patient_result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
QUARTERLY = TrialSettings(visit_interval_days=91, visit_window_days=14)


def made(
    cohort: Iterable[Findings], settings: TrialSettings = QUARTERLY
) -> tuple[TrialResult, tuple[KeptPatient, ...]]:
    """Return the result of a cohort and its patients."""
    patients = tuple(kept(patient_result(one, settings), Known()) for one in cohort)
    return trial_result([one.result for one in patients], settings), patients


@functools.cache
def registry(n: int = 60) -> tuple[TrialResult, tuple[KeptPatient, ...]]:
    """Return a registry's cohort as the documentation has it."""
    drawn = runpy.run_path(str(EXAMPLES / "make.py"))["registry"](n)
    return made(Findings.model_validate_json(json.dumps(one)) for one in drawn)


def pixels(figure: Figure) -> np.ndarray:
    """Return the figure as grey levels, shape (rows, columns)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=2)


def texts(figure: Figure) -> str:
    """Return every word of a figure."""
    from matplotlib.text import Text

    pixels(figure)
    found: list[Any] = figure.findobj(Text)
    return "\n".join(one.get_text() for one in found)
