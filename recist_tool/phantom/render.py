"""From a patient to pixels: HU of a CT, SUV of a PET."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.phantom.anatomy import anatomy
from recist_tool.phantom.canvas import Slab
from recist_tool.phantom.fields import Array
from recist_tool.phantom.lesion import paint_lesion
from recist_tool.phantom.noise import blurred, softened, unit_noise

if TYPE_CHECKING:
    from recist_tool.phantom.canvas import BodyPart
    from recist_tool.phantom.spec import (
        Acquisition,
        Ellipsoid,
        LesionSpec,
        PatientSpec,
        PhantomVisit,
        Stage,
    )

SLAB_SLICES = 10
PET_FWHM_MM = 6.0

_PET_NOISE = 0.04
_AXIAL_SPREAD = (1.0, 6.0, 1.0)  # in-plane blur of a soft-tissue kernel


class Scene:
    """One patient at one visit, ready to be painted.

    Parameters
    ----------
    parts
        The anatomy; None takes the patient's own.
    """

    def __init__(
        self,
        spec: PatientSpec,
        visit: PhantomVisit,
        parts: tuple[BodyPart, ...] | None = None,
    ) -> None:
        self.spec = spec
        self.visit = visit
        self._number = spec.visits.index(visit)
        self._parts = anatomy_of(spec) if parts is None else parts

    def ct_slabs(self, noise: bool = True) -> Iterator[tuple[int, Array]]:
        """Yield (first slice index, HU) for slab after slab, as `ct_slab` gives it."""
        for first in range(0, self.spec.ct.slices, SLAB_SLICES):
            yield first, self.ct_slab(first, noise)

    def ct_slab(self, first: int, noise: bool = True) -> Array:
        """Return HU of up to `SLAB_SLICES` slices from `first` on.

        Shape (slices, rows, columns).
        """
        grid = self.spec.ct
        slab = self._slab(grid, first)
        for lesion, stage, shape in self._lesions():
            paint_lesion(slab, shape, lesion.center_lps, (lesion.hu, stage.suv))
        hu = slab.hu
        for axis in (1, 2):
            hu = softened(hu, _AXIAL_SPREAD, axis)
        if noise:
            hu += self._noise(grid, first, len(hu), 1) * self.spec.noise_hu
        return hu

    def pet(self, noise: bool = True) -> Array:
        """Return SUVbw of the PET, shape (slices, rows, columns), g/ml.

        The body is blurred as by a scanner. Lesions are laid in with edges as soft,
        but keep their SUV inside, so that it can be found again.
        """
        grid = self.spec.pet
        if grid is None:
            msg = "the patient has no PET acquisition"
            raise ValueError(msg)
        firsts = range(0, grid.slices, SLAB_SLICES)
        body = np.concatenate([self._slab(grid, first).suv for first in firsts])
        spacing = (grid.slice_spacing_mm, *grid.pixel_spacing_mm)
        whole = Slab(grid, 0, grid.slices, self.visit.offset_lps)
        whole.suv = blurred(body, PET_FWHM_MM, spacing)
        for lesion, stage, shape in self._lesions():
            values = (lesion.hu, stage.suv)
            paint_lesion(whole, shape, lesion.center_lps, values, PET_FWHM_MM)
        if noise:
            whole.suv *= 1 + _PET_NOISE * self._noise(grid, 0, grid.slices, 2)
        return whole.suv

    def _slab(self, grid: Acquisition, first: int) -> Slab:
        last = min(first + SLAB_SLICES, grid.slices)
        slab = Slab(grid, first, last, self.visit.offset_lps)
        slab.paint(self._parts)
        return slab

    def _lesions(self) -> Iterator[tuple[LesionSpec, Stage, Ellipsoid]]:
        for lesion in self.spec.lesions:
            stage = lesion.course[self._number]
            if stage is not None and stage.shape is not None:
                yield lesion, stage, stage.shape

    def _noise(self, grid: Acquisition, first: int, count: int, kind: int) -> Array:
        seeds = (self.spec.seed, self._number, kind)
        return np.stack(
            [
                unit_noise((*seeds, index), grid.rows, grid.columns)
                for index in range(first, first + count)
            ]
        )


def anatomy_of(spec: PatientSpec) -> tuple[BodyPart, ...]:
    """Return the anatomy of a patient; vessels keep clear of the lesions."""
    first_shapes = (
        (lesion.center_lps, next(one.shape for one in lesion.course if one is not None))
        for lesion in spec.lesions
    )
    masses = [(center, shape) for center, shape in first_shapes if shape is not None]
    return anatomy(spec.seed, tuple(masses))
