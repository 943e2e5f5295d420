"""Random sessions and patients; ``python -m tests.chance`` tries many more."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from recist_tool.terms import Criteria
from tests.chance.answers import judge
from tests.chance.commands import KINDS
from tests.chance.findings import random_findings
from tests.chance.sessions import random_session
from tests.examples import by_day

SHARES, SESSIONS, PATIENTS = by_day(2, at_night=10), 10, 12


@pytest.mark.parametrize("share", range(SHARES))
def test_after_random_commands_a_case_opens_again_as_it_was(
    share, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    done = Counter()
    for seed in range(share * SESSIONS, (share + 1) * SESSIONS):
        done += random_session(tmp_path, seed)
    assert len(done) > len(KINDS) / 2
    assert done["record_finding"] > SESSIONS
    assert done["refused"]


@pytest.mark.parametrize("share", range(SHARES))
def test_random_findings_are_answered_in_the_documented_form_or_refused(share):
    counts = Counter()
    for seed in range(share * PATIENTS, (share + 1) * PATIENTS):
        findings = random_findings(seed)
        if findings is not None:
            counts += judge(findings)
    assert counts["answered"] > PATIENTS * len(Criteria) / 6
    assert counts["refused"]
