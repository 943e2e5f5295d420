"""One patient whose birth date is missing at follow-up: said, and joined if asked."""

from __future__ import annotations

import itertools
import json

import pytest

from recist_tool.app.reading.patient_series import PatientSeries
from recist_tool.cli import main
from recist_tool.dicom.header.slice_header import PatientKey
from recist_tool.dicom.scan.people import alike, as_one
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.timepoints import propose_timepoints
from tests.dicom.series_files import Files

WHOLE = PatientKey("P-1", "19600101", "doejane")


@pytest.fixture
def visits(tmp_path):
    """Two visits: the follow-up lacks the birth date, as some systems leave it out."""
    first = Files().tagged(PatientBirthDate="19600101")
    first.write(tmp_path / "a")
    later = Files().tagged(PatientBirthDate="", StudyDate="20240501")
    later.write(tmp_path / "b")
    return tmp_path


@pytest.mark.parametrize("lacks", ["patient_id", "birth_date", "name"])
def test_who_lacks_one_tag_may_be_the_other(lacks):
    (found,) = alike([WHOLE._replace(**{lacks: ""}), WHOLE])
    assert (found.fuller, getattr(found.other, lacks)) == (WHOLE, "")
    assert len(found.missing) == 1


@pytest.mark.parametrize(
    "other",
    [
        WHOLE._replace(birth_date="19610101"),
        WHOLE._replace(patient_id="P-2"),
        WHOLE._replace(birth_date="", name=""),
        WHOLE._replace(birth_date="", name="doejohn"),
        PatientKey("", "", ""),
    ],
)
def test_who_differs_or_shares_one_tag_alone_is_another(other):
    assert alike([WHOLE, other]) == ()


def test_who_may_be_two_is_neither():
    twin = WHOLE._replace(birth_date="19700101")
    assert alike([WHOLE, twin, WHOLE._replace(birth_date="")]) == ()


def test_joining_never_takes_two_whole_patients_as_one():
    fields = [("P-1", "P-2", ""), ("1960", "1970", ""), ("a", "b", "")]
    people = [PatientKey(*one) for one in itertools.product(*fields)]
    for three in itertools.combinations(people, 3):
        for one in alike(three):
            pairs = zip(one.fuller, one.other, strict=True)
            assert all(a == b or not b for a, b in pairs)
            assert one.other in three
            assert one.fuller in three


def test_a_scan_says_what_differs_and_how_to_join(visits, capsys):
    assert main(["scan", str(visits)]) == 0
    said = capsys.readouterr().out
    assert "2 patients: open each by itself" in said
    assert (
        "Patients 1 and 2 agree in all but PatientBirthDate (0010,0030), missing of 1: "
        "--join takes them as one" in said
    )
    assert main(["scan", str(visits), "--join"]) == 0
    assert "patients" not in capsys.readouterr().out.casefold().replace("patient ", "")


def test_a_joined_scan_proposes_both_visits_of_one_patient(visits, capsys):
    assert len(propose_timepoints(scan([visits]).series)) == 2
    (patient,) = propose_timepoints(scan([visits], join=True).series)
    assert [one.name for one in patient.timepoints] == ["BL", "TP1"]
    assert main(["scan", str(visits), "--join", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["series"]) == 2


def test_a_room_asks_only_where_joining_makes_one_patient(visits):
    series, known = scan([visits]).series, PatientSeries()
    (people,) = known.may_be_one(series)
    assert people.missing == ("PatientBirthDate (0010,0030)",)
    assert known.may_be_one(series[:1]) == ()
    known.add([one for one in series if one.patient.birth_date])
    later = [one for one in series if not one.patient.birth_date]
    assert known.is_of_another(later)
    people = known.may_be_one(later)
    known.take_as_one(people)
    assert not known.is_of_another(as_one(later, people))
