"""A follow-up without a birth date: another patient, unless somebody says otherwise."""

from __future__ import annotations

import json
from datetime import date

import pytest
from pydicom import dcmread

from recist_tool.cli import main
from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.errors import InputError
from tests.dicom.series_files import Files

KEY = "0123456789abcdef0123456789abcdef"
PSEUDONYMS = Pseudonyms(KEY.encode())
BORN = "19600101"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("RECIST_DEID_KEY", KEY)


@pytest.fixture
def visits(tmp_path):
    """Two visits, 120 days apart: the later one has no birth date."""
    Files(count=1).tagged(PatientBirthDate=BORN).write(tmp_path / "in" / "a")
    later = Files(count=1).tagged(PatientBirthDate="", StudyDate="20240501")
    later.write(tmp_path / "in" / "b")
    return tmp_path / "in"


def images(export):
    return [dcmread(one.target) for one in export.written]


def test_who_lacks_a_birth_date_is_another_and_it_is_said_in_a_line(
    visits, tmp_path, capsys
):
    assert main(["deidentify", str(visits), str(tmp_path / "out"), "--json"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    first, later = (one["subject_id"] for one in answer["written"])
    assert first != later
    missing = "PatientBirthDate (0010,0030)"
    assert answer["may_be_one"] == [
        {"fuller": first, "other": later, "missing": [missing]}
    ]
    assert said.err.splitlines() == [
        f"recist: note: {later} and {first} agree in all but {missing}, missing of "
        f"{later}: --join takes them as one"
    ]


def test_joined_both_have_the_pseudonym_of_the_whole_patient_and_one_shift(
    visits, tmp_path, capsys
):
    alone = deidentify(visits / "a", tmp_path / "alone", PSEUDONYMS)
    assert main(["deidentify", str(visits), str(tmp_path / "out"), "--join"]) == 0
    assert capsys.readouterr().err == ""
    first, later = (dcmread(path) for path in sorted((tmp_path / "out").rglob("*.dcm")))
    assert first.PatientID == later.PatientID == alone.written[0].subject_id
    days = [date.fromisoformat(one.StudyDate) for one in (first, later)]
    assert (days[1] - days[0]).days == 120
    (before,) = images(alone)
    assert first == before


def test_joined_a_folder_of_one_patient_takes_a_given_subject(visits, tmp_path):
    with pytest.raises(InputError, match="say --join if they are one"):
        deidentify(visits, tmp_path / "out", PSEUDONYMS, subject_id="S-1")
    export = deidentify(
        visits, tmp_path / "out", PSEUDONYMS, subject_id="S-1", join=True
    )
    assert [one.PatientID for one in images(export)] == ["S-1", "S-1"]
    assert export.may_be_one == ()


@pytest.mark.parametrize(
    "other",
    [
        {"PatientBirthDate": "19700101"},
        {"PatientBirthDate": "", "PatientName": "Someone^Else"},
        {"PatientBirthDate": "", "PatientID": "P-2"},
    ],
)
def test_joining_never_takes_as_one_who_differs(tmp_path, other):
    Files(count=1).tagged(PatientBirthDate=BORN).write(tmp_path / "in" / "a")
    Files(count=1).tagged(**other).write(tmp_path / "in" / "b")
    joined, apart = (
        deidentify(tmp_path / "in", tmp_path / str(join), PSEUDONYMS, join=join)
        for join in (True, False)
    )
    assert len({one.subject_id for one in joined.written}) == 2
    assert images(joined) == images(apart)
    assert joined.may_be_one == apart.may_be_one == ()
    with pytest.raises(InputError, match="Give the folder of one patient, or leave"):
        deidentify(tmp_path / "in", tmp_path / "one", PSEUDONYMS, subject_id="S-1")


def test_who_could_be_either_of_two_stays_apart(visits, tmp_path):
    twin = Files(count=1).tagged(PatientBirthDate="19700101", StudyDate="20240301")
    twin.write(visits / "c")
    export = deidentify(visits, tmp_path / "out", PSEUDONYMS, join=True)
    assert len({one.subject_id for one in export.written}) == 3
    assert export.may_be_one == ()
