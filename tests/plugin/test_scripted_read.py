"""A whole read at the window, its actions counted, its case held to that of `Session`.

The patient has five targets, three non-targets and at the last of four visits a new
lesion. What differs between the two cases is only what no two reads share: the UIDs of
case and lesions, the times of entries and signatures, and the hashes over them.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from napari_recist.findings import caliper_of
from recist_tool import PlaneCaliper, Scope, Session, write_patient
from recist_tool.phantom import READING_PATIENT, truth
from tests.plugin.read_plan import every_look
from tests.plugin.scripted_read import ScriptedRead, actions_of, mean_per_lesion
from tests.plugin.session_read import read_through_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from recist_tool import Caliper
    from tests.plugin.hands import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow]

TRUTH = truth(READING_PATIENT)
MOST_AT_BASELINE, MOST_AT_FOLLOW_UP = 6.0, 3.0
MASKED = frozenset(
    {"case_uid", "tracking_uid", "at", "previous_hash", "entry_hash", "head"}
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading-patient")
    write_patient(READING_PATIENT, folder)
    return folder


@pytest.fixture(params=[False, True], ids=["one pane", "side by side"])
def read(
    request: pytest.FixtureRequest, make_reader: Callable[[], Reader], images: Path
) -> ScriptedRead:
    """The whole read, done: in one pane, or beside the baseline, registered."""
    reader = make_reader()
    reader.open(images)
    read = ScriptedRead(reader, TRUTH, side_by_side=request.param)
    read.run()
    return read


def drawn_calipers(session: Session) -> dict[tuple[str, str], PlaneCaliper]:
    """Return where the ends of each caliper lie, as (row, column)."""
    found = {
        (one.lesion_id, one.timepoint_id): caliper_of(one.finding)
        for one in session.read.findings
    }
    return {key: _as_drawn(one) for key, one in found.items() if one is not None}


def _as_drawn(caliper: Caliper) -> PlaneCaliper:
    axes = [one for one in (caliper.long_axis, caliper.short_axis) if one is not None]
    ends = [one.ends_pixel for one in axes if one.ends_pixel is not None]
    return PlaneCaliper(*(((b, a), (d, c)) for (a, b), (c, d) in ends))


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


def report(counted: Mapping[str, Mapping[str, int]]) -> str:
    lines = ["", "actions for each lesion (the visit: hanging and signing):"]
    for visit, lesions in counted.items():
        each = "  ".join(f"{name or 'visit'} {n}" for name, n in lesions.items())
        lines.append(f"{visit:4} mean {mean_per_lesion(lesions):.2f}:  {each}")
    return "\n".join(lines)


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
    _assert_ends_lie_where_the_lesions_end(session, read.mm_per_px)
    _assert_answers(session)
    with Session.create(
        tmp_path / "session", subject_id=session.case.subject_id, reader_id="reader-1"
    ) as other:
        read_through_session(other, images, TRUTH, drawn_calipers(session))
        case, journal = written(other)
    assert written(session) == (case, journal)


def _assert_few(counted: Mapping[str, Mapping[str, int]], *, each: bool) -> None:
    """Hold the means to their limits; where asked, every lesion too."""
    for number, lesions in enumerate(counted.values()):
        limit = MOST_AT_FOLLOW_UP if number else MOST_AT_BASELINE
        assert mean_per_lesion(lesions) <= limit
        most = max(count for name, count in lesions.items() if name)
        assert not each or most <= limit


def _assert_ends_lie_where_the_lesions_end(session: Session, mm_per_px: float) -> None:
    """Hold each end to within the pixel of the screen that the hand can point at."""
    drawn = drawn_calipers(session)
    rows_mm, columns_mm = READING_PATIENT.ct.pixel_spacing_mm
    looks = {(one.lesion_id, one.timepoint_id): one for one in every_look(TRUTH)}
    for key, caliper in drawn.items():
        known = looks[key].caliper
        for ends, true_ends in zip(caliper, known, strict=True):
            for end, true_end in zip(
                sorted(ends or ()), sorted(true_ends or ()), strict=True
            ):
                off_mm = math.hypot(
                    (end[0] - true_end[0]) * rows_mm,
                    (end[1] - true_end[1]) * columns_mm,
                )
                assert off_mm <= mm_per_px, key


def _assert_answers(session: Session) -> None:
    found = session.assessment
    assert found is not None
    for visit in TRUTH.timepoints:
        for scope, answers in (
            (Scope.OVERALL, found.overall),
            (Scope.LIVER, found.liver),
        ):
            assert answers is not None
            expected = visit.expected[scope]
            answer = answers.timepoints.get(visit.timepoint_id)
            if expected.overall is None:
                total = answers.baseline_sum_mm
            else:
                assert answer is not None
                assert answer.overall is expected.overall
                total = answer.sum_mm
            assert total is not None
            assert float(total) == pytest.approx(float(expected.sum_mm), abs=2.5)
