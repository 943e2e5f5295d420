"""What a PET scan adds to a timepoint: uptake of lesions and of the references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recist_tool.model.diameter import ImagePlane, PixelPoint, PointLPS
from recist_tool.model.numbers import Count, FigureName, Number
from recist_tool.model.record import GrownRecord, Record

Methods = Mapping[
    FigureName,
    Annotated[str, Field(min_length=1, max_length=1_000)],
]
"""How figures were measured, with their units, by their names."""


class PetLesion(GrownRecord):
    """The uptake of one lesion on one scan.

    Attributes
    ----------
    organ, nodal
        Where it is not among the lesions of the patient: so that the liver can be
        told from the rest.
    sul_peak
        Highest mean in a sphere of 1.0 ml, normalised to lean body mass (PERCIST).
    suv
        The SUV that the trial follows, in the same region at each scan (EORTC):
        normalised to body weight or surface, mean or maximum, as `PetScan.suv_kind`
        says.
    tlg_g
        Total lesion glycolysis: mean SUL times metabolic volume in ml.
    extent_mm
        Longest dimension of the uptake.
    background
        Not to be told from the surrounding tissue or blood pool.
    new
        Uptake that was not there at baseline, typical of tumour.
    suv_max, suv_mean
        SUV by body weight: of the hottest voxel, and the mean of the region.
    mtv_ml
        Metabolic tumour volume.
    methods
        How each figure was measured, with its units; one that is not among them was
        typed, or given by a file.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset(
        {"suv_max", "suv_mean", "mtv_ml", "methods"}
    )

    organ: str | None = None
    nodal: bool = False
    note: str | None = None
    sul_peak: Number | None = None
    suv: Number | None = None
    tlg_g: Number | None = None
    extent_mm: Number | None = None
    background: bool = False
    new: bool = False
    suv_max: Number | None = None
    suv_mean: Number | None = None
    mtv_ml: Number | None = None
    methods: Methods = Field(default={})


class RegionPlace(Record):
    """Where a reference region was placed: its middle, on an image.

    Attributes
    ----------
    middle_pixel
        Column, row of the image.
    """

    plane: ImagePlane
    middle_pixel: PixelPoint
    middle_lps: PointLPS


class ReferenceRegion(GrownRecord):
    """Mean and standard deviation of SUL in a reference region.

    Attributes
    ----------
    method
        How it was measured; None where the figures were typed, or given by a file.
    place
        Where it lies; None for figures that were typed.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"method", "place"})

    mean_sul: Number
    sd_sul: Number | None = None
    method: str | None = Field(default=None, max_length=1_000)
    place: RegionPlace | None = None


class PetScan(GrownRecord):
    """One PET scan.

    Attributes
    ----------
    liver
        Sphere of 3 cm in normal right lobe; leave out where there is no such region.
    blood_pool
        Cylinder of 1 cm by 2 cm in the descending aorta.
    uptake_minutes
        From injection to scan.
    scanner, reconstruction
        In any words, the same for what is the same.
    after_cycles
        Courses of treatment given before the scan (EORTC).
    suv_kind
        Normalisation and statistic of `PetLesion.suv`: ``SUVbw max``.
    methods
        Where what is said of the scan comes from, as in `PetLesion.methods`.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"methods"})

    lesions: Mapping[str, PetLesion] = Field(default={})
    liver: ReferenceRegion | None = None
    blood_pool: ReferenceRegion | None = None
    uptake_minutes: Number | None = None
    injected_mbq: Number | None = None
    scanner: str | None = None
    reconstruction: str | None = None
    after_cycles: Count | None = None
    suv_kind: str | None = None
    tracer: str = "FDG"
    methods: Methods = Field(default={})


class FdgPet(Record):
    """Whether FDG-PET was done at a visit, what it showed, and where."""

    done: bool | None = None
    result: Literal["negative", "positive"] | None = None
    positive_at: str | tuple[str, ...] | None = None
