"""An image series in memory, with its honest geometry."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from recist_tool.measure.grid import GeometryWarning as GeometryWarning
from recist_tool.measure.grid import Grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    """

    shape: tuple[int, int, int] = field(init=False)
    voxels: NDArray[np.int16] | NDArray[np.float32]
    units: str
    modality: str
    sop_instance_uids: tuple[str, ...]
    series_instance_uid: str
    study_instance_uid: str
    suv_refused: str = ""

    def __post_init__(self) -> None:
        """Take the shape from the voxels."""
        slices, rows, columns = self.voxels.shape
        object.__setattr__(self, "shape", (slices, rows, columns))

    @property
    def grid(self) -> Grid:
        """The geometry alone, which keeps no voxels in memory."""
        return Grid(**{each.name: getattr(self, each.name) for each in fields(Grid)})
