"""A trunk of simple shapes with the HU of one contrast phase, in noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recist_tool.measure.geometry.volume import Volume

PHASES = {
    "native": (42.0, 40.0, 58.0),
    "arterial": (320.0, 70.0, 78.0),
    "portal venous": (158.0, 150.0, 112.0),
    "delayed": (102.0, 100.0, 92.0),
}
"""HU of aorta, veins and liver."""


class Torso(NamedTuple):
    """What differs from one trunk to another; lengths in mm, places from the spine."""

    aorta_hu: float = 158.0
    vein_hu: float = 150.0
    liver_hu: float = 112.0
    aorta_mm: float = 10.0
    aorta_x: float = 14.0
    aorta_y: float = -32.0
    liver_mm: tuple[float, float, float] = (62.0, 72.0, 80.0)
    size: float = 1.0
    noise_hu: float = 14.0
    spacing_mm: tuple[float, float, float] = (5.0, 2.0, 2.0)
    slices: int = 56
    has_liver: bool = True
    is_turned: bool = False
    seed: int = 0

    def volume(self) -> Volume:
        """Return the trunk as a CT; turned, its rows and columns run the other way."""
        between, height, width = self.spacing_mm
        rows, columns = round(330 / height), round(420 / width)
        z = (np.arange(self.slices) * between)[:, None, None]
        y = (np.arange(rows) * height - 165.0)[None, :, None]
        x = (np.arange(columns) * width - 210.0)[None, None, :]
        hu = self._painted(x, y, z)
        hu += np.random.default_rng(self.seed).normal(0, self.noise_hu, hu.shape)
        origin, sign = np.array([x.min(), y.min(), 0.0]), 1.0
        if self.is_turned:
            hu, sign = hu[:, ::-1, ::-1], -1.0
            origin = np.array([x.max(), y.max(), 0.0])
        origins = origin + np.outer(z.ravel(), (0.0, 0.0, 1.0))
        return Volume(
            voxels=np.ascontiguousarray(hu.round().astype(np.int16)),
            slice_origins_lps=origins,
            row_axis_lps=np.array([sign, 0.0, 0.0]),
            column_axis_lps=np.array([0.0, sign, 0.0]),
            pixel_spacing_mm=(height, width),
            slice_spacing_mm=between,
            slice_thickness_mm=between,
            units="HU",
            modality="CT",
            sop_instance_uids=tuple(map(str, range(self.slices))),
            series_instance_uid="1.2",
            study_instance_uid="1.3",
        )

    def _painted(self, x, y, z):
        size, top = self.size, float(z.max())
        hu = np.full(np.broadcast_shapes(x.shape, y.shape, z.shape), -1000.0)

        def paint(inside, value):
            hu[np.broadcast_to(inside, hu.shape)] = value

        def disc(at_x, at_y, radius):
            return (x - at_x) ** 2 + (y - at_y) ** 2 < radius**2

        def ellipse(half_x, half_y):
            return (x / half_x / size) ** 2 + (y / half_y / size) ** 2 < 1

        for half, value in ((0, -100), (14, 55), (32, -95)):
            paint(ellipse(172 - half, 124 - half), value)
        back = 52.0 * size
        for side in (-1, 1):
            paint(disc(side * 40, back + 8, 17), 55)  # psoas and muscles of the back
            paint(disc(side * 38, back + 42, 26), 55)
            paint(disc(side * 68, back - 8, 28), 35 + 0.5 * self.aorta_hu)  # kidneys
        sway = 6 * np.sin(z / 60)
        spine = (x**2 + (y - back - sway) ** 2 < 20**2) & (z >= 0)
        paint(spine, 170)
        paint((x**2 + (y - back - sway) ** 2 > 17.5**2) & spine, 420)
        arch = (x**2 + (y - back - 30) ** 2 < 16**2) & (z % 30 < 22)
        paint(arch, 400)
        paint(disc(0, back + 28, 8), 20)
        if self.has_liver:
            a, b, c = self.liver_mm
            offset = ((x + 78 * size) / a) ** 2 + ((y + 12) / b) ** 2
            paint(offset + ((z - 0.6 * top) / c) ** 2 < 1, self.liver_hu)
        paint(disc(85 * size, -35, 22), 45)  # bowel and its gas
        paint(disc(85 * size, -45, 10), -900)
        lean = 4 * np.cos(z / 70)
        for at_x, value, radius in (
            (-22.0, self.vein_hu, 11.0),
            (self.aorta_x, self.aorta_hu, self.aorta_mm),
        ):
            at_y = back + self.aorta_y + sway
            tube = (x - at_x - lean) ** 2 + (y - at_y) ** 2 < radius**2
            paint(tube & (z >= 0), value)
        return hu
