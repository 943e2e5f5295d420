"""An image series in memory, with its honest geometry."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from recist_tool.errors import SuvRefused
from recist_tool.measure.geometry.grid import GeometryWarning as GeometryWarning
from recist_tool.measure.geometry.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recist_tool.terms import SuvUnit


class SuvScale(NamedTuple):
    """What SUVbw is multiplied with to be normalised in another way.

    Attributes
    ----------
    per_suvbw
        None where that is refused; then `refused` says why.
    """

    unit: SuvUnit
    per_suvbw: float | None
    refused: str = ""


def series_key(sop_instance_uid: str, frame_numbers: Sequence[int]) -> str:
    """Return what tells a series from others with its UID: its first image.

    Parameters
    ----------
    frame_numbers
        Of its slices, where one file holds many.
    """
    frame = f"#{frame_numbers[0]}" if frame_numbers else ""
    return f"{sop_instance_uid}{frame}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Volume(Grid):
    """The pixels of one series, on its grid.

    Attributes
    ----------
    voxels
        Shape (slice, row, column): int16 HU for CT, float32 SUV or rescaled for PET.
    units
        ``HU``, ``SUVbw`` or the words of the file.
    sop_instance_uids
        One for each slice.
    suv_refused
        Why a PET series is not in SUV; empty where it is, or is no PET.
    suv_method
        How the values became SUV, in a sentence; names what a reader overrode.
    suv_scales
        From SUVbw to every other unit.
    frame_numbers
        Of each slice, from 1, where one file holds many; empty where each has its own.
    padding
        Lowest and highest value, in `units`, of pixels that are no image, such as
        those outside the circle that was reconstructed; several ranges are possible.
    is_resampled
        Whether its slices were interpolated: then nothing is drawn on them.
    """

    shape: tuple[int, int, int] = field(init=False)
    voxels: NDArray[np.int16] | NDArray[np.float32]
    units: str
    modality: str
    sop_instance_uids: tuple[str, ...]
    series_instance_uid: str
    study_instance_uid: str
    suv_refused: str = ""
    suv_method: str = ""
    suv_scales: tuple[SuvScale, ...] = ()
    frame_numbers: tuple[int, ...] = ()
    padding: tuple[tuple[float, float], ...] = ()
    is_resampled: bool = False

    def __post_init__(self) -> None:
        """Take the shape from the voxels."""
        slices, rows, columns = self.voxels.shape
        object.__setattr__(self, "shape", (slices, rows, columns))

    @property
    def key(self) -> str:
        """What tells its series from others with its UID; empty without images."""
        if not self.sop_instance_uids:
            return ""
        return series_key(self.sop_instance_uids[0], self.frame_numbers)

    @property
    def grid(self) -> Grid:
        """The geometry alone, which keeps no voxels in memory."""
        return Grid(**{each.name: getattr(self, each.name) for each in fields(Grid)})

    def in_suv(self, unit: SuvUnit) -> Volume:
        """Return this PET volume normalised in another way; its `units` say which.

        Raises
        ------
        SuvRefused
            If the volume is not in SUV, or a tag is missing that the unit needs.
        """
        if self.units == unit:
            return self
        now, wanted = self._scale(self.units), self._scale(unit)
        factor = np.float32(wanted / now)
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values |= {
            "voxels": self.voxels * factor,
            "units": str(unit),
            "padding": tuple(
                (low * factor, high * factor) for low, high in self.padding
            ),
        }
        del values["shape"]
        return Volume(**values)

    def suv_level(self, level: float, unit: SuvUnit) -> float:
        """Return an uptake in a unit as this PET has it, in its own `units`.

        Raises
        ------
        SuvRefused
            If the volume is not in SUV, or a tag is missing that a unit needs.
        """
        if self.units == unit:
            return level
        return level * self._scale(self.units) / self._scale(unit)

    def _scale(self, unit: str) -> float:
        """Return what SUVbw is multiplied with to be of a unit."""
        scale = next((one for one in self.suv_scales if one.unit == unit), None)
        if scale is None:
            raise SuvRefused(self.suv_refused or f"values in {unit} are no SUV")
        if scale.per_suvbw is None:
            raise SuvRefused(f"no {unit}: {scale.refused}")
        return scale.per_suvbw

    def frame_number(self, slice_index: int) -> int | None:
        """Return which frame of its file a slice is; None where it has its own file."""
        return self.frame_numbers[slice_index] if self.frame_numbers else None

    def slices_of(
        self, sop_instance_uid: str, frame_number: int | None = None
    ) -> tuple[int, ...]:
        """Return the indices of the slices of one image: one, unless UIDs repeat."""
        return tuple(
            index
            for index, uid in enumerate(self.sop_instance_uids)
            if uid == sop_instance_uid and self.frame_number(index) == frame_number
        )

    def is_padding(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Return where values are padding, not image: they enter no statistics.

        Parameters
        ----------
        values
            Voxels of this volume, in its units, of any shape.
        """
        found = np.zeros(values.shape, np.bool_)
        for lowest, highest in self.padding:
            found |= (values >= lowest) & (values <= highest)
        return found
