from __future__ import annotations

from pathlib import Path

import pytest

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import (
    Censoring,
    CurveLimits,
    KappaWeights,
    LiverProgression,
    MissedVisits,
    RateLimits,
    VisitDating,
)

PAGE = Path(__file__).parents[2] / "docs" / "rules" / "endpoints.md"
CHOICES = (
    *Censoring,
    *CurveLimits,
    *KappaWeights,
    *LiverProgression,
    *MissedVisits,
    *RateLimits,
    *VisitDating,
)


@pytest.mark.parametrize("word", [*TrialSettings.model_fields, *CHOICES])
def test_each_convention_is_told_on_the_page_of_endpoints(word):
    assert f"`{word}`" in PAGE.read_text("utf-8")
