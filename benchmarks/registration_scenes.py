"""Patients scanned twice, each lesion's true place on the second scan known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.caliper.caliper import PlacedCaliper, PlaneCaliper
from recist_tool.phantom.motion import Mass, Motion, moved_ct
from recist_tool.phantom.spec import Acquisition, Ellipsoid, PointLPS

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume

ABDOMEN: Final = Acquisition(256, 256, 60, (1.5, 1.5), 5.0, 5.0)
"""30 cm, from above the dome of the liver to the pelvis."""

FINE: Final = Acquisition(320, 320, 100, (1.1, 1.1), 2.5, 2.5, center_lps=(0, 5, 20))
LIVER: Final = Acquisition(256, 256, 34, (1.4, 1.4), 5.0, 5.0, center_lps=(-20, 0, 15))
TRUNK: Final = Acquisition(
    240, 240, 60, (1.6, 1.6), 6.0, 6.0, center_lps=(10, -10, -40)
)
LARGE: Final = Acquisition(512, 512, 100, (0.75, 0.75), 3.0, 3.0)
"""The size for which the time is stated."""

_SOFT_HU: Final = (50, 400)
_DIM: Final = 0.35  # of the contrast of the portal phase


class Site(NamedTuple):
    """A lesion of the baseline: where, how large, and how its size changes."""

    organ: str
    center_lps: PointLPS
    diameter_mm: float
    growth: float
    hu: float


# fmt: off
SITES: Final = (
    Site("liver", (-88.0, -8.0, 25.0), 40, 0.7, 66),
    Site("liver", (-24.0, -54.0, 20.0), 28, 0.5, 62),
    Site("liver", (-104.0, -4.0, -45.0), 16, 1.2, 68),
    Site("liver", (-64.0, 44.0, 5.0), 22, 1.0, 70),
    Site("liver", (-110.0, 26.0, 20.0), 14, 1.4, 66),
    Site("liver", (-74.0, -46.0, 0.0), 18, 0.0, 64),
    Site("liver", (-44.0, 16.0, 42.0), 24, 0.8, 60),
    Site("liver", (8.0, -54.0, 32.0), 15, 0.6, 66),
    Site("liver", (-70.0, 8.0, 58.0), 12, 1.1, 68),
    Site("lung", (-84.0, 45.0, 75.0), 16, 1.2, 42),
    Site("lung", (92.0, 40.0, 85.0), 12, 0.8, 40),
    Site("lymph node", (35.0, 7.0, -75.0), 20, 0.7, 88),
    Site("lymph node", (-34.0, -2.0, -20.0), 16, 0.9, 84),
    Site("spleen", (104.0, 40.0, 20.0), 18, 1.0, 70),
    Site("adrenal", (46.0, 28.0, 8.0), 17, 1.1, 75),
)
# fmt: on


class Scene(NamedTuple):
    """Two acquisitions of one patient and what changed between them.

    Attributes
    ----------
    enhancement
        How much of the contrast of soft tissue the second scan has: its phase differs.
    """

    name: str
    first: Acquisition
    second: Acquisition
    motion: Motion
    enhancement: float = 1.0


def _moved(turn: PointLPS, shift: PointLPS, breath: float, bend: float) -> Motion:
    return Motion(turn, shift, breath, bend)


# fmt: off
SCENES: Final = (
    Scene("shifted", ABDOMEN, ABDOMEN, _moved((0, 0, 0), (14, -9, 23), 0, 0)),
    Scene("turned", ABDOMEN, ABDOMEN, _moved((5, -4, 7), (-20, 12, -30), 0, 0)),
    Scene("turned, finer slices", ABDOMEN, FINE, _moved((-6, 3, 4), (8, 6, 35), 0, 0)),
    Scene("bent", ABDOMEN, ABDOMEN, _moved((0, 0, 0), (6, 5, -12), 0, 5)),
    Scene("bent, coarser slices", FINE, TRUNK, _moved((3, 2, -4), (9, -14, 10), 0, 6)),
    Scene("breath 10 mm", ABDOMEN, ABDOMEN, _moved((1, 0, -2), (4, 6, 8), 10, 2)),
    Scene("breath 20 mm", ABDOMEN, ABDOMEN, _moved((-2, 3, 1), (10, 0, 0), 20, 2)),
    Scene("breath -20 mm", ABDOMEN, ABDOMEN, _moved((2, 1, 3), (0, 8, 5), -20, 2)),
    Scene("breath 20 mm, bent", ABDOMEN, FINE, _moved((3, -2, 4), (12, -8, 25), 20, 4)),
    Scene("breath 30 mm", ABDOMEN, ABDOMEN, _moved((0, 2, 0), (-6, 3, 12), 30, 1)),
    Scene("bent, dimmer", ABDOMEN, ABDOMEN, _moved((1, 2, 0), (6, 5, 9), 0, 5), _DIM),
    Scene("breath, dimmer", ABDOMEN, TRUNK, _moved((0, 3, 1), (9, 0, 4), 20, 2), _DIM),
    Scene("liver alone", ABDOMEN, LIVER, _moved((3, -3, 2), (16, 9, -20), 15, 3)),
    Scene("from liver alone", LIVER, TRUNK, _moved((-3, 2, -3), (-9, 4, 18), -15, 3)),
)
# fmt: on


class Place(NamedTuple):
    """One lesion: its caliper on the first scan, its centre on the second."""

    site: Site
    caliper: PlacedCaliper
    center_lps: PointLPS
    in_view: bool


class Twice(NamedTuple):
    """A patient scanned twice."""

    first: Volume
    second: Volume
    places: tuple[Place, ...]


def scanned(scene: Scene, seed: int = 1) -> Twice:
    """Return both scans and the places of the lesions that the first one shows.

    Lesions change in size between the scans; growth 0 lets one vanish.
    """
    sites = [site for site in SITES if _shown(scene.first, site.center_lps, 10.0)]
    centers = scene.motion.to_second(np.array([site.center_lps for site in sites]))
    masses = [
        Mass(tuple(center), _round(site, site.growth), site.hu)
        for site, center in zip(sites, centers.tolist(), strict=True)
    ]
    first = moved_ct(
        scene.first,
        None,
        [Mass(site.center_lps, _round(site, 1.0), site.hu) for site in sites],
        seed=2 * seed,
    )
    there = [mass for mass, site in zip(masses, sites, strict=True) if site.growth]
    places = [
        Place(
            site,
            _caliper(first, site),
            mass.center_lps,
            _shown(scene.second, mass.center_lps, 0.0),
        )
        for site, mass in zip(sites, masses, strict=True)
    ]
    second = moved_ct(scene.second, scene.motion, there, seed=2 * seed + 1)
    return Twice(first, _enhanced(second, scene.enhancement), tuple(places))


def _enhanced(volume: Volume, part: float) -> Volume:
    """Return a scan with part of the contrast between 50 and 400 HU."""
    hu = volume.voxels
    soft = (hu > _SOFT_HU[0]) & (hu < _SOFT_HU[1])
    lowered = np.where(soft, _SOFT_HU[0] + (hu - _SOFT_HU[0]) * part, hu)
    return replace(volume, voxels=np.rint(lowered).astype(np.int16))


def _round(site: Site, growth: float) -> Ellipsoid:
    size = site.diameter_mm * growth
    return Ellipsoid(size, 0.8 * size, 0.9 * size, 30.0)


def _shown(grid: Acquisition, center_lps: PointLPS, margin_mm: float) -> bool:
    """Return whether a point lies in the box of slices, some way from its ends."""
    index = (np.array(center_lps) - grid.slice_origin_lps(0)) @ np.linalg.inv(
        grid.steps_lps
    )
    margin = margin_mm / np.array((grid.slice_spacing_mm, *grid.pixel_spacing_mm))
    return bool(
        ((index >= margin) & (index <= np.array(grid.shape) - 1 - margin)).all()
    )


def _caliper(first: Volume, site: Site) -> PlacedCaliper:
    """Return a caliper as long as the lesion, on the slice nearest to its centre."""
    heights = first.slice_origins_lps @ first.normal_lps
    at = int(np.abs(heights - first.normal_lps @ np.array(site.center_lps)).argmin())
    turn = np.deg2rad(30.0)
    along = np.array((np.cos(turn), np.sin(turn), 0.0)) * site.diameter_mm / 2
    across = np.array((-np.sin(turn), np.cos(turn), 0.0)) * 0.4 * site.diameter_mm
    arms = np.array((-along, along, -across, across)) + np.array(site.center_lps)
    a, b, c, d = (tuple(point) for point in first.lps_to_pixel(at, arms).tolist())
    return PlacedCaliper(at, PlaneCaliper((a, b), (c, d)))
