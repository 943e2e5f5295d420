"""``recist deidentify`` as a person and a script use it."""

from __future__ import annotations

import json

import pytest
from pydicom import dcmread

from recist_tool.cli import main
from tests.dicom.series_files import Files

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def source(tmp_path):
    Files(count=2).write(tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o644, 0o604])
def test_a_key_that_everybody_may_read_is_refused(
    source, key_file, tmp_path, capsys, mode
):
    key_file.chmod(mode)
    command = ["deidentify", str(source), str(tmp_path / "out"), "--key-file"]
    assert main([*command, str(key_file)]) == 1
    assert (
        "everybody on this computer may read the key. Keep it to yourself: chmod"
        in (capsys.readouterr().err)
    )
    assert not (tmp_path / "out").exists()


def test_files_are_written_under_a_pseudonym(source, key_file, tmp_path, capsys):
    command = ["deidentify", str(source), str(tmp_path / "out"), "--key-file"]
    assert main([*command, str(key_file)]) == 0
    said = capsys.readouterr().out
    assert "2 files written, 0 refused" in said
    assert "Nobody" not in said
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 2


def test_a_given_subject_id_takes_the_place_of_name_and_id(
    source, key_file, tmp_path, capsys
):
    command = ["deidentify", str(source), str(tmp_path / "out"), "--json"]
    assert main([*command, "--key-file", str(key_file), "--subject", "S-012"]) == 0
    answer = json.loads(capsys.readouterr().out)
    image = dcmread(answer["written"][0]["target"])
    assert (image.PatientID, str(image.PatientName)) == ("S-012", "S-012")
    assert answer["refused"] == []


def test_the_key_may_come_from_the_environment(source, key_file, tmp_path, monkeypatch):
    main(["deidentify", str(source), str(tmp_path / "a"), "--key-file", str(key_file)])
    monkeypatch.setenv("RECIST_DEID_KEY", KEY)
    assert main(["deidentify", str(source), str(tmp_path / "b")]) == 0
    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes()
         for path in (tmp_path / name).rglob("*.dcm")}
        for name in "ab"
    )  # fmt: skip
    assert first == second


def test_without_a_key_nothing_is_written(source, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("RECIST_DEID_KEY", raising=False)
    assert main(["deidentify", str(source), str(tmp_path / "out")]) == 1
    assert "no key: give --key-file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_refused_file_has_one_line_and_the_others_are_written(
    source, key_file, tmp_path, capsys
):
    (source / "notes.txt").write_text("not an image")
    command = ["deidentify", str(source), str(tmp_path / "out"), "--key-file"]
    assert main([*command, str(key_file)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"recist: {source / 'notes.txt'}: not a DICOM file"
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 2


def test_a_disk_without_links_takes_the_files_too(
    source, key_file, tmp_path, monkeypatch
):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("recist_tool.deidentify.export.os.link", refuse)
    out = tmp_path / "out"
    assert main(["deidentify", str(source), str(out), "--key-file", str(key_file)]) == 0
    written = [path for path in out.rglob("*") if path.is_file()]
    assert len(written) == len(list(source.iterdir()))
    assert all(path.suffix == ".dcm" and dcmread(path).Rows for path in written)


@pytest.mark.parametrize("place", ["in/out", "in", "full"])
def test_a_folder_in_use_or_within_the_source_is_refused(
    source, key_file, tmp_path, capsys, place
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    before = sorted(tmp_path.rglob("*"))
    command = ["deidentify", str(source), str(tmp_path / place), "--key-file"]
    assert main([*command, str(key_file)]) == 1
    assert "Choose" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_one_subject_id_is_not_given_to_two_patients(
    source, key_file, tmp_path, capsys
):
    Files(count=1).tagged(PatientID="P-2").write(source / "other")
    command = ["deidentify", str(source), str(tmp_path / "out"), "--key-file"]
    assert main([*command, str(key_file), "--subject", "S1"]) == 1
    assert "several patients" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
