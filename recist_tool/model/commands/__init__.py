"""Every change of a case: frozen records with a pure ``apply``.

``apply`` never changes the case it is given; it returns a new one, or raises
`CommandRefused` with what stands against it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from recist_tool.model.commands.composite import (
    AddMeasuredLesion,
    ChangeLesionRole,
    ImportedLesion,
    ImportLesions,
)
from recist_tool.model.commands.figures import (
    ClearUptake,
    ClearVolumes,
    RecordUptake,
    RecordVolumes,
)
from recist_tool.model.commands.history import (
    Redo,
    Undo,
)
from recist_tool.model.commands.lesions import (
    AddLesion,
    ClearFinding,
    RecordFinding,
    RemoveLesion,
    ReviseLesion,
)
from recist_tool.model.commands.notes import (
    DrawAnnotation,
    EraseAnnotation,
    WriteComment,
)
from recist_tool.model.commands.patient import (
    CreateCase,
    SetFollowUp,
    SetGroups,
    SetProtocol,
    SetReferenceDate,
    SetTreatments,
)
from recist_tool.model.commands.reads import (
    ClearResponses,
    LockTimepoint,
    OverrideResponse,
    RecordResponses,
    StartRead,
    UnlockTimepoint,
    WithdrawOverride,
)
from recist_tool.model.commands.series import (
    LocateSeries,
    OverrideSuv,
    PlaceSeries,
    WithdrawSuvOverride,
)
from recist_tool.model.commands.visits import (
    AddTimepoint,
    AttachSeries,
    ClearClinical,
    DetachSeries,
    RecordClinical,
    RemoveTimepoint,
    ReviseTimepoint,
)

CaseCommand = (
    CreateCase
    | SetReferenceDate
    | SetProtocol
    | SetTreatments
    | SetFollowUp
    | SetGroups
    | AddTimepoint
    | ReviseTimepoint
    | RemoveTimepoint
    | AttachSeries
    | DetachSeries
    | PlaceSeries
    | LocateSeries
    | OverrideSuv
    | WithdrawSuvOverride
    | RecordClinical
    | ClearClinical
    | StartRead
    | RecordResponses
    | ClearResponses
    | OverrideResponse
    | WithdrawOverride
    | LockTimepoint
    | UnlockTimepoint
    | AddLesion
    | AddMeasuredLesion
    | ChangeLesionRole
    | ImportLesions
    | ReviseLesion
    | RemoveLesion
    | RecordFinding
    | ClearFinding
    | RecordUptake
    | ClearUptake
    | RecordVolumes
    | ClearVolumes
    | DrawAnnotation
    | EraseAnnotation
    | WriteComment
)
"""The commands that change a case; `Undo` and `Redo` change the replay."""

Command = Annotated[CaseCommand | Undo | Redo, Field(discriminator="command")]

__all__ = [
    "AddLesion",
    "AddMeasuredLesion",
    "AddTimepoint",
    "AttachSeries",
    "CaseCommand",
    "ChangeLesionRole",
    "ClearClinical",
    "ClearFinding",
    "ClearResponses",
    "ClearUptake",
    "ClearVolumes",
    "Command",
    "CreateCase",
    "DetachSeries",
    "DrawAnnotation",
    "EraseAnnotation",
    "ImportLesions",
    "ImportedLesion",
    "LocateSeries",
    "LockTimepoint",
    "OverrideResponse",
    "OverrideSuv",
    "PlaceSeries",
    "RecordClinical",
    "RecordFinding",
    "RecordResponses",
    "RecordUptake",
    "RecordVolumes",
    "Redo",
    "RemoveLesion",
    "RemoveTimepoint",
    "ReviseLesion",
    "ReviseTimepoint",
    "SetFollowUp",
    "SetGroups",
    "SetProtocol",
    "SetReferenceDate",
    "SetTreatments",
    "StartRead",
    "Undo",
    "UnlockTimepoint",
    "WithdrawOverride",
    "WithdrawSuvOverride",
    "WriteComment",
]
