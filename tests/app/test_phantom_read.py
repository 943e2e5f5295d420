"""From DICOM files to millimetres and categories, against what is known."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from recist_tool.app.phantom_read import read_phantom
from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.finding import Measured, NewLesionSeen, NonTargetSeen
from recist_tool.phantom import (
    CORONAL_PATIENT,
    DEMO_PATIENT,
    NON_SQUARE_PATIENT,
    OBLIQUE_PATIENT,
    SAGITTAL_PATIENT,
    SMALL_PATIENT,
    truth,
)
from recist_tool.phantom.patients import _kept
from recist_tool.terms import Scope
from tests.examples import by_day

VISITS = ("BL", "TP1", "TP2", "TP3")[: by_day(2, at_night=4)]
AT_NIGHT = pytest.mark.nightly


def kept(spec):
    """Return a patient with the visits that are tried."""
    return _kept(spec, spec.subject_id[-3:], VISITS)


def read(spec, images, folder):
    with Session.create(
        folder, subject_id=spec.subject_id, reader_id="reader"
    ) as session:
        read_phantom(session, truth(spec), images)
        return session


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(SMALL_PATIENT, id="axial"),
        pytest.param(kept(OBLIQUE_PATIENT), id="oblique"),
        pytest.param(kept(NON_SQUARE_PATIENT), id="non-square", marks=AT_NIGHT),
        pytest.param(kept(SAGITTAL_PATIENT), id="sagittal", marks=AT_NIGHT),
        pytest.param(kept(CORONAL_PATIENT), id="coronal", marks=AT_NIGHT),
    ],
)
def test_a_caliper_on_the_known_end_points_reads_the_known_length(
    spec, phantoms, tmp_path
):
    session = read(spec, phantoms.folder_of(spec), tmp_path)
    checked = 0
    for timepoint in truth(spec).timepoints:
        for lesion in timepoint.lesions:
            finding = session.read.finding(lesion.lesion_id, timepoint.timepoint_id)
            if not isinstance(finding, Measured | NonTargetSeen | NewLesionSeen):
                continue
            known, found = lesion.caliper, finding.caliper
            assert float(found.long_axis.value_mm) == pytest.approx(
                known.long_axis_mm, abs=0.1
            )
            assert float(found.short_axis.value_mm) == pytest.approx(
                known.short_axis_mm, abs=0.1
            )
            for end, expected in zip(
                found.long_axis.ends_lps, known.long_ends_lps, strict=True
            ):
                assert end == pytest.approx(expected, abs=0.01)
            assert found.plane.sop_instance_uid == known.sop_instance_uid
            checked += 1
    assert checked > 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return the folder in which a demonstration was made, and what was printed."""
    folder = tmp_path_factory.mktemp("demo")
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        assert main(["demo", "made", "--no-window"]) == 0
    return folder, printed.getvalue()


@pytest.mark.slow
def test_the_demo_patients_story_is_what_the_engine_says(demo):
    folder, _ = demo
    path = folder / "made" / "case" / "SYN-001.case.json"
    with Session.open(path, reader_id="demo-reader") as session:
        answered = session.assessment
    scopes = {Scope.OVERALL: answered.overall, Scope.LIVER: answered.liver}
    baseline, *visits = truth(DEMO_PATIENT).timepoints
    for scope, answers in scopes.items():
        assert answers.baseline_sum_mm == baseline.expected[scope].sum_mm
        for visit in visits:
            found = answers.timepoints[visit.timepoint_id]
            expected = visit.expected[scope]
            assert (found.sum_mm, found.target, found.nontarget) == (
                expected.sum_mm,
                expected.target,
                expected.non_target,
            )
            assert (found.new_lesions, found.overall) == (
                expected.new_lesions,
                expected.overall,
            )


@pytest.mark.slow
def test_the_demo_ends_with_table_case_journal_and_report(demo, capsys, monkeypatch):
    folder, text = demo
    monkeypatch.chdir(folder)
    assert re.search(r"TP3 .* PD .* PR ", text)
    made = Path("made")
    case = json.loads((made / "case" / "SYN-001.case.json").read_text())
    saved = case["assessments"]["demo-reader"]["RECIST 1.1"]
    assert saved["liver"]["bor_confirmed"] == "PR"
    page = (made / "SYN-001.report.html").read_text()
    assert "Not a certified medical device" in page
    findings = [one["finding"] for one in case["case"]["reads"][0]["findings"]]
    drawn = [one for one in findings if one.get("caliper")]
    assert page.count("data:image/png;base64,") == len(drawn) + len(("sums",))
    assert "http" not in page
    assert main(["verify", "made/case/SYN-001.case.json"]) == 0
    assert main(["assess", "made/case/SYN-001.case.json", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert printed == saved


@pytest.mark.nightly
def test_a_second_demonstration_stands_beside_the_first_and_follows_a_protocol(
    tmp_path, capsys
):
    protocol = tmp_path / "protocol.json"
    protocol.write_text('{"sequential": true, "blinded_to": ["subject", "dates"]}')
    first = tmp_path / "out" / "kept"
    first.parent.mkdir()
    first.write_text("of the first")
    arguments = ["demo", str(tmp_path / "out"), "--no-window", "--protocol"]
    assert main([*arguments, str(protocol)]) == 0
    shown = capsys.readouterr().out.partition("Patient (DICOM)")[0]
    assert "progression on day " in " ".join(shown.split())
    assert DEMO_PATIENT.subject_id not in shown
    (path,) = (tmp_path / "out-2" / "case").glob("*.case.json")
    read = json.loads(path.read_text())["case"]["reads"][0]
    signed = [one["timepoint_id"] for one in read["locks"]]
    assert signed == [one.timepoint_id for one in DEMO_PATIENT.visits]
    assert [one.name for one in first.parent.iterdir()] == ["kept"]


def test_a_demonstration_under_a_faulty_protocol_makes_nothing(tmp_path, capsys):
    protocol = tmp_path / "protocol.json"
    protocol.write_text('{"sequental": true, "max_targets": 0}')
    folder = tmp_path / "out"
    assert main(["demo", str(folder), "--protocol", str(protocol)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "protocol.json, max_targets",
        "protocol.json, sequental",
    ]
    assert not folder.exists()
