"""What readers of a blinded read are told, and that scripts are told everything."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recist_tool.model.blinding import A_DATE, Blinding, neutral_name
from recist_tool.model.case import Case, SeriesReference
from recist_tool.model.commands import CreateCase
from recist_tool.model.protocol import Protocol
from recist_tool.terms import Blinded
from tests.builders import case

BASELINE = dt.date(2024, 1, 3)
DATES = Blinding(frozenset([Blinded.DATES]), BASELINE)
ALL = Protocol(blinded_to=tuple(Blinded))
days = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))


def blinded(**changes: object) -> Case:
    return case(3).replaced(protocol=ALL, **changes)


def test_nothing_is_hidden_where_the_protocol_blinds_to_nothing() -> None:
    told = Blinding.of(case())
    assert told.subject("S-1") == "S-1"
    assert told.date(BASELINE) == "2024-01-03"
    assert told.date(None) == ""
    assert told.description("CT abdomen 2024-01-03") == "CT abdomen 2024-01-03"
    assert told.told("S-1.case.json of 2024-01-03") == "S-1.case.json of 2024-01-03"
    assert told.date_of("day 3") is None


def test_dates_become_days_from_the_first_visit() -> None:
    told = Blinding.of(blinded())
    dates = [told.date(one.date) for one in case(3).timepoints]
    assert dates == ["day 0", "day 56", "day 112"]
    assert told.date(dt.date(2023, 12, 20)) == "day -12"


@given(days, days)
def test_a_day_that_is_told_is_read_back_as_its_date(
    baseline: dt.date, date: dt.date
) -> None:
    for hidden in ([Blinded.DATES], []):
        told = Blinding(frozenset(hidden), baseline)
        assert told.date_of(told.date(date)) == date
        noon = dt.datetime.combine(date, dt.time(12, 30, 5))
        assert told.moment_of(told.moment(noon)) == noon


@pytest.mark.parametrize("text", ["", "day", "soon", "day 1.5", "day 9999999"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert DATES.date_of(text) is None
    assert DATES.moment_of(f"{text} 09:30") is None
    assert DATES.moment_of(f"day 1 {text}") is None


def test_a_day_out_of_the_calendar_is_no_date() -> None:
    assert DATES.date_of("day -999999") is None


def test_a_day_cannot_be_told_before_there_is_a_visit() -> None:
    told = Blinding.under(ALL)
    assert told.date(BASELINE) == A_DATE
    assert told.date_of("day 3") is None
    assert told.date_of("2024-01-03") == BASELINE


@given(days)
def test_no_spelling_of_a_date_stays_in_a_sentence(date: dt.date) -> None:
    for spelling in ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%m/%d/%Y"):
        text = date.strftime(spelling)
        told = DATES.told(f"since treatment on {text}, 12.5 mm")
        assert text not in told
        assert told.endswith(", 12.5 mm")


def test_numbers_that_are_no_dates_stay() -> None:
    text = "sum 70.0 mm [Eisenhauer 2009, 4.3.1], (7053,1000), 20241399"
    assert DATES.told(text) == text


def test_a_subject_is_named_neutrally_also_in_names_of_files() -> None:
    told = Blinding.of(blinded(subject_id="S-1"))
    name = told.subject("S-1")
    assert name.startswith("P-")
    assert told.told("S-1: no space") == f"{name}: no space"
    assert told.told("S-12: no space") == "S-12: no space"
    assert (
        told.told("S-9.case.json: is open elsewhere") == "the case: is open elsewhere"
    )
    assert told.told("no file in cases/S-1/x") == f"no file in cases/{name}/x"


def test_a_subject_that_is_a_number_hides_no_measurement() -> None:
    told = Blinding.of(blinded(subject_id="12"))
    assert told.told("T1 12 mm, 12.5 mm") == "T1 12 mm, 12.5 mm"
    assert "12" not in told.told("12.report.html").removeprefix(told.stand_in)


def test_a_case_begun_under_a_neutral_name_keeps_it() -> None:
    series = SeriesReference(
        series_instance_uid="1.2.1", study_instance_uid="1.2", modality="CT"
    )
    first = case().timepoints[0].replaced(series=(series,))
    name = neutral_name(["1.2"])
    begun = blinded(timepoints=(first,), subject_id=name)
    assert Blinding.of(begun).subject(name) == name
    other = blinded(timepoints=(first,), subject_id=neutral_name(["1.3"]))
    assert Blinding.of(other).subject(other.subject_id) != other.subject_id


def test_the_neutral_name_depends_on_the_images_not_on_their_order() -> None:
    assert neutral_name(["1.2", "1.3"]) == neutral_name(["1.3", "1.2"])
    assert neutral_name(["1.2"]) != neutral_name(["1.4"])
    assert "1.2" not in neutral_name(["1.2"])


def test_a_description_is_left_out_or_loses_its_dates() -> None:
    assert Blinding.of(blinded()).description("CT abdomen") == ""
    assert DATES.description("CT 20240312 abdomen") == "CT day 69 abdomen"


def test_a_protocol_that_blinds_to_nothing_is_written_as_before() -> None:
    assert "blinded_to" not in Protocol().model_dump(mode="json")
    begin = CreateCase(case_uid="2.25.1", subject_id="S-1", protocol=Protocol())
    assert "blinded_to" not in begin.model_dump_json()
    old = json.loads(Protocol().model_dump_json())
    assert Protocol.model_validate(old).blinded_to == ()


def test_a_blinding_protocol_comes_back_as_it_was_written() -> None:
    written = ALL.model_dump_json()
    assert json.loads(written)["blinded_to"] == ["subject", "dates", "descriptions"]
    assert Protocol.model_validate_json(written) == ALL


def test_a_word_that_blinds_to_nothing_known_is_refused() -> None:
    with pytest.raises(ValidationError, match="blinded_to"):
        Protocol.model_validate({"blinded_to": ["arm"]})
