"""From points of one scan to points of another: rigid, then bent on a lattice."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import ndimage

from recist_tool.errors import InputError
from recist_tool.measure.geometry.filters import read_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

STEP_OF_VALUES: Final = 0.01
"""Values of a lattice are kept in steps of this, so that saving changes nothing."""

_LARGEST: Final = 50_000_000  # bytes that a saved lattice may unfold to


@dataclass(frozen=True, eq=False)
class Rigid:
    """A turn and a shift: ``points @ turn.T + shift``.

    Attributes
    ----------
    turn
        Rotation, shape (3, 3).
    shift_lps
        Shape (3,), mm.
    """

    turn: NDArray[np.float64]
    shift_lps: NDArray[np.float64]

    def __call__(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of shape (points, 3) go, mm."""
        return points_lps @ self.turn.T + self.shift_lps

    @property
    def inverse(self) -> Rigid:
        """The way back."""
        return Rigid(self.turn.T, -self.shift_lps @ self.turn)

    @property
    def angle_deg(self) -> float:
        """How far it turns, about whatever axis, degrees."""
        cosine = (np.trace(self.turn) - 1) / 2
        return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


@dataclass(frozen=True, eq=False)
class Lattice:
    """Numbers at knots along z, y, x of the patient, cubic splines between them.

    Beyond the last knots the numbers stay what they are there.

    Attributes
    ----------
    values
        Shape (z, y, x, numbers): rounded to `STEP_OF_VALUES`, see `Lattice.of`.
    origin_lps
        The first knot: x, y, z, mm.
    step_mm
        Distance of the knots.
    """

    values: NDArray[np.float64]
    origin_lps: NDArray[np.float64]
    step_mm: float

    @classmethod
    def of(
        cls,
        values: NDArray[np.floating[Any]],
        origin_lps: NDArray[np.float64],
        step_mm: float,
    ) -> Lattice:
        """Return a lattice of rounded values, which can be saved without loss.

        Parameters
        ----------
        values
            Shape (z, y, x, numbers); what is beyond ±327.67 becomes that.
        origin_lps
            The first knot: x, y, z, shape (3,), mm.
        step_mm
            From knot to knot, along each axis.
        """
        steps = np.clip(np.rint(values / STEP_OF_VALUES), -32767, 32767)
        rounded = (steps * STEP_OF_VALUES).astype(np.float64)
        return cls(rounded, np.asarray(origin_lps, np.float64), step_mm)

    def at(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers at points: shape (points, 3) to (points, numbers)."""
        index = np.clip(self._index(points_lps), 0, self._last)
        return np.column_stack([_spline_at(each, index) for each in self._splines])

    def straight_at(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers at points with straight lines between the knots.

        Parameters
        ----------
        points_lps
            Shape (points, 3), mm.

        Returns
        -------
        Shape (points, numbers).
        """
        index = np.clip(self._index(points_lps), 0, self._last)
        found = np.column_stack([read_at(each, index) for each in self._numbers])
        return found.astype(np.float64)

    def holds(self, points_lps: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points lie between knots, shape (points,)."""
        index = self._index(points_lps)
        return np.asarray(((index >= 0) & (index <= self._last)).all(axis=0))

    def as_json(self) -> dict[str, Any]:
        """Return the lattice as JSON; the numbers are packed."""
        steps = np.rint(self.values / STEP_OF_VALUES).astype("<i2")
        rising = np.diff(steps, axis=2, prepend=np.int16(0))
        packed = zlib.compress(rising.astype("<i2").tobytes(), 9)
        return {
            "shape": list(self.values.shape),
            "origin_lps": self.origin_lps.tolist(),
            "step_mm": self.step_mm,
            "values": base64.b64encode(packed).decode("ascii"),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Lattice:
        """Return a lattice from `as_json`.

        Raises
        ------
        InputError
            If it is damaged.
        """
        try:
            shape = tuple(int(length) for length in saved["shape"])
            rising = np.frombuffer(_unpacked(saved["values"], shape), "<i2")
            steps = np.cumsum(rising.reshape(shape), axis=2, dtype=np.int16)
            origin_lps = np.array(saved["origin_lps"], np.float64).reshape(3)
            step_mm = float(saved["step_mm"])
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise InputError.at(
                "saved registration", "its lattice is damaged", "Register anew"
            ) from error
        return cls((steps * STEP_OF_VALUES).astype(np.float64), origin_lps, step_mm)

    @cached_property
    def _splines(self) -> list[NDArray[np.float64]]:
        return [
            ndimage.spline_filter(each, order=3, mode="mirror")
            for each in self._numbers
        ]

    @property
    def _numbers(self) -> list[NDArray[np.float64]]:
        return [self.values[..., at] for at in range(self.values.shape[3])]

    @property
    def _last(self) -> NDArray[np.intp]:
        """Return the index of the last knot, shape (3, 1)."""
        return np.array(self.values.shape[:3])[:, np.newaxis] - 1

    def _index(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((points_lps - self.origin_lps) / self.step_mm).T[::-1]


def _spline_at(
    knots: NDArray[np.float64], index: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a cubic spline at places (3, points) between its knots."""
    return ndimage.map_coordinates(
        knots, index, order=3, mode="mirror", prefilter=False
    )


def _unpacked(text: str, shape: tuple[int, ...]) -> bytes:
    """Return the bytes of a lattice, no more than its shape asks for."""
    size = 2 * int(np.prod(shape, dtype=np.int64))
    if len(shape) != 4 or min(shape) < 1 or size > _LARGEST:
        msg = "not the shape of a lattice"
        raise ValueError(msg)
    return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size)
