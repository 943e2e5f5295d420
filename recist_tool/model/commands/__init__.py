"""Every change of a case: frozen records with a pure ``apply``.

``apply`` never changes the case it is given; it returns a new one, or raises
`CommandRefused` with what stands against it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

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
    RecordClinical,
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
    | AttachSeries
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
    | ReviseLesion
    | RemoveLesion
    | RecordFinding
    | ClearFinding
    | RecordUptake
    | ClearUptake
    | RecordVolumes
    | ClearVolumes
)
"""The commands that change a case; `Undo` and `Redo` change the replay."""

Command = Annotated[CaseCommand | Undo | Redo, Field(discriminator="command")]

__all__ = [
    "AddLesion",
    "AddTimepoint",
    "AttachSeries",
    "CaseCommand",
    "ClearClinical",
    "ClearFinding",
    "ClearResponses",
    "ClearUptake",
    "ClearVolumes",
    "Command",
    "CreateCase",
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
]
