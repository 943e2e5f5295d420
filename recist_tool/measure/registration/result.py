"""What `register` found: the way from each point of one scan to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.errors import GeometryError, InputError, RegistrationRefused
from recist_tool.measure.registration.transform import Lattice, Rigid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.grid import Grid

UNSEEN_MM: Final = 50.0
"""Uncertainty where one of the scans shows nothing."""

_FOUND_MM: Final = 0.05  # a tenth of a pixel
_TRIES: Final = 100  # each takes off most of what is left; where it folds, none does
_FORMAT: Final = "recist_tool registration 1"


@dataclass(frozen=True, eq=False, kw_only=True)
class Registration:
    """The way from points of the fixed scan (baseline) to the moving one (follow-up).

    A point is bent first, then turned and shifted.

    Attributes
    ----------
    rigid
        How the patient lies.
    bend
        How the organs lie then: a way along x, y, z at each knot, mm.
    doubt
        By how much the scans still disagree around each knot, mm.
    likeness
        Correlation of the two scans laid over each other, over the whole trunk.
    fixed_frame_uid, moving_frame_uid
        Frames of reference: what else lies in them, such as PET, follows.
    fixed_series_uid, moving_series_uid
        The CTs that were registered.
    """

    rigid: Rigid
    bend: Lattice
    doubt: Lattice
    likeness: float
    fixed_frame_uid: str
    moving_frame_uid: str
    fixed_series_uid: str
    moving_series_uid: str

    def map_points(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the fixed scan lie on the moving one.

        Parameters
        ----------
        points_lps
            Shape (points, 3), mm.
        """
        points = np.asarray(points_lps, dtype=np.float64)
        return self.rigid(points + self.bend.at(points))

    def map_back(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the moving scan lie on the fixed one.

        The inverse of `map_points`, found step by step to 0.05 mm.

        Parameters
        ----------
        points_lps
            Shape (points, 3), mm.

        Raises
        ------
        RegistrationRefused
            If a point has no place there.
        """
        aim = self.rigid.inverse(np.asarray(points_lps, dtype=np.float64))
        found = aim.copy()
        for _ in range(_TRIES):
            left = aim - found - self.bend.at(found)
            if np.abs(left).max(initial=0.0) < _FOUND_MM / 2:
                return found
            found += 0.8 * left
        raise RegistrationRefused.at(
            "registration", "a point has no place on the other scan", "Find it by hand"
        )

    def uncertainty_mm(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far off mapped points of the fixed scan may be, shape (points,).

        `UNSEEN_MM` where one of the scans shows nothing.
        """
        points = np.asarray(points_lps, dtype=np.float64)
        doubt = self.doubt.straight_at(points)[:, 0]
        return np.where(self.doubt.holds(points), doubt, UNSEEN_MM)

    def require_between(self, fixed: Grid, moving: Grid) -> None:
        """Refuse series that lie in other frames of reference than the CTs.

        Raises
        ------
        GeometryError
            If one of the two is not where the registration was made.
        """
        frames = (self.fixed_frame_uid, self.moving_frame_uid)
        for series, frame, visit in zip(
            (fixed, moving), frames, ("baseline", "follow-up"), strict=True
        ):
            if series.frame_of_reference_uid != frame:
                raise GeometryError.at(
                    f"{visit} series",
                    "it lies in another frame of reference than the CT that was "
                    "registered",
                    "Register the CT of its own examination",
                )

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON, some tens of kilobytes."""
        return {
            "format": _FORMAT,
            "turn": self.rigid.turn.tolist(),
            "shift_lps": self.rigid.shift_lps.tolist(),
            "bend_mm": self.bend.as_json(),
            "doubt_mm": self.doubt.as_json(),
            "likeness": self.likeness,
            "fixed": _uids(self.fixed_frame_uid, self.fixed_series_uid),
            "moving": _uids(self.moving_frame_uid, self.moving_series_uid),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Registration:
        """Return the registration that `as_json` wrote.

        Raises
        ------
        InputError
            If it is damaged or of another version.
        """
        if saved.get("format") != _FORMAT:
            raise InputError.at(
                "saved registration", "not of this version", "Register anew"
            )
        try:
            return cls(
                rigid=_rigid(saved),
                bend=Lattice.from_json(saved["bend_mm"]),
                doubt=Lattice.from_json(saved["doubt_mm"]),
                likeness=float(saved["likeness"]),
                fixed_frame_uid=str(saved["fixed"]["frame_of_reference_uid"]),
                moving_frame_uid=str(saved["moving"]["frame_of_reference_uid"]),
                fixed_series_uid=str(saved["fixed"]["series_instance_uid"]),
                moving_series_uid=str(saved["moving"]["series_instance_uid"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError.at(
                "saved registration", "it is damaged", "Register anew"
            ) from error


def _uids(frame: str, series: str) -> dict[str, str]:
    return {"frame_of_reference_uid": frame, "series_instance_uid": series}


def _rigid(saved: Mapping[str, Any]) -> Rigid:
    """Return the rigid part, or raise ValueError where it is no rotation."""
    turn = np.array(saved["turn"], np.float64).reshape(3, 3)
    shift = np.array(saved["shift_lps"], np.float64).reshape(3)
    if not (
        np.allclose(turn @ turn.T, np.eye(3), atol=1e-6) and np.linalg.det(turn) > 0
    ):
        msg = "not a rotation"
        raise ValueError(msg)
    return Rigid(turn, shift)
