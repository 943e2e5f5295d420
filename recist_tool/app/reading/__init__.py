"""The read in progress, for whatever front end shows it.

Which visit is open, which lesion is chosen, what waits and in which order, which series
hangs where, what a signature needs: a reading room, in napari or elsewhere, is built on
these names. They know no window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.reading.assessment import (
    EXTRAHEPATIC,
    LIVER,
    PATIENT,
    Assessed,
    CurrentAssessment,
    offered,
    whys,
)
from recist_tool.app.reading.case_files import (
    CaseProposal,
    cases_folder,
    is_case,
    reader_id,
)
from recist_tool.app.reading.clinical_data import (
    BLOOD_REGION,
    LIVER_REGION,
    RESPONSES,
    ClinicalData,
    rows_of,
    scan_values,
)
from recist_tool.app.reading.current_read import (
    DRAFT,
    UNFINISHED,
    CurrentRead,
    NewLesion,
    Note,
    Unfinished,
)
from recist_tool.app.reading.display_sets import DisplaySets
from recist_tool.app.reading.find_cases import (
    FoundCases,
    first_note,
    harm_words,
    holds_images_of,
    look,
    nothing_words,
    refused,
    remark_on,
    require_images_of,
)
from recist_tool.app.reading.findings import with_caliper
from recist_tool.app.reading.hanging_protocol import (
    COUNTS,
    DisplaySet,
    Plane,
    VisitPlace,
    place_of,
)
from recist_tool.app.reading.lesion_draft import (
    LesionDraft,
    caliper_words,
    describe,
    in_order,
    organ_and_name,
    role_words,
    subject_of,
)
from recist_tool.app.reading.mask_provenance import corrected
from recist_tool.app.reading.missing_images import (
    ELLIPSIS,
    MissingImages,
    ending,
    is_folder,
    nearest,
    place,
)
from recist_tool.app.reading.organ_windows import OrganWindows
from recist_tool.app.reading.patient_series import (
    UNDATED,
    PatientSeries,
    is_pinned,
    series_words,
    visits_of,
)
from recist_tool.app.reading.protocols import Intended, intended_in
from recist_tool.app.reading.signing import (
    is_signed,
    require_unsigned,
    sign,
    unlock,
    visit_words,
)
from recist_tool.app.reading.typed_fields import (
    NO,
    NOT_BLINDED,
    YES,
    Field,
    FieldKind,
    made,
    text_of,
    value_of,
    values_of,
)
from recist_tool.app.reading.window_presets import (
    PRESETS,
    Window,
    dragged,
    first_window,
    preset_of_organ,
    window_name,
)
from recist_tool.app.reading.work_order import as_date, free_name

if TYPE_CHECKING:
    from recist_tool.model.finding import Finding as Finding

__all__ = [
    "BLOOD_REGION",
    "COUNTS",
    "ClinicalData",
    "DRAFT",
    "ELLIPSIS",
    "EXTRAHEPATIC",
    "Field",
    "DisplaySet",
    "DisplaySets",
    "Intended",
    "CurrentAssessment",
    "Assessed",
    "FieldKind",
    "LIVER",
    "LIVER_REGION",
    "FoundCases",
    "MissingImages",
    "NO",
    "NOT_BLINDED",
    "NewLesion",
    "Note",
    "OrganWindows",
    "PATIENT",
    "PRESETS",
    "VisitPlace",
    "Plane",
    "CaseProposal",
    "RESPONSES",
    "CurrentRead",
    "PatientSeries",
    "LesionDraft",
    "UNDATED",
    "UNFINISHED",
    "Unfinished",
    "Window",
    "YES",
    "as_date",
    "caliper_words",
    "cases_folder",
    "corrected",
    "describe",
    "dragged",
    "ending",
    "first_note",
    "first_window",
    "free_name",
    "harm_words",
    "holds_images_of",
    "in_order",
    "intended_in",
    "is_case",
    "is_folder",
    "is_pinned",
    "is_signed",
    "look",
    "made",
    "nearest",
    "nothing_words",
    "offered",
    "organ_and_name",
    "place",
    "place_of",
    "preset_of_organ",
    "reader_id",
    "refused",
    "remark_on",
    "require_images_of",
    "require_unsigned",
    "role_words",
    "rows_of",
    "scan_values",
    "series_words",
    "sign",
    "subject_of",
    "text_of",
    "unlock",
    "value_of",
    "values_of",
    "visit_words",
    "visits_of",
    "whys",
    "window_name",
    "with_caliper",
]
