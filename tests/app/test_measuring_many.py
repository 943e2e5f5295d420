"""Many files of masks on Dask: each answered, a bad one by itself."""

from __future__ import annotations

import queue
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from recist_tool.app import measuring_many
from recist_tool.app.mask_folder import image_index, mask_jobs
from recist_tool.app.measuring import MeasureOptions, measure_file
from recist_tool.app.measuring_many import Batch, measure_job, measure_many
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError, GeometryError, SetupError, SourceError
from tests.dicom.mask_files import SERIES, ball, slices_of, write_nifti, write_seg
from tests.dicom.series_files import new_uid

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed warns as it ends

LUMP = ball()
PLACE = {"matrix": [[-0.5, 0, 0, 10], [0, -0.8, 0, 20], [0, 0, 3, -30]]}


def label_image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_nifti(path, LUMP.astype(np.uint8), **PLACE)


@pytest.fixture
def trial(tmp_path):
    """Return a folder of masks and one of images: two patients, and a bad file."""
    masks, images = tmp_path / "masks", tmp_path / "images"
    for patient in ("P1", "P2"):
        files = SERIES.but(series_uid=new_uid(), study_uid=new_uid())
        slices = slices_of(files, images / patient / "ct")
        label_image(masks / patient / "liver.nii.gz")
        write_seg(masks / f"{patient}.dcm", slices, LUMP)
    (masks / "P2" / "bad.nii.gz").write_bytes(b"\x1f\x8bnothing")
    (masks / "notes.txt").write_text("no mask")
    return masks, images


def batch(masks, images=None, options=MeasureOptions()):  # noqa: B008
    index = image_index(images, None) if images else None
    return Batch(masks.resolve(), index, options)


def answers(masks, images=None, scheduler="local"):
    found = measure_many(batch(masks, images), mask_jobs(masks), scheduler)
    return {line["file"]: line for line in found}


def check(found):
    assert sorted(found) == [
        "P1.dcm", "P1/liver.nii.gz", "P2.dcm", "P2/bad.nii.gz", "P2/liver.nii.gz",
    ]  # fmt: skip
    bad = found.pop("P2/bad.nii.gz")
    assert bad["lesions"] == []
    assert bad["faults"] == [
        "P2/bad.nii.gz: damaged: it has no NIfTI header. Save it anew"
    ]
    for line in found.values():
        assert line["faults"] == []
        (lesion,) = line["lesions"]
        assert lesion["voxels"] == LUMP.sum()
        assert line["units"] == "HU"


def test_masks_are_found_by_name_and_by_modality_and_nothing_else_is(trial):
    masks, images = trial
    assert [job.file for job in mask_jobs(masks)] == [
        "P1.dcm", "P1/liver.nii.gz", "P2.dcm", "P2/bad.nii.gz", "P2/liver.nii.gz",
    ]  # fmt: skip
    with pytest.raises(DicomError, match="no file of masks found"):
        mask_jobs(images)


def test_a_damaged_dicom_file_is_not_passed_over(trial):
    masks, _ = trial
    data = (masks / "P1.dcm").read_bytes()
    (masks / "cut.dcm").write_bytes(data[:300])
    assert "cut.dcm" in [job.file for job in mask_jobs(masks)]


def test_each_mask_is_measured_on_its_own_patient(trial):
    masks, images = trial
    found = answers(masks, images)
    for patient in ("P1", "P2"):
        (series,) = scan([images / patient]).series
        for name in (f"{patient}.dcm", f"{patient}/liver.nii.gz"):
            line = found[name]
            assert line["series_instance_uid"] == series.series_instance_uid
            assert (
                line["lesions"]
                == (measure_file(masks / name, [series]).as_json()["lesions"])
            )
    check(found)


@pytest.mark.slow
def test_processes_give_the_same_answers(trial):
    masks, images = trial
    local = answers(masks, images)
    assert answers(masks, images, "processes") == local
    check(local)


@pytest.mark.slow
def test_no_port_of_the_processes_answers_a_stranger():
    from distributed import Client

    with measuring_many._client("processes") as client:
        known = client.scheduler_info()
        where = {known["address"], *known["workers"]}
        assert {one.partition("://")[0] for one in where} == {"tls"}
        port = known["address"].rpartition(":")[2]
        with pytest.raises((OSError, TimeoutError)):
            Client(f"tcp://127.0.0.1:{port}", timeout=2)
    with measuring_many._client("local") as client:
        assert client.scheduler_info()["address"].startswith("inproc://")


@pytest.mark.slow
def test_a_cluster_elsewhere_gives_the_same_answers(trial):
    from distributed import LocalCluster

    masks, images = trial
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        assert cluster.scheduler_address.startswith("tcp://")
        found = answers(masks, images, cluster.scheduler_address)
        assert answers(masks, images, cluster.scheduler_address) == found  # still there
    check(found)


