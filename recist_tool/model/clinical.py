"""What is known of a patient at a timepoint beside images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from recist_tool.model.numbers import Days, Number
from recist_tool.model.pet import FdgPet
from recist_tool.model.record import GrownRecord, Record
from recist_tool.terms import Response


class MarkerValue(Record):
    """A tumour marker in blood or urine.

    Attributes
    ----------
    uln
        Upper limit of normal, in the same unit.
    assay
        Values of different assays are not compared.
    ppi_use
        Proton pump inhibitor in the weeks before: it raises chromogranin A.
    """

    value: Number
    uln: Number | None = None
    unit: str | None = None
    assay: str | None = None
    ppi_use: bool | None = None


class Symptom(Record):
    """One symptom.

    Attributes
    ----------
    severity
        On any scale that grows with it, 0 for none: CTCAE grade, 0 to 10, episodes a
        day. The same scale at every timepoint.
    relieved
        The patient's or the doctor's word for it, against baseline; it goes before the
        figures.
    """

    severity: Number | None = None
    relieved: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.severity is None and self.relieved is None:
            msg = "a symptom needs a severity, or whether it was relieved"
            raise ValueError(msg)
        return self


class SomatostatinAnalogue(Record):
    """The dose of a somatostatin analogue in use at a timepoint.

    Attributes
    ----------
    dose_mg
        Of one injection; 0 where the patient is off the drug.
    interval_days
        Days between injections.
    """

    drug: str = ""
    dose_mg: Number
    interval_days: Annotated[Days, Field(ge=1)] = 28


class RecordedResponse(Record):
    """A response that was only written down, of the whole patient and of the liver."""

    overall: Response
    liver: Response | None = None


class Clinical(GrownRecord):
    """What the clinic knows of a patient at a visit; the same for every reader.

    Attributes
    ----------
    markers
        Tumour markers by name: ``CgA``, ``CEA``, ``5-HIAA``.
    marker_raised
        Whether the marker that the trial follows is above normal: while it is, there
        is no complete response (Eisenhauer 2009, 4.3.3). None if not measured.
    symptoms
        By name: ``flushing``, ``pain``.
    somatostatin_analogue
        The dose in use.
    fdg_pet
        Whether FDG-PET was done, what it showed, and where.
    responses
        Responses that were only written down, by what judged them: the name of
        criteria, or of any other method, e.g. ``octreotide scan``.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"responses"})

    markers: Mapping[str, MarkerValue] = {}
    marker_raised: bool | None = None
    symptoms: Mapping[str, Symptom] = {}
    somatostatin_analogue: SomatostatinAnalogue | None = None
    fdg_pet: FdgPet | None = None
    responses: Mapping[str, RecordedResponse] = {}


class VisitClinical(Clinical):
    """What the clinic knows, in its place."""

    timepoint_id: str
