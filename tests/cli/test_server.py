"""``recist scan`` of a server, and ``recist cache``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from recist_tool.cli import main
from recist_tool.phantom import SAMPLE_PATIENTS
from tests.servers.orthanc import Orthanc, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.phantoms import Phantoms


@pytest.fixture(scope="module")
def patient(phantoms: Phantoms) -> Path:
    return phantoms.folder_of(SAMPLE_PATIENTS[1])


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory, patient: Path) -> Iterator[Orthanc]:
    with running(tmp_path_factory.mktemp("orthanc")) as pacs:
        pacs.push(sorted(patient.rglob("*.dcm")))
        yield pacs


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))


def test_a_server_lists_its_studies_and_a_named_one_is_scanned_as_a_folder(
    pacs: Orthanc, patient: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["scan", pacs.web, "--patient-id", "SYN-1*", "--json"]) == 0
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    uid = study["study_instance_uid"]
    assert study["images"] == 39

    assert main(["scan", pacs.web]) == 0
    assert f"--study {uid}" in capsys.readouterr().out

    assert main(["scan", pacs.web, "--study", uid, "--json"]) == 0
    pulled = json.loads(capsys.readouterr().out)
    assert main(["scan", str(patient), "--json"]) == 0
    assert pulled["series"] == json.loads(capsys.readouterr().out)["series"]


def test_the_cache_says_what_it_holds_until_it_is_cleared(
    pacs: Orthanc, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    main(["scan", pacs.web, "--json"])
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    main(["scan", pacs.web, "--study", study["study_instance_uid"]])
    capsys.readouterr()
    assert main(["cache"]) == 0
    assert "holds 39 files of images" in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert "removed 39 files of images" in capsys.readouterr().out
    left = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert left == []


def test_no_match_is_an_error_in_one_line(
    pacs: Orthanc, capsys: pytest.CaptureFixture[str]
):
    assert main(["scan", pacs.web, "--patient-id", "NOBODY"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "no study matches" in said.err
    assert "NOBODY" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", ".", "--patient-id", "X"],
        ["scan", "https://pacs/dicom-web", "folder"],
    ],
)
def test_a_search_of_paths_and_a_server_beside_paths_are_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_opening_a_server_needs_to_know_what(capsys: pytest.CaptureFixture[str]):
    assert main(["open", "https://pacs.example/dicom-web"]) == 1
    assert "--study or --patient-id" in capsys.readouterr().err
