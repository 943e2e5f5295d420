"""The mapping of patients, UIDs and days, and what it leaves as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import UID

from recist_tool.deidentify import dates
from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.deidentify.table import rows
from recist_tool.dicom.header.slice_header import PatientKey
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import InputError
from tests.dicom.series_files import Files, pet

KEY = Pseudonyms(b"0123456789abcdef")
OTHER = Pseudonyms(b"fedcba9876543210")
patients = st.builds(PatientKey, st.text(), st.text(), st.text())
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(st.text(), st.text())
def test_two_uids_never_become_one_and_one_never_two(one, other):
    assert (KEY.uid(one) == KEY.uid(other)) == (one == other)
    assert UID(KEY.uid(one)).is_valid
    assert KEY.uid(one) != OTHER.uid(one)


@given(patients, patients)
def test_two_patients_never_get_one_pseudonym(one, other):
    assert (KEY.subject_id(one) == KEY.subject_id(other)) == (one == other)


@given(patients, days, days)
def test_intervals_stay_and_days_do_not(patient, one, other):
    shifted = KEY.shifted(one, patient), KEY.shifted(other, patient)
    assert shifted[1] - shifted[0] == other - one
    assert 366 <= (one - shifted[0]).days <= 3652


@given(st.builds(datetime.combine, days, st.times()), st.integers(-3652, 0))
def test_a_date_and_time_moves_as_its_date_does(moment, shift):
    moved = dates.shifted_datetime(f"{moment:%Y%m%d%H%M%S.%f}", shift)
    assert moved == f"{moment + timedelta(days=shift):%Y%m%d%H%M%S.%f}"
    assert moved[:8] == dates.shifted_date(f"{moment:%Y%m%d}", shift)


@given(st.text())
def test_what_is_no_date_becomes_nothing_or_digits(text):
    for cleaned in (dates.shifted_date(text, -1), dates.shifted_datetime(text, -1)):
        assert not set(cleaned) - set("0123456789.:+-")


def test_a_short_key_is_refused():
    with pytest.raises(InputError, match="shorter than 16 bytes"):
        Pseudonyms(b"secret")


@pytest.mark.parametrize("key", [b"k" * 40, b"0" * 64, b"abc" * 20, b"12341234" * 4])
def test_a_key_that_can_be_guessed_is_refused(key):
    with pytest.raises(InputError, match="a few letters over and over"):
        Pseudonyms(key)


def test_the_table_is_whole():
    assert len(rows()) == len({row.tag for row in rows()}) == 621
    assert {row.basic for row in rows()} == {
        *("X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"),
    }
    assert [row.tag for row in rows()][-4:] == [
        *("50xx,xxxx", "60xx,3000", "60xx,4000", "odd,any"),
    ]


def test_two_exports_of_one_patient_match(tmp_path):
    first, second = Files(), Files()
    tags = {"StudyDate": "20240201", "FrameOfReferenceUID": f"{first.study_uid}.9"}
    first.write(tmp_path / "first")
    second.tagged(**tags).write(tmp_path / "second")
    images = [
        dcmread(deidentify(tmp_path / name, tmp_path / f"{name}-out", KEY)
                .written[0].target)
        for name in ("first", "second")
    ]  # fmt: skip
    one, other = images
    assert one.PatientID == other.PatientID == one.PatientName
    assert one.FrameOfReferenceUID == other.FrameOfReferenceUID
    assert one.StudyInstanceUID != other.StudyInstanceUID
    interval = date.fromisoformat(other.StudyDate) - date.fromisoformat(one.StudyDate)
    assert interval == date(2024, 2, 1) - date(2024, 1, 2)


@pytest.mark.parametrize(
    ("started", "scanned"),
    [("20240102100000", "20240102"), ("20240101235000", "20240102")],
    ids=["one day", "over midnight"],
)
def test_suv_is_the_same_after_over_midnight_too(tmp_path, started, scanned):
    files = pet(SeriesDate=scanned, SeriesTime="003000", AcquisitionTime="003000")
    if started.startswith(scanned):
        files = pet()
    isotope = {**(files.isotope or {}), "RadiopharmaceuticalStartDateTime": started}
    files.but(isotope=isotope).write(tmp_path / "in")
    deidentify(tmp_path / "in", tmp_path / "out", KEY)
    (before,), (after,) = (scan([tmp_path / name]).series for name in ("in", "out"))
    assert before.suv.factors == after.suv.factors
    assert before.study_date != after.study_date
