"""What can be said of a lesion, and what stays when it is said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from recist_tool.app import Session
from recist_tool.app.reading.states import State, require_state, seen_as, states_of
from recist_tool.errors import CommandRefused
from recist_tool.model import AddTimepoint, NewLesionSeen, NonTargetSeen, Timepoint
from recist_tool.terms import LesionRole, NewLesionStatus, NonTargetStatus
from tests.builders import caliper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROLES = tuple(LesionRole)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A read of three visits with NT1, and NL1 seen first at TP1."""
    with Session.create(tmp_path, subject_id="S-1", reader_id="r") as session:
        for month, name in ((1, "BL"), (3, "TP1"), (5, "TP2")):
            visit = Timepoint(timepoint_id=name, date=dt.date(2024, month, 1))
            session.do(AddTimepoint(timepoint=visit))
        session.add_lesion(LesionRole.NON_TARGET, "bone")
        session.add_lesion(LesionRole.NEW, "liver", first_seen="TP1")
        yield session


def said(session: Session, lesion_id: str, state: State, at: str) -> object:
    lesion = session.read.lesion(lesion_id)
    assert lesion is not None
    return seen_as(lesion, state, session.case, session.read, at)


@pytest.mark.parametrize("role", ROLES)
def test_a_baseline_knows_no_word_that_compares(role: LesionRole) -> None:
    compares = {
        State.LARGER,
        State.PROGRESSION,
        State.DEFINITE,
        State.EQUIVOCAL,
        State.RESOLVED,
        State.TOO_SMALL,
    }
    assert not states_of(role, at_baseline=True) & compares
    assert states_of(role, at_baseline=True) < states_of(role, at_baseline=False)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("at_baseline", [True, False])
@pytest.mark.parametrize("lesion_id", ["NT1", "NL1"])
def test_what_is_not_offered_is_refused_by_name(
    session: Session, lesion_id: str, state: State, *, at_baseline: bool
) -> None:
    lesion = session.read.lesion(lesion_id)
    assert lesion is not None
    if state in states_of(lesion.role, at_baseline=at_baseline):
        require_state(lesion, state, at_baseline=at_baseline)
        return
    with pytest.raises(CommandRefused, match=f"{lesion_id}: a .* cannot be '{state}'"):
        require_state(lesion, state, at_baseline=at_baseline)


def test_caliper_and_figures_stay_whatever_is_said(session: Session) -> None:
    drawn = caliper(12)
    first = NonTargetSeen(caliper=drawn, change_since_last="same")
    session.record("NT1", "TP1", first)
    for state, status in (
        (State.PROGRESSION, NonTargetStatus.UNEQUIVOCAL_PD),
        (State.PRESENT, NonTargetStatus.PRESENT),
        (State.LARGER, NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL),
    ):
        assert said(session, "NT1", state, "TP1") == first.replaced(status=status)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NewLesionStatus.EQUIVOCAL, NewLesionStatus.EQUIVOCAL),
        (NewLesionStatus.DEFINITE, NewLesionStatus.DEFINITE),
        (NewLesionStatus.RESOLVED, NewLesionStatus.DEFINITE),
    ],
)
@pytest.mark.parametrize("at", ["TP1", "TP2"])
def test_present_is_no_more_certain_than_what_was_said_last(
    session: Session, before: NewLesionStatus, after: NewLesionStatus, at: str
) -> None:
    session.record("NL1", "TP1", NewLesionSeen(status=before))
    found = said(session, "NL1", State.PRESENT, at)
    assert isinstance(found, NewLesionSeen)
    assert found.status is after
