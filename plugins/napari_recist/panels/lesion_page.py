"""More of the chosen lesion: what it is, and figures that other criteria ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QLabel

from napari_recist.widgets.form_page import FormPage
from napari_recist.widgets.record_form import RecordForm
from recist_tool.app.reading import ClinicalData, Field, FieldKind, made
from recist_tool.errors import CommandRefused
from recist_tool.model import Measured, NewLesionSeen, NonTargetSeen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qtpy.QtWidgets import QWidget

    from recist_tool.app.reading import CurrentRead

LESION = (
    Field("finding_site", "Site", tip="Where in the organ"),
    Field(
        "blastic",
        "Blastic",
        kind=FieldKind.YES_NO,
        tip="Bone without a soft-tissue part",
    ),
    Field(
        "previously_irradiated",
        "Treated before",
        kind=FieldKind.YES_NO,
        tip="Locally, any way",
    ),
    Field(
        "progressed_since",
        "Grown since",
        kind=FieldKind.YES_NO,
        tip="Growth shown since then",
    ),
)
COMMENT = (Field("text", "Comment at this visit", tip="In your words; Enter records"),)
MEASURED = ("hu_mean", "volume_ml")
"""What a mask gives, and a reader may type."""
CHANGES = ("increased", "same", "decreased")
TARGET = (
    Field(
        "viable_mm",
        "Viable, mm",
        kind=FieldKind.NUMBER,
        tip="Enhancing diameter (mRECIST)",
    ),
    Field("hu_mean", "Mean, HU", kind=FieldKind.NUMBER, tip="Attenuation (Choi)"),
    Field("volume_ml", "Volume, ml", kind=FieldKind.NUMBER, tip="Volumetric criteria"),
    Field(
        "intratumoral_nodule", "New nodule inside", kind=FieldKind.YES_NO, tip="Choi"
    ),
)
NON_TARGET = (
    Field(
        "change_since_last",
        "Since the visit before",
        kind=FieldKind.CHOICE,
        tip="iRECIST",
        choices=CHANGES,
    ),
)
NEW = (
    Field(
        "evidence",
        "Seen on",
        kind=FieldKind.CHOICE,
        tip="Positive on FDG-PET where baseline had no PET (Eisenhauer 2009, 4.3.5 b)",
        choices=("ct", "fdg_pet_no_baseline"),
    ),
    Field("region_imaged_at_baseline", "Imaged at baseline", kind=FieldKind.YES_NO),
    Field(
        "followed_as",
        "Followed as",
        kind=FieldKind.CHOICE,
        tip="iRECIST",
        choices=("target", "non_target"),
    ),
    Field(
        "change",
        "Change",
        kind=FieldKind.CHOICE,
        tip="iRECIST",
        choices=(*CHANGES, "unequivocal_pd"),
    ),
    Field(
        "enhancement",
        "Enhancement",
        kind=FieldKind.CHOICE,
        tip="mRECIST",
        choices=("typical", "atypical"),
    ),
    Field(
        "cytology_positive", "Cytology positive", kind=FieldKind.YES_NO, tip="mRECIST"
    ),
)
FORMS = {Measured: TARGET, NonTargetSeen: NON_TARGET, NewLesionSeen: NEW}


class LesionPage(FormPage):
    """The chosen lesion, and its finding at the open visit."""

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(reading, parent)
        self._lesion = RecordForm("lesion", LESION)
        self._chart = ClinicalData(reading)
        self._comment = RecordForm("lesion comment", COMMENT, columns=1)
        self._how = QLabel()
        self._how.setObjectName("how measured")
        self._how.setWordWrap(True)
        self._forms = {
            kind: RecordForm(f"figures {number}", fields, columns=min(len(fields), 4))
            for number, (kind, fields) in enumerate(FORMS.items())
        }
        self.record(self._lesion, self._revise)
        self.record(self._comment, self._chart.set_lesion_comment)
        self.add("The chosen lesion", self._lesion)
        self.add("Comment on the lesion", self._comment)
        for form, heading in zip(
            self._forms.values(),
            (
                "Measured here, beside the caliper",
                "The non-target at this visit",
                "The new lesion at this visit",
            ),
            strict=True,
        ):
            self.record(form, self._refigure)
            self.add(heading, form, "For criteria beside RECIST 1.1")
        self.add("Where these figures come from", self._how)
        self.end()

    def write_comment(self) -> None:
        """Give the focus to the comment on the lesion."""
        self._comment.focus("text")

    def refresh(self) -> None:
        """Show the chosen lesion; what does not fit its role cannot be filled."""
        lesion = self._reading.lesion
        self._lesion.setEnabled(lesion is not None)
        who = lesion and lesion.lesion_id
        self._lesion.show_values(dict(lesion) if lesion else {}, who)
        finding, where = self._finding(), (who, self._reading.timepoint_id)
        self._comment.setEnabled(lesion is not None)
        self._comment.show_values(self._chart.comment(who) if who else {}, where)
        self._how.setText(_origin(finding))
        for kind, form in self._forms.items():
            fits = isinstance(finding, kind)
            form.setEnabled(fits)
            form.show_values(dict(finding) if fits else {}, where)

    def _finding(self) -> object:
        read, visit = self._reading.read, self._reading.timepoint_id
        lesion = self._reading.lesion
        if read is None or visit is None or lesion is None:
            return None
        return read.finding(lesion.lesion_id, visit)

    def _revise(self, values: Mapping[str, object]) -> None:
        whole = {"finding_site": "", **dict.fromkeys(_flags(LESION), False)}
        lesion_id = self._reading.chosen().lesion_id
        self._reading.revise(lesion_id, **(whole | dict(values)))

    def _refigure(self, values: Mapping[str, object]) -> None:
        finding = self._finding()
        lesion_id, visit = self._reading.chosen().lesion_id, self._reading.timepoint_id
        for kind, fields in FORMS.items():
            if isinstance(finding, kind) and visit is not None:
                kept = dict(finding)
                defaults = {
                    one.name: kind.model_fields[one.name].default for one in fields
                }
                changed = made(kind, kept | defaults | dict(values))
                if isinstance(finding, Measured) and isinstance(changed, Measured):
                    changed = changed.replaced(typed=_typed(finding, changed))
                session = self._reading.open_session()
                mask = session.read.mask(lesion_id, visit)
                session.record(lesion_id, visit, changed, mask=mask)
                return
        raise CommandRefused.at(lesion_id, "has no finding here that this belongs to")


def _typed(before: Measured, now: Measured) -> tuple[str, ...]:
    """Return the figures of a mask that the reader typed in its place."""
    changed = [one for one in MEASURED if getattr(before, one) != getattr(now, one)]
    typed = {*before.typed, *changed}
    return tuple(one for one in MEASURED if one in typed and getattr(now, one))


def _origin(finding: object) -> str:
    """Return which figures were measured on a mask, and which typed."""
    if not isinstance(finding, Measured):
        return ""
    known = [one for one in TARGET if getattr(finding, one.name) is not None]
    told = [
        f"{one.label}: {'typed' if one.name in finding.typed else 'of the mask'}"
        for one in known
        if one.name in MEASURED
    ]
    return "; ".join(told)


def _flags(fields: tuple[Field, ...]) -> list[str]:
    return [one.name for one in fields if one.kind is FieldKind.YES_NO]
