"""Changes of what is no finding: rulers and regions on images, comments."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from recist_tool.model.annotation import Annotation, Comment
from recist_tool.model.case import Case
from recist_tool.model.commands.requirements import (
    refuse,
    require_lesion,
    require_read,
    require_recordable,
    require_unlocked,
    with_read,
)
from recist_tool.model.record import Record


class DrawAnnotation(Record):
    """Keep a ruler, an angle or a region; one of the same name is replaced."""

    command: Literal["draw_annotation"] = "draw_annotation"
    reader_id: str
    annotation: Annotation

    def apply(self, case: Case) -> Case:
        """Return the case with the annotation in its place."""
        read, new = require_read(case, self.reader_id), self.annotation
        require_recordable(case, read, new.timepoint_id)
        known = {one.annotation_id: one for one in read.annotations}
        old = known.get(new.annotation_id)
        if old is not None and old.timepoint_id != new.timepoint_id:
            refuse(new.annotation_id, f"is drawn at {old.timepoint_id}")
        kept = {**known, new.annotation_id: new}
        return with_read(case, read.replaced(annotations=tuple(kept.values())))


class EraseAnnotation(Record):
    """Take a ruler, an angle or a region away."""

    command: Literal["erase_annotation"] = "erase_annotation"
    reader_id: str
    annotation_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the annotation; the journal keeps it."""
        read = require_read(case, self.reader_id)
        kept: list[Annotation] = []
        for one in read.annotations:
            if one.annotation_id == self.annotation_id:
                require_unlocked(read, one.timepoint_id)
            else:
                kept.append(one)
        if len(kept) == len(read.annotations):
            refuse(self.annotation_id, "nothing of that name is drawn")
        return with_read(case, read.replaced(annotations=tuple(kept)))


class WriteComment(Record):
    """Write about a visit, or a lesion at it; replaces what was written before.

    Attributes
    ----------
    lesion_id
        None for a comment on the whole visit.
    text
        Empty takes the comment back.
    """

    command: Literal["write_comment"] = "write_comment"
    reader_id: str
    timepoint_id: str
    lesion_id: str | None = None
    text: str = Field(max_length=2_000)

    def apply(self, case: Case) -> Case:
        """Return the case with the comment."""
        read = require_read(case, self.reader_id)
        require_recordable(case, read, self.timepoint_id)
        if self.lesion_id is not None:
            require_lesion(read, self.lesion_id)
        where = (self.timepoint_id, self.lesion_id)
        kept = [
            one for one in read.comments if (one.timepoint_id, one.lesion_id) != where
        ]
        if not self.text and len(kept) == len(read.comments):
            refuse(self.lesion_id or self.timepoint_id, "nothing is written there")
        if self.text:
            timepoint_id, lesion_id = where
            kept.append(
                Comment(timepoint_id=timepoint_id, lesion_id=lesion_id, text=self.text)
            )
        return with_read(case, read.replaced(comments=tuple(kept)))
