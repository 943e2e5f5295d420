"""``recist measure`` as a script and a person see it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.dicom.scan.scan import scan
from recist_tool.model.commands import AddTimepoint
from recist_tool.store.casefile import load_case
from tests.builders import timepoint
from tests.dicom.mask_files import SERIES, ball, slices_of, write_nifti, write_seg
from tests.examples import by_day_and_at_night

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed warns as it ends

LUMP = ball()
NEAR = ball(centre=(4, 12, 20), radius=(2, 5, 5))


@pytest.fixture
def files(tmp_path):
    """Return a segmentation of two lesions, and the folder of its series."""
    images = slices_of(SERIES, tmp_path / "ct")
    both = np.stack([LUMP, NEAR], axis=-1)
    names = ("Dome", "PLANTED NAME")
    (tmp_path / "masks").mkdir()
    seg = write_seg(tmp_path / "masks" / "seg.dcm", images, both, names)
    return str(seg), str(tmp_path / "ct")


def test_json_is_one_object_and_nothing_else(files, capsys):
    seg, ct = files
    assert main(["measure", seg, "--series", ct, "--json"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert (answer["boundary"], answer["units"]) == ("edge", "HU")
    assert [one["label"] for one in answer["lesions"]] == [1, 2]
    assert answer["lesions"][0]["name"] == "Dome"
    assert answer["lesions"][0]["voxels"] == LUMP.sum()
    assert "share" in err


def test_a_person_reads_a_table(files, capsys):
    seg, ct = files
    assert main(["measure", seg, "--series", ct]) == 0
    out = capsys.readouterr().out
    assert "long axis" in out
    assert "Dome" in out
    assert "HU" in out
    assert main(["measure", seg]) == 0
    assert "HU" not in capsys.readouterr().out


def test_without_a_series_json_says_that_there_are_no_values(files, capsys):
    assert main(["measure", files[0], "--json", "--boundary", "voxel-centre"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["boundary"], answer["units"]) == ("voxel-centre", None)
    assert answer["lesions"][0]["mean"] is None


def test_what_is_refused_is_one_line_and_exit_1(files, tmp_path, capsys):
    _, ct = files
    empty = tmp_path / "empty.nii"
    write_nifti(empty, np.zeros((2, 2, 2), np.uint8))
    for arguments in ([str(empty)], [str(tmp_path / "none.nii")], [f"{ct}/0001.dcm"]):
        assert main(["measure", *arguments]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert re.fullmatch(r"recist: [^\n]+\n", err)
        assert "PLANTED" not in err


def test_a_lesion_that_cannot_be_measured_stops_no_other(tmp_path, capsys):
    labels = np.zeros((12, 20, 30), np.uint8)
    labels[:8][LUMP] = 1
    labels[10, 5, 5] = 2
    place = {"matrix": [[-0.5, 0, 0, 10], [0, -0.8, 0, 20], [0, 0, 3, -30]]}
    slices_of(SERIES, tmp_path / "ct")
    path = write_nifti(tmp_path / "m.nii", labels, **place)
    series = ["--series", str(tmp_path / "ct")]
    assert main(["measure", str(path), *series, "--json"]) == 1
    out, err = capsys.readouterr()
    assert [one["label"] for one in json.loads(out)["lesions"]] == [1]
    assert err.startswith("recist: m.nii: label 2: 1 of its 1 voxels lie outside")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--threshold", "none"],
        ["--fraction", "0"],
        ["--boundary", "middle"],
        ["--suv", "SUVmax"],
        ["--case", "x.json"],
    ],
)
def test_wrong_usage_is_exit_2(files, wrong, capsys):
    assert main(["measure", files[0], *wrong]) == 2
    assert capsys.readouterr().out == ""


def test_lesions_are_recorded_in_a_case(files, tmp_path, capsys):
    seg, ct = files
    with Session.create(tmp_path, subject_id="S-1", reader_id="R1") as session:
        session.do(AddTimepoint(timepoint=timepoint(0)))
        case = str(session.case_path)
    where = ["--case", case, "--timepoint", "BL", "--reader", "R1", "--organ", "lung"]
    assert main(["measure", seg, "--series", ct, "--json", *where]) == 0
    assert "label 1 recorded as T1 at BL" in capsys.readouterr().err
    read = load_case(tmp_path / "S-1.case.json").case.read("R1")
    assert [one.organ for one in read.lesions] == ["lung", "lung"]
    assert read.mask("T2", "BL") is not None
    assert main(["verify", case]) == 0


def test_no_silence_and_no_typo_becomes_an_organ(files, tmp_path, capsys):
    seg, ct = files
    with Session.create(tmp_path, subject_id="S-1", reader_id="R1") as session:
        session.do(AddTimepoint(timepoint=timepoint(0)))
        case = str(session.case_path)
    where = ["--case", case, "--timepoint", "BL", "--reader", "R1"]
    asked = ["measure", seg, "--series", ct, "--json", *where]
    assert main(asked) == 1
    assert "label 1, 2: the file names no organ" in capsys.readouterr().err
    assert not load_case(Path(case)).case.read("R1").lesions
    assert main([*asked, "--organ", "livre"]) == 0
    assert "note: --organ: livre is not recognised" in capsys.readouterr().err
    read = load_case(Path(case)).case.read("R1")
    assert [one.organ for one in read.lesions] == ["livre", "livre"]


def test_what_the_window_would_ask_about_a_mask_is_a_note(files, tmp_path, capsys):
    seg, ct = files
    images = [one.path for one in scan([Path(ct)]).series[0].slices]
    swapped = np.stack([NEAR, LUMP], axis=-1)
    other = write_seg(tmp_path / "other.dcm", images, swapped, ("Hilum", "Apex"))
    with Session.create(tmp_path, subject_id="S-1", reader_id="R1") as session:
        session.do(AddTimepoint(timepoint=timepoint(0)))
        case = str(session.case_path)
    where = ["--case", case, "--timepoint", "BL", "--reader", "R1", "--organ", "liver"]
    assert main(["measure", seg, "--series", ct, "--json", *where]) == 0
    assert "same voxels" not in capsys.readouterr().err
    assert main(["measure", str(other), "--series", ct, "--json", *where]) == 0
    told = capsys.readouterr().err
    assert "recist: note: T1 has the same voxels as T2: are these two lesions" in told


def test_a_timepoint_that_the_case_does_not_have_is_one_line(files, tmp_path, capsys):
    seg, ct = files
    with Session.create(tmp_path, subject_id="S-1", reader_id="R1") as session:
        case = str(session.case_path)
    where = ["--case", case, "--timepoint", "TP7", "--reader", "R1"]
    assert main(["measure", seg, "--series", ct, "--json", *where]) == 1
    assert (
        "TP7: the case has no such timepoint (it has none)" in capsys.readouterr().err
    )


def test_a_folder_is_measured_into_a_file_once(files, tmp_path, capsys):
    seg, ct = files
    folder, out = str(Path(seg).parent), tmp_path / "out.jsonl"
    (tmp_path / "masks" / "bad.nii").write_bytes(b"x")
    measure = ["measure", folder, "--series", ct, "--out", str(out)]
    assert main(measure) == 1
    told = capsys.readouterr()
    assert "2 lesions of 2 files" in told.out
    assert "recist: bad.nii: damaged" in told.err
    first = {
        line["file"]: line for line in map(json.loads, out.read_text().splitlines())
    }
    assert len(first["seg.dcm"]["lesions"]) == 2
    (tmp_path / "masks" / "bad.nii").unlink()
    assert main(measure) == 0
    assert "0 lesions of 0 files, 1 measured before" in capsys.readouterr().out
    os.utime(seg, (1, 1))
    assert main(measure) == 0
    assert "2 lesions of 1 files" in capsys.readouterr().out
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert sorted(line["file"] for line in lines) == ["bad.nii", "seg.dcm"]


def test_other_options_measure_anew(files, tmp_path, capsys):
    folder, out = str(Path(files[0]).parent), str(tmp_path / "out.jsonl")
    assert main(["measure", folder, "--out", out]) == 0
    assert main(["measure", folder, "--out", out, "--boundary", "voxel-centre"]) == 0
    assert capsys.readouterr().out.count("2 lesions of 1 files\n") == 2
    (line,) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert line["boundary"] == "voxel-centre"


def test_of_a_folder_json_is_one_line_a_file(files, capsys):
    assert main(["measure", str(Path(files[0]).parent), "--json"]) == 0
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["file"], len(line["lesions"])) == ("seg.dcm", 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "scheduler",
    by_day_and_at_night(1, {one: one for one in ("processes", "local")}),
)
def test_ctrl_c_ends_a_long_run_with_one_line_and_keeps_what_was_measured(
    files, tmp_path, scheduler
):
    folder, out = tmp_path / "masks", tmp_path / "out.jsonl"
    labels = np.random.default_rng(1).integers(0, 20, (30, 100, 100), np.uint8)
    first = write_nifti(folder / "z00.nii", labels)
    for number in range(1, 40):
        shutil.copy(first, folder / f"z{number:02}.nii")
    recist = Path(sys.executable).with_name("recist")
    process = subprocess.Popen(  # noqa: S603 - our own command
        [recist, "measure", folder, "--out", out, "--scheduler", scheduler],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # a shell's background jobs, and so perhaps these tests, ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "recist: interrupted\n"
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert 0 < len(lines) < 41


def test_a_folder_is_named_as_the_documents_name_it(files, monkeypatch, capsys):
    monkeypatch.chdir(Path(files[0]).parents[1])
    assert main(["measure", "masks/", "--series", "ct", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == "seg.dcm"
    assert len(answer["lesions"]) == 2


def test_without_a_scheduler_nothing_is_left_behind(
    files, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("recist_tool.app.measuring_many.WAIT_S", 1)
    folder, out = Path(files[0]).parent, tmp_path / "results" / "out.jsonl"
    out.parent.mkdir()
    asked = ["measure", str(folder), "--out", str(out), "--scheduler"]
    assert main([*asked, "tcp://127.0.0.1:9"]) == 1
    assert "no Dask scheduler" in capsys.readouterr().err
    assert list(out.parent.iterdir()) == []
