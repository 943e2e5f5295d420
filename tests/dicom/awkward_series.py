"""One writer for each awkward kind of series; all give the truths that they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tests.dicom.matrix_series import AXES, made, write_moved
from tests.dicom.series_files import Files, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.dicom.peers import Made

BASE = Files(count=6, spacing_mm=(2.5, 0.8, 0.8))


class Awkward(NamedTuple):
    """A kind of series.

    Attributes
    ----------
    write
        Writes it into a folder; returns what it is made of, one truth for each volume.
    codes
        The warnings that every one of its series must have.
    wrong
        What the other readers do who do not have all of it right, by their names.
    boxes
        Whether its series are regular volumes.
    """

    write: Callable[[Path], list[Made]]
    codes: set[str]
    wrong: dict[str, str]
    boxes: bool = True


def _both(wrong: str) -> dict[str, str]:
    return {"SimpleITK": wrong, "dcm2niix": wrong}


def still(index: int) -> tuple[float, float, float]:
    return (0, 0, 0)


def missing(folder: Path) -> list[Made]:
    return [write_moved(BASE, folder, still, keep=(0, 1, 2, 4, 5))]


def irregular(folder: Path) -> list[Made]:
    return [write_moved(BASE, folder, lambda i: (0, 0, 0.9 * (i == 2)))]


def creeping(folder: Path) -> list[Made]:
    files = BASE.but(count=60)
    return [write_moved(files, folder, lambda i: (0, 0, 0.0005 * i * i))]


def sideways(folder: Path) -> list[Made]:
    return [write_moved(BASE, folder, lambda i: (3.0 * (i == 2), 0, 0))]


def at_one_position(folder: Path) -> list[Made]:
    return [write_moved(BASE.but(count=4), folder, lambda i: (0, 0, -2.5 * i))]


def tilted(folder: Path) -> list[Made]:
    angle = np.radians(14.0)
    axes = ((1.0, 0.0, 0.0), (0.0, float(np.cos(angle)), float(np.sin(angle))))
    files = BASE.but(axes=axes).tagged(SliceThickness=None)
    table = np.array((0, 0, 2.5))
    return [write_moved(files, folder, lambda i: i * (table - files.normal * 2.5))]


def untold_tilt(folder: Path) -> list[Made]:
    return [write_moved(BASE.tagged(GantryDetectorTilt="14"), folder, still)]


def _two(folder: Path, first: Files, second: Files) -> list[Made]:
    """Write two stacks under one series UID."""
    second = second.but(seed=50)
    for number, files in enumerate((first, second)):
        for index in range(files.count):
            dataset = files.dataset(index)
            dataset.SOPInstanceUID = f"{files.series_uid}.{number}.{index}"
            name = f"{index:03}{number}.dcm"
            save(dataset, folder / name, files.transfer_syntax)
    return [made(first), made(second)]


def _differing(folder: Path, **tags: tuple[object, object]) -> list[Made]:
    """Write the same slices twice, with tags of two values."""
    first = BASE.tagged(**{key: one for key, (one, _) in tags.items()})
    second = BASE.tagged(**{key: other for key, (_, other) in tags.items()})
    return _two(folder, first, second)


def two_orientations(folder: Path) -> list[Made]:
    return _two(folder, BASE, BASE.but(axes=AXES["sagittal"]))


def two_frames_of_reference(folder: Path) -> list[Made]:
    return _differing(folder, FrameOfReferenceUID=("1.2.3", "1.2.4"))


def two_acquisitions(folder: Path) -> list[Made]:
    return _differing(folder, AcquisitionNumber=(1, 2))


def two_temporal_positions(folder: Path) -> list[Made]:
    return _differing(folder, TemporalPositionIdentifier=(1, 2))


def two_kernels(folder: Path) -> list[Made]:
    return _differing(folder, ConvolutionKernel=("B30f", "B60f"))


def two_phases_by_time(folder: Path) -> list[Made]:
    return _differing(folder, AcquisitionTime=("100000", "100100"))


def two_phases_by_number(folder: Path) -> list[Made]:
    """Write two rounds that only the numbers of the images tell apart."""
    truths: list[Made] = []
    for turn in range(2):
        files = BASE.but(seed=50 * turn)
        for index in range(files.count):
            dataset = files.dataset(index)
            dataset.InstanceNumber = 1 + index + turn * files.count
            dataset.SOPInstanceUID = f"{files.series_uid}.{turn}.{index}"
            save(dataset, folder / f"{turn}{index:03}.dcm", files.transfer_syntax)
        truths.append(made(files))
    return truths


def two_by_two(folder: Path) -> list[Made]:
    """Write four stacks that need two tags to be told apart."""
    truths: list[Made] = []
    for number in range(4):
        files = BASE.but(seed=50 * number).tagged(
            AcquisitionNumber=1 + number // 2, TemporalPositionIdentifier=1 + number % 2
        )
        for index in range(files.count):
            dataset = files.dataset(index)
            dataset.SOPInstanceUID = f"{files.series_uid}.{number}.{index}"
            save(dataset, folder / f"{index:03}{number}.dcm", files.transfer_syntax)
        truths.append(made(files))
    return truths


def two_image_types(folder: Path) -> list[Made]:
    kinds = (["ORIGINAL", "PRIMARY", "AXIAL"], ["DERIVED", "PRIMARY", "MONO_40KEV"])
    return _differing(folder, ImageType=kinds)


def two_voltages(folder: Path) -> list[Made]:
    return _differing(folder, KVP=("80", "140"))


def two_echoes(folder: Path) -> list[Made]:
    return _differing(folder, EchoTime=("2.3", "4.6"))


def two_thicknesses(folder: Path) -> list[Made]:
    thick = BASE.but(spacing_mm=(5.0, 0.8, 0.8), origin_lps=(-10.0, -20.0, 60.0))
    return _two(folder, BASE, thick)


def two_grids(folder: Path) -> list[Made]:
    return _two(folder, BASE, BASE.but(shape=(10, 10)))


def two_spacings(folder: Path) -> list[Made]:
    other = BASE.but(spacing_mm=(2.5, 0.5, 0.5), origin_lps=(-10.0, -20.0, 60.0))
    return _two(folder, BASE, other)


def not_square(folder: Path) -> list[Made]:
    return [write_moved(BASE.but(spacing_mm=(2.5, 0.8, 1.6)), folder, still)]


def thicker_than_spaced(folder: Path) -> list[Made]:
    return [write_moved(BASE.tagged(SliceThickness="5"), folder, still)]


def once_lossy(folder: Path) -> list[Made]:
    return [write_moved(BASE.tagged(LossyImageCompression="01"), folder, still)]


def one_slice(folder: Path) -> list[Made]:
    return [write_moved(BASE.but(count=1), folder, still)]


def without_series_uid(folder: Path) -> list[Made]:
    return [write_moved(BASE.tagged(SeriesInstanceUID=""), folder, still)]


def with_one_image_uid(folder: Path) -> list[Made]:
    return [write_moved(BASE.tagged(SOPInstanceUID="1.2.3.4"), folder, still)]


def in_two_studies(folder: Path) -> list[Made]:
    return _differing(folder, StudyInstanceUID=("1.2.7", "1.2.8"))


def of_two_patients(folder: Path) -> list[Made]:
    return _differing(folder, PatientID=("P-1", "P-2"))


def on_two_dates(folder: Path) -> list[Made]:
    return _differing(folder, StudyDate=("20240102", "20240402"))


def localizer_and_slices(folder: Path) -> list[Made]:
    kind = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    scout = BASE.but(count=1, axes=AXES["coronal"]).tagged(ImageType=kind)
    return _two(folder, BASE, scout)


EVEN = "spreads the slices evenly, as if nothing were missing or moved"
STRAIGHT = "takes the sheared slices for a straight box"
ONE = "makes one volume of what are two"
MIXED = "puts slices of both between each other"
PATIENTS = "merges two patients, who share a series UID"

GAPS = {"missing-slice", "irregular-spacing"}
TWICE = {"duplicate-position"}
SPLIT = {"mixed-orientation"}
GRIDS = {"irregular-spacing"}

KINDS = (
    Awkward(missing, GAPS, _both(EVEN), boxes=False),
    Awkward(irregular, GRIDS, _both(EVEN), boxes=False),
    Awkward(creeping, GRIDS, _both(EVEN), boxes=False),
    Awkward(sideways, {"gantry-tilt", *GRIDS}, _both(EVEN), boxes=False),
    Awkward(at_one_position, TWICE, _both("sets them 1 mm apart"), boxes=False),
    Awkward(tilted, {"gantry-tilt"}, _both(STRAIGHT), boxes=False),
    Awkward(untold_tilt, {"gantry-tilt"}, {}, boxes=False),
    Awkward(two_orientations, SPLIT, {"SimpleITK": ONE}),
    Awkward(two_frames_of_reference, SPLIT, _both(MIXED)),
    Awkward(two_acquisitions, TWICE, _both(MIXED)),
    Awkward(two_temporal_positions, TWICE, _both(MIXED)),
    Awkward(two_kernels, TWICE, _both(MIXED)),
    Awkward(two_phases_by_time, TWICE, _both(MIXED)),
    Awkward(two_phases_by_number, TWICE, _both(MIXED)),
    Awkward(two_image_types, TWICE, {"SimpleITK": MIXED}),
    Awkward(two_voltages, TWICE, _both(MIXED)),
    Awkward(two_echoes, TWICE, {"SimpleITK": MIXED}),
    Awkward(two_by_two, TWICE, _both(MIXED)),
    Awkward(two_thicknesses, GRIDS, _both(ONE)),
    Awkward(two_grids, GRIDS, {"SimpleITK": "reads neither"}),
    Awkward(two_spacings, GRIDS, _both(ONE)),
    Awkward(localizer_and_slices, SPLIT, {"SimpleITK": ONE}),
    Awkward(not_square, {"non-square-pixels"}, {}),
    Awkward(thicker_than_spaced, {"thickness-differs-from-spacing"}, {}),
    Awkward(once_lossy, {"lossy-compression"}, {}),
    Awkward(one_slice, {"single-slice"}, {}, boxes=False),
    Awkward(without_series_uid, {"empty-series-uid"}, {}),
    Awkward(with_one_image_uid, {"repeated-uid"}, {}),
    Awkward(in_two_studies, {"repeated-uid"}, _both(MIXED)),
    Awkward(of_two_patients, {"repeated-uid"}, _both(PATIENTS)),
    Awkward(on_two_dates, {"repeated-uid"}, {"SimpleITK": MIXED}),
)
