"""Links in a folder that lead out of it are not followed, and each is said."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from recist_tool.app.mask_folder import mask_jobs
from recist_tool.app.measuring_many import measure_job
from recist_tool.cli.main import main
from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.dicom.scan.links import OUT, links_out
from recist_tool.dicom.scan.scan import holds_dicom, scan
from tests.dicom.mask_files import nifti_header
from tests.dicom.series_files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recist_tool.app.mask_folder import MaskJob
    from recist_tool.app.measuring_many import Batch, Line


def one_by_one(batch: Batch, jobs: Sequence[MaskJob], _: str) -> Iterator[Line]:
    """Measure in this process: workers take seconds to start."""
    return (measure_job(batch, job) for job in jobs)


LABELS = gzip.compress(bytes(nifti_header((4, 4, 4))) + b"\1" * 64)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder with links, and the one of somebody else that they lead to."""
    inside, other = tmp_path / "given", tmp_path / "other"
    Files(count=2).write(inside / "own")
    images = Files(count=3, series_uid="1.2.9").write(other)
    (inside / "file.dcm").symlink_to(images[0])
    (inside / "folder").symlink_to(other, target_is_directory=True)
    (inside / "up").symlink_to("../other", target_is_directory=True)
    return inside, other


def test_no_image_is_read_through_a_link_out_of_the_folder(
    folders: tuple[Path, Path],
) -> None:
    inside, _ = folders
    result = scan([inside])
    assert [len(one.files) for one in result.series] == [2]
    said = {one.path.name for one in result.skipped if one.why == OUT}
    assert said == {"file.dcm", "folder", "up"}
    assert {path.name for path in links_out(inside)} == said


def test_what_is_named_is_read_though_it_is_a_link(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    inside, other = folders
    (tmp_path / "named").symlink_to(other, target_is_directory=True)
    assert len(scan([tmp_path / "named"]).series[0].files) == 3
    assert len(scan([inside / "folder"]).series[0].files) == 3
    assert len(scan([inside / "file.dcm"]).series) == 1
    assert len(scan([inside, other]).series) == 2


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    Files(count=2).write(tmp_path / "store")
    (tmp_path / "view").mkdir()
    for path in (tmp_path / "store").iterdir():
        (tmp_path / "view" / path.name).symlink_to(path)
    (tmp_path / "also").symlink_to(tmp_path / "store", target_is_directory=True)
    result = scan([tmp_path])
    assert [len(one.files) for one in result.series] == [2]
    assert not [one for one in result.skipped if one.why == OUT]


def test_a_guest_does_not_look_where_links_lead(tmp_path: Path) -> None:
    (image,) = Files(count=1).write(tmp_path / "other")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "a.dcm").symlink_to(image)
    assert not holds_dicom(tmp_path / "given")
    assert holds_dicom(tmp_path / "other")


def test_no_mask_is_measured_through_one(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recist_tool.cli.measure_folder.measure_many", one_by_one)
    inside, other = tmp_path / "given", tmp_path / "other.nii.gz"
    inside.mkdir()
    other.write_bytes(LABELS)
    (inside / "own.nii.gz").write_bytes(LABELS)
    (inside / "linked.nii.gz").symlink_to(other)
    assert [job.file for job in mask_jobs(inside)] == ["own.nii.gz"]
    assert main(["measure", str(inside)]) == 1
    printed = capsys.readouterr()
    assert "1 lesions of 1 files" in printed.out
    assert f"linked.nii.gz: {OUT}" in printed.err


def test_no_file_is_given_away_through_one(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    inside, _ = folders
    export = deidentify(inside, tmp_path / "out", Pseudonyms(b"0123456789abcdef"))
    assert len(export.written) == 2
    assert {(one.source.name, one.why) for one in export.refused} == {
        ("file.dcm", OUT),
        ("folder", OUT),
        ("up", OUT),
    }
