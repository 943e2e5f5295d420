from __future__ import annotations

import json
from pathlib import Path

import pytest

from recist_tool.phantom import SAMPLE_PATIENTS, Truth, truth
from recist_tool.phantom.__main__ import main

COMMITTED = Path(__file__).parents[2] / "test_images"


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


@pytest.mark.images
def test_the_documented_command_makes_the_committed_samples_byte_for_byte(
    tmp_path: Path,
) -> None:
    assert main([str(tmp_path)]) == 0
    made, kept = content(tmp_path), content(COMMITTED)
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


@pytest.mark.images
def test_the_samples_are_small() -> None:
    assert sum(len(one) for one in content(COMMITTED).values()) < 5_000_000


@pytest.mark.images
def test_expected_json_is_the_truth_of_the_samples() -> None:
    stored = json.loads((COMMITTED / "expected.json").read_text())
    for spec in SAMPLE_PATIENTS:
        assert Truth.model_validate(stored[spec.subject_id]) == truth(spec)


def test_an_unknown_patient_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path), "SYN-999"])
    assert stopped.value.code == 2
    assert "SYN-999" in capsys.readouterr().err


def test_an_unwritable_folder_is_one_line_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "taken"
    blocked.write_text("")
    assert main([str(blocked), "SYN-102"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