@pytest.mark.slow
def test_a_worker_that_crashes_costs_its_own_file_alone(trial, tmp_path):
    masks, _ = trial
    script = tmp_path / "crashing.py"
    script.write_text(CRASHING)
    found = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, script, masks],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = found.stdout.splitlines()
    assert "P1.dcm: its worker failed (KilledWorker)" in told
    assert sorted(told)[1:] == [
        "P1/liver.nii.gz 1",
        "P2.dcm 1",
        "P2/bad.nii.gz 0",
        "P2/liver.nii.gz 1",
    ]


CRASHING = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from recist_tool.app import measuring_many
from recist_tool.app.mask_folder import mask_jobs

real = measuring_many._in_worker

def crash(name, job):
    if job.file == "P1.dcm":
        os._exit(11)
    return real(name, job)

if __name__ == "__main__":
    measuring_many._in_worker = crash
    folder = Path(sys.argv[1]).resolve()
    batch = measuring_many.Batch(folder, None, measuring_many.MeasureOptions())
    for line in measuring_many.measure_many(batch, mask_jobs(folder), "processes"):
        if "worker failed" in "".join(line["faults"]):
            print(*line["faults"])
        else:
            print(line["file"], len(line["lesions"]))
"""


def test_no_more_files_wait_than_there_are_threads_for(trial, monkeypatch):
    masks, _ = trial
    monkeypatch.setattr("recist_tool.app.measuring_many.os.cpu_count", lambda: 1)
    taken = []

    class Watched(tuple):
        def __iter__(self):
            for job in tuple.__iter__(self):
                taken.append(job)
                yield job

    jobs = mask_jobs(masks)
    found = measure_many(batch(masks), Watched(jobs), "local")
    next(found)
    assert len(taken) <= 3
    found.close()


def test_a_scheduler_that_does_not_answer_is_said(trial, monkeypatch):
    masks, _ = trial
    monkeypatch.setattr("recist_tool.app.measuring_many.WAIT_S", 1)
    with pytest.raises(SourceError, match=r"^tcp://127\.0\.0\.1:9: no Dask scheduler"):
        answers(masks, scheduler="tcp://127.0.0.1:9")


def test_a_scheduler_of_no_kind_is_refused(trial):
    masks, _ = trial
    with pytest.raises(SetupError, match="scheduler 'slurm': there is none"):
        answers(masks, scheduler="slurm")


def test_nothing_to_measure_starts_nothing(trial):
    masks, _ = trial
    assert list(measure_many(batch(masks), (), "slurm")) == []


@pytest.mark.parametrize(
    "name", ["P1/liver.nii.gz", "P1/liver/a.nii.gz", "P1.nii", "P1/TP1/x.nrrd"]
)
def test_a_label_image_belongs_to_the_images_of_its_folder_or_name(trial, name):
    masks, images = trial
    index = image_index(images, None)

    class File:
        path = masks / name
        series_instance_uid = ""

    (series,) = index.series_of(File(), name)
    assert {path.parent.parent.name for path in series.files} == {"P1"}


def test_a_label_image_that_belongs_to_no_images_is_a_fault(trial):
    masks, images = trial
    path = label_image(masks / "stray.nii.gz")
    (job,) = (job for job in mask_jobs(masks) if job.file == "stray.nii.gz")
    line = measure_job(batch(masks, images), job)
    assert line["lesions"] == []
    assert line["faults"][0].startswith("stray.nii.gz: no images were found for it.")
    path.unlink()


def test_the_only_series_that_there_is_belongs_to_every_mask(trial):
    masks, images = trial
    label_image(masks / "stray.nii.gz")
    (job,) = (job for job in mask_jobs(masks) if job.file == "stray.nii.gz")
    assert measure_job(batch(masks, images / "P1"), job)["faults"] == []


def test_images_that_are_no_folder_are_refused(trial):
    masks, _ = trial
    with pytest.raises((DicomError, GeometryError), match="it is no folder"):
        image_index(masks / "P1.dcm", None)


class Deserted:
    """A client of a scheduler without workers."""

    def nthreads(self):
        return {}


def test_a_cluster_whose_workers_are_all_gone_is_not_waited_for_in_silence(monkeypatch):
    monkeypatch.setattr(measuring_many, "CHECK_S", 0.01)
    monkeypatch.setattr(measuring_many, "ALONE_S", 0.05)
    with pytest.raises(SourceError, match="all its workers are gone"):
        measuring_many._next(queue.SimpleQueue(), Deserted())


@pytest.mark.parametrize("status", ["cancelled", "lost"])
def test_an_answer_that_went_with_its_scheduler_is_said_in_a_line(status):
    answers = queue.SimpleQueue()
    answers.put(SimpleNamespace(status=status))
    with pytest.raises(SourceError, match="scheduler is gone"):
        measuring_many._next(answers, Deserted())
