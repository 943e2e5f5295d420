"""The liver CT of crlm_1004 and what is dark in it; and the same scanned again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.dicom import load, scan
from recist_tool.measure import PlaneCaliper, length_mm
from recist_tool.phantom import LesionState
from recist_tool.terms import LesionRole
from tests.plugin.moved_copy import Motion, write_moved_copy
from tests.plugin.read_plan import Look, Plan

if TYPE_CHECKING:
    from recist_tool.measure import Volume
    from tests.plugin.read_plan import Ends

LESIONS: dict[str, tuple[int, Ends]] = {
    "T1": (17, ((243.0, 169.0), (271.0, 172.0))),
    "T2": (21, ((284.0, 110.0), (299.0, 119.0))),
    "NT1": (22, ((177.0, 219.0), (185.0, 227.0))),
}
"""Slice, and ends (row, column), of what is dark in the liver of crlm_1004."""

MOTION = Motion((0.0, -20.0, -290.0), 4.0, (7.0, -9.0, 12.0))
SHRUNK = 0.6


def real(name: str) -> Path:
    return Path(os.environ["RECIST_REAL_IMAGES"]) / name


class Patient:
    """A patient with two visits, of which the second is a moved copy of the first."""

    def __init__(self, folder: Path) -> None:
        self.folders = (real("ct_liver_crlm_1004"), folder)
        (series,) = scan([self.folders[0]]).series
        self.baseline = load(series)
        write_moved_copy(series, self.baseline, MOTION, folder, "19950117")
        (copy,) = scan([folder]).series
        self.follow_up = load(copy)

    def plan(self) -> Plan:
        return {
            "BL": baseline_looks(self.baseline),
            "TP1": [self._after(name) for name in LESIONS],
        }

    def sum_mm(self, visit: str) -> float:
        """Return the sum of diameters as it is known."""
        spacing = (self.baseline if visit == "BL" else self.follow_up).pixel_spacing_mm
        assert spacing is not None
        targets = [
            one for one in self.plan()[visit] if one.state is LesionState.MEASURED
        ]
        calipers = [one.caliper for one in targets if one.role is LesionRole.TARGET]
        return sum(length_mm(spacing, *one.long_ends) for one in calipers if one)

    def _after(self, name: str) -> Look:
        """Return a lesion where it lies now, smaller."""
        slice_index, ends = LESIONS[name]
        points = self.baseline.pixel_to_lps(slice_index, np.array(ends))
        points = points.mean(axis=0) + SHRUNK * (points - points.mean(axis=0))
        there, volume = MOTION.there(points), self.follow_up
        heights = (volume.slice_origins_lps - there[0]) @ volume.normal_lps
        at = int(np.abs(heights).argmin())
        first, second = volume.lps_to_pixel(at, there).tolist()
        now = ((first[0], first[1]), (second[0], second[1]))
        return _look(name, "TP1", volume, at, now)


def baseline_looks(volume: Volume) -> list[Look]:
    """Return what is found on the CT as it is."""
    return [
        _look(name, "BL", volume, slice_index, ends)
        for name, (slice_index, ends) in LESIONS.items()
    ]


def _look(name: str, visit: str, volume: Volume, slice_index: int, ends: Ends) -> Look:
    is_target = name.startswith("T")
    return Look(
        name,
        visit,
        LesionRole.TARGET if is_target else LesionRole.NON_TARGET,
        "liver",
        LesionState.MEASURED if is_target or visit == "BL" else LesionState.PRESENT,
        volume.sop_instance_uids[slice_index],
        PlaneCaliper(ends),
    )
