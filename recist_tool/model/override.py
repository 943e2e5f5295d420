"""A reader's answer beside the computed one, with the reason for it."""

from __future__ import annotations

from pydantic import Field

from recist_tool.model.record import Record
from recist_tool.terms import Response, Scope


class ResponseOverride(Record):
    """What the reader holds the response of a visit to be, and why.

    It is kept beside the computed answer, never instead of it: best response and
    endpoints go on from what was computed.
    """

    scope: Scope
    response: Response
    reason: str = Field(min_length=1)


class VisitOverride(ResponseOverride):
    """An override in its place."""

    timepoint_id: str
