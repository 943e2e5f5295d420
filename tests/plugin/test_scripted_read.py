"""A whole read at the window, its actions counted, its case held to that of `Session`.

The patient has five targets, three non-targets and at the last of four visits a new
lesion. What differs between the two cases is only what no two reads share: the UIDs of
case and lesions, the times of entries and signatures, and the hashes over them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recist_tool.app import Session
from recist_tool.phantom import READING_PATIENT, truth
from tests.examples import by_day
from tests.plugin.read_checks import (
    assert_answers,
    assert_ends_lie_where_the_lesions_end,
    drawn_calipers,
)
from tests.plugin.read_plan import plan_of
from tests.plugin.scripted_read import (
    ScriptedRead,
    actions_of,
    mean_per_lesion,
    report,
)
from tests.plugin.session_read import read_through_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.phantoms import Phantoms
    from tests.plugin.hands import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow]

TRUTH = truth(READING_PATIENT)
PLAN = plan_of(TRUTH)
MOST_AT_BASELINE, MOST_AT_FOLLOW_UP = 6.0, 3.0
WAYS = [True, False][: by_day(1, at_night=2)]
"""Beside the baseline, registered; by night also in one pane."""

MASKED = frozenset(
    {"case_uid", "tracking_uid", "at", "previous_hash", "entry_hash", "head"}
)


@pytest.fixture(scope="module")
def images(phantoms: Phantoms) -> Path:
    return phantoms.folder_of(READING_PATIENT)


@pytest.fixture(
    params=WAYS, ids=lambda beside: "side by side" if beside else "one pane"
)
def read(
    request: pytest.FixtureRequest, make_reader: Callable[[], Reader], images: Path
) -> ScriptedRead:
    """The whole read, done: in one pane, or beside the baseline, registered."""
    reader = make_reader()
    reader.open(images)
    read = ScriptedRead(reader, PLAN, side_by_side=request.param)
    read.run()
    return read


def masked(content: Any) -> Any:
    """Return JSON without what no two reads share."""
    if isinstance(content, dict):
        return {
            name: "masked" if name in MASKED else masked(value)
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [masked(one) for one in content]
    return content


def written(session: Session) -> tuple[Any, Any]:
    """Return the case file and the journal, without what no two reads share."""
    name = session.case_path.name.replace(".case.json", ".journal.jsonl")
    lines = session.case_path.with_name(name).read_text().splitlines()
    case = json.loads(session.case_path.read_text())
    return masked(case), [masked(json.loads(line)) for line in lines]


def test_a_whole_read_takes_few_actions_and_leaves_the_case_that_session_makes(
    read: ScriptedRead,
    images: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counted = actions_of(read.actions)
    with capsys.disabled():
        print(report(counted))  # noqa: T201 - the numbers are what the test is for
    session = read.session
    _assert_few(counted, each=read.side_by_side)
    assert_ends_lie_where_the_lesions_end(session, PLAN, read.mm_per_px)
    assert_answers(session, TRUTH)
    with Session.create(
        tmp_path / "session", subject_id=session.case.subject_id, reader_id="reader-1"
    ) as other:
        read_through_session(other, images, PLAN, drawn_calipers(session))
        case, journal = written(other)
    assert written(session) == (case, journal)


def _assert_few(counted: Mapping[str, Mapping[str, int]], *, each: bool) -> None:
    """Hold the means to their limits; where asked, every lesion too."""
    for number, lesions in enumerate(counted.values()):
        limit = MOST_AT_FOLLOW_UP if number else MOST_AT_BASELINE
        assert mean_per_lesion(lesions) <= limit
        most = max(count for name, count in lesions.items() if name)
        assert not each or most <= limit
