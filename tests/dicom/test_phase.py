"""Contrast phases proposed from words, from times and from the rest of the study."""

from __future__ import annotations

import pytest

from recist_tool.dicom.scan.phase import named_phases
from recist_tool.dicom.scan.scan import scan
from tests.dicom.series_files import Files


def phases(folder):
    return {
        series.description: (series.phase, series.phase_reason)
        for series in scan([folder]).series
    }


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Abdomen portal venous", "portal venous"),
        ("LEBER PORTALVENÖS 3.0", "portal venous"),
        ("abdomen veineux", "portal venous"),
        ("门静脉期", "portal venous"),
        ("Late portal venous", "portal venous"),
        ("Oberbauch spät-arteriell", "arterial"),
        ("late arterial 1.5", "arterial"),
        ("动脉期", "arterial"),
        ("HAP", "arterial"),
        ("venous delayed 5 min", "delayed"),
        ("Spätphase", "delayed"),
        ("temps tardif", "delayed"),
        ("nativ", "native"),
        ("NECT", "native"),
        ("non-contrast", "native"),
        ("w/o contrast", "native"),
        ("sans injection", "native"),
        ("平扫", "native"),
        ("ABD WO IV CONTRAST", "native"),
        ("Abdomen W/O", "native"),
        ("THORAX_OHNE_KM", "native"),
        ("Abdomen sin contraste", "native"),
        ("CTA Abdomen", "arterial"),
        ("CT-Angio Leber", "arterial"),
        ("Angiographie", "arterial"),
        ("frühportalvenös", "portal venous"),
        ("Spätarteriell 2 mm", "arterial"),
        ("without delay, portal venous", "portal venous"),
        ("Cholangiocarcinoma portal venous", "portal venous"),
        ("non arterial, venous", "portal venous"),
    ],
)
def test_a_phase_is_read_from_the_words_of_several_languages(text, phase):
    assert named_phases(text) == (phase,)


@pytest.mark.parametrize(
    "text",
    [
        "intravenous contrast",
        "Abdomen with and without contrast",
        "CT w/wo",
        "post contrast",
        "portable",
        "arterial + portal venous",
        "NON-ANGIOGRAPHIC",
        "Cholangiocarcinoma",
        "HEMANGIOMA",
        "Hämangiom Leber",
        "lymphangioma",
        "angiosarcoma follow-up",
        "non arterial",
        "nicht arteriell",
        "no delay",
        "not venous",
        "Without and With",
        "WITHOUT/WITH CONTRAST",
        "with+without IV",
        "WO/W CONTRAST",
        "wwo",
        "ohne und mit KM",
        "sans et avec injection",
        "W/O ORAL",
        "without oral contrast",
        "non-compliant patient",
        "related",
        "portable chest",
        "portocaval shunt",
        "arteriovenous malformation",
        "artefact",
        "Startup",
        "venous and delayed",
        "portal venous + delayed",
        "arterial, venous, delayed",
        "native and arterial",
        "",
    ],
)
def test_words_that_name_no_single_phase_propose_none(text):
    assert len(named_phases(text)) != 1


def timed(folder, description, at, agent="Iohexol", day="20240102"):
    Files().tagged(
        SeriesDescription=description,
        AcquisitionDate=day,
        AcquisitionTime=at,
        ContrastBolusAgent=agent,
        StudyInstanceUID="1.2.3",
        SeriesNumber=len(list(folder.iterdir())) + 1 if folder.exists() else 1,
    ).write(folder / at)


def test_a_scan_without_agent_is_native_where_others_of_the_study_have_one(tmp_path):
    timed(tmp_path, "first", "100000", agent="")
    timed(tmp_path, "portal venous", "100500")
    assert phases(tmp_path)["first"] == (
        "native",
        "names no contrast agent, as others of its study do",
    )


def test_a_scan_without_agent_alone_has_no_phase(tmp_path):
    timed(tmp_path, "first", "100000", agent="")
    assert phases(tmp_path)["first"] == ("", "")


@pytest.mark.parametrize(
    ("known", "seconds", "phase"),
    [
        ("arterial", 14, ""),
        ("arterial", 15, "portal venous"),
        ("arterial", 74, "portal venous"),
        ("arterial", 80, ""),
        ("arterial", 90, "delayed"),
        ("portal venous", 59, ""),
        ("portal venous", 60, "delayed"),
        ("portal venous", 1200, ""),
        ("arterial", -20, ""),
    ],
)
def test_the_time_since_a_known_phase_tells_the_next(tmp_path, known, seconds, phase):
    timed(tmp_path, known, "100000")
    at = 36000 + seconds
    timed(tmp_path, "other", f"{at // 3600:02}{at // 60 % 60:02}{at % 60:02}")
    name, reason = phases(tmp_path)["other"]
    assert name == phase
    assert (f"{seconds} s after the {known} series" in reason) == bool(phase)


def bolus(folder, description, seconds):
    at = 36000 + seconds
    Files().tagged(
        SeriesDescription=description,
        AcquisitionDate="20240102",
        AcquisitionTime=f"{at // 3600:02}{at // 60 % 60:02}{at % 60:02}",
        ContrastBolusAgent="Iohexol",
        ContrastBolusStartTime="100000",
    ).write(folder)
    (series,) = scan([folder]).series
    return series.phase, series.phase_reason


def test_the_time_since_the_bolus_is_a_second_opinion_with_its_own_reason(tmp_path):
    assert bolus(tmp_path / "a", "arterial", 30) == (
        "arterial",
        "said by the series description",
    )
    assert bolus(tmp_path / "b", "arterial", 70) == (
        "arterial",
        "said by the series description; acquired 70 s after the contrast bolus, which "
        "speaks for portal venous",
    )
    assert bolus(tmp_path / "c", "arterial and venous", 70) == (
        "portal venous",
        "acquired 70 s after the contrast bolus",
    )
