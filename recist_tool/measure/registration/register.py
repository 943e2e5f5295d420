"""Lay the CT of a follow-up over the CT of a baseline, or refuse.

Both scans are taken at 4 mm on the axes of the patient. First the shift with the best
correlation, of all shifts; then a turn, in which the trunk without its wall counts;
then demons at 16, 8 and 4 mm. What comes out is refused where it cannot be true. Every
voxel counts, none is drawn by lot: the same scans give the same registration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.errors import RegistrationRefused
from recist_tool.measure.progress import Progress, Work
from recist_tool.measure.registration.deformable import KNOTS, bent, squeezed
from recist_tool.measure.registration.result import Registration
from recist_tool.measure.registration.rigid import BY_HAND, ScanPair, best_shift, turned
from recist_tool.measure.registration.similarity import Overlaid, agreement, detail
from recist_tool.measure.registration.transform import Lattice, Rigid
from recist_tool.measure.registration.translation_search import Coarse, body, coarsened

if TYPE_CHECKING:
    import threading

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

STEP_MM: Final = 4.0  # organs show; half of it would take eight times as long
_LEAST_BODY_ML: Final = 500.0  # the least extent of a trunk holds more than a litre
_LEAST_EXTENT_MM: Final = 36.0  # three steps of the lattice: less tells no bend
LEAST_RESEMBLANCE: Final = 0.46
"""Same patients, bent, breathing, cropped, noisy, dimmer: 0.53 and more. All others,
mirror images of the same among them: at most 0.40. CTs and phantoms of the tests."""

_SMALLEST_JACOBIAN: Final = 0.0  # of the bend: from here down it folds


def register(
    fixed: Volume,
    moving: Volume,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Registration:
    """Return where points of one CT lie on another CT of the same patient.

    PET is carried by the CT of its own examination: they share a frame of reference.

    Parameters
    ----------
    fixed, moving
        Baseline and follow-up: points go from the first to the second.
    progress
        Called with the part done, 0 to 1, and the name of the stage.
    cancel
        Set by another thread to stop; it is looked at several times a second.

    Raises
    ------
    GeometryError
        If a series is not one regular volume, or not in HU.
    RegistrationRefused
        If the scans do not show the same part of a body, or can be laid over each
        other only in a way that cannot be true.
    Cancelled
        If `cancel` was set.
    """
    work = Work(progress, cancel)
    work.stage("reading the baseline", 0.0, 0.05)
    scan = _scan(fixed, "baseline")
    work.stage("reading the follow-up", 0.05, 0.1)
    pair = ScanPair(scan, _scan(moving, "follow-up"))
    half = pair.halved()
    work.stage("finding the common part", 0.1, 0.2)
    shift_lps = best_shift(half)
    rigid = turned(half, shift_lps, work.stage("turning", 0.2, 0.3))
    trunk = ScanPair(scan.cropped(body(scan)), pair.moving)
    bend = bent(trunk, rigid, work.stage("bending", 0.3, 0.9))
    checking = work.stage("checking", 0.9, 1.0)
    likeness, doubt = _checked(trunk, (rigid, bend), checking)
    checking.report(1.0)
    return Registration(
        rigid=rigid,
        bend=bend,
        doubt=doubt,
        likeness=likeness,
        fixed_frame_uid=fixed.frame_of_reference_uid,
        moving_frame_uid=moving.frame_of_reference_uid,
        fixed_series_uid=fixed.series_instance_uid,
        moving_series_uid=moving.series_instance_uid,
    )


def _scan(volume: Volume, which: str) -> Coarse:
    """Return a CT at `STEP_MM`, or refuse one that shows too little."""
    scan = coarsened(volume, STEP_MM)
    extent_mm = min(scan.hu.shape) * STEP_MM
    if extent_mm < _LEAST_EXTENT_MM:
        raise RegistrationRefused.at(
            f"{which} CT",
            f"it is {extent_mm:.0f} mm thick, too little to place it "
            f"({_LEAST_EXTENT_MM:.0f} mm are needed)",
            BY_HAND,
        )
    if body(scan).sum() * STEP_MM**3 / 1000 < _LEAST_BODY_ML:
        raise RegistrationRefused.at(f"{which} CT", "it shows no body", BY_HAND)
    return scan


def _checked(
    pair: ScanPair, way: tuple[Rigid, Lattice], work: Work
) -> tuple[float, Lattice]:
    """Return likeness and doubt, or refuse what folds or does not fit."""
    fixed, moving = pair
    rigid, bend = way
    points = fixed.points_lps()
    hu, seen = moving.at(rigid(points + bend.straight_at(points)))
    work.report(0.2)
    mask = body(fixed) & seen.reshape(fixed.hu.shape)
    overlaid = Overlaid(
        squeezed(fixed.hu), squeezed(hu.reshape(fixed.hu.shape)), mask, fixed.step_mm
    )
    resemblance = _resemblance(overlaid, bend, pair)
    if resemblance < LEAST_RESEMBLANCE:
        raise RegistrationRefused.at(
            "registration",
            f"laid over each other, the scans still differ (agreement "
            f"{max(resemblance, 0):.2f}, at least {LEAST_RESEMBLANCE} is asked)",
            BY_HAND,
        )
    if smallest_jacobian(bend) <= _SMALLEST_JACOBIAN:
        raise RegistrationRefused.at(
            "registration", "it would fold the body over itself", BY_HAND
        )
    found = agreement(overlaid, KNOTS, work)
    doubt = found.doubt_mm[..., np.newaxis]
    return found.likeness, Lattice.of(doubt, bend.origin_lps, bend.step_mm)


def _resemblance(overlaid: Overlaid, bend: Lattice, pair: ScanPair) -> float:
    """Return how much speaks for one patient: agreement that bending did not make.

    Another patient's organs agree, too, once they are bent enough, or where little of
    the smaller body is seen on both scans.
    """
    smaller = min(np.count_nonzero(body(each)) for each in pair)
    common = np.count_nonzero(overlaid.mask) / smaller
    return (detail(overlaid) - _strain(bend)) * min(common, 1.0) ** 0.5


def _strain(bend: Lattice) -> float:
    """Return how much the bend changes on its way, root mean square; 0 for a shift."""
    return float(np.sqrt((_slopes(bend) ** 2).sum(axis=(-1, -2)).mean()))


def smallest_jacobian(bend: Lattice) -> float:
    """Return the smallest volume that a unit of volume becomes; folds are negative."""
    return float(np.linalg.det(np.eye(3) + _slopes(bend)).min())


def _slopes(bend: Lattice) -> NDArray[np.float64]:
    """Return the change of a bend along x, y and z at each knot, (z, y, x, 3, 3)."""
    slopes = np.empty((*bend.values.shape, 3))
    for along in range(3):
        slopes[..., along] = np.gradient(bend.values, bend.step_mm, axis=2 - along)
    return slopes
