"""What typed and drawn findings have alike: each field is declared here alone.

A criterion that needs one more figure of a lesion gets one more field here: both forms
of a finding have it then, and a drawn one hands it to the criteria.
"""

from __future__ import annotations

import datetime as dt
import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from recist_tool.model.diameter import Millimetres
from recist_tool.model.numbers import Hounsfield, Number
from recist_tool.model.record import GrownRecord
from recist_tool.terms import NewLesionStatus

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_ATTRIBUTES: Final = "\n\nAttributes\n----------\n"


class Figures(GrownRecord):
    """The base of fields that both forms of a finding have.

    Attributes
    ----------
    first_fields
        Fields that are always written, in the order in which files have them. All
        others follow, and are not written where they hold their default, so that
        earlier versions can read the record.
    """

    first_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Put the fields in their order: inherited ones come first in pydantic."""
        fields = cls.model_fields
        later = [name for name in fields if name not in cls.first_fields]
        for name in (*cls.first_fields, *later):
            fields[name] = fields.pop(name)
        cls.later_fields = frozenset(later)
        return handler(source)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe inherited fields as well: whoever reads the schema sees one type."""
        found = handler(schema)
        handler.resolve_ref_schema(found)["description"] = _described(cls)
        return found

    @classmethod
    def shared(cls, finding: Figures) -> dict[str, Any]:
        """Return the fields of this class, as a finding that inherits them has them."""
        return {name: getattr(finding, name) for name in cls.model_fields}


class TargetFigures(Figures):
    """Of a target, whole or in parts.

    Attributes
    ----------
    viable_mm
        Longest diameter of what enhances in the arterial phase (mRECIST); of parts the
        sum.
    hu_mean
        Mean attenuation of the whole lesion, or of all its parts, in the portal phase
        (Choi).
    volume_ml
        Volume of the whole lesion, or of all its parts.
    """

    viable_mm: Millimetres | None = None
    hu_mean: Hounsfield | None = None
    volume_ml: Number | None = None


class MeasuredFigures(TargetFigures):
    """Of a target with a diameter of its own.

    Attributes
    ----------
    merged_with
        Lesions joined to it, which it is measured for.
    intratumoral_nodule
        A new or a growing nodule inside the lesion (Choi).
    """

    merged_with: tuple[str, ...] = ()
    intratumoral_nodule: bool = False


class NonTargetFigures(Figures):
    """Of a non-target.

    Attributes
    ----------
    change_since_last
        Against the timepoint before, not against baseline (iRECIST).
    """

    change_since_last: Literal["increased", "same", "decreased"] | None = None


class NewLesionFigures(Figures):
    """Of a new lesion.

    Attributes
    ----------
    change
        Against the timepoint before, for one followed by eye; ``unequivocal_pd`` for
        growth that would be progression of a non-target (iRECIST).
    enhancement
        ``typical`` for arterial enhancement with washout (mRECIST).
    cytology_positive
        Of an effusion or ascites (mRECIST).
    scan_date
        Of the scan that shows it, where the visit took several days.
    """

    status: NewLesionStatus
    change: Literal["increased", "same", "decreased", "unequivocal_pd"] | None = None
    enhancement: Literal["typical", "atypical"] | None = None
    cytology_positive: bool | None = None
    note: str | None = None
    scan_date: dt.date | None = None


def _described(kind: type[Figures]) -> str:
    """Return the docstring of a record, with the fields that it inherits."""
    texts = [
        inspect.cleandoc(base.__doc__ or "").partition(_ATTRIBUTES)
        for base in kind.__mro__
        if issubclass(base, Figures) and base is not Figures
    ]
    about = [fields for _, _, fields in texts if fields]
    return texts[0][0] + _ATTRIBUTES + "\n".join(about)
