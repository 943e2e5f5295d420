"""What is known at the open visit beside the images, and the reader's own response."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_recist.widgets.form_page import FormPage
from napari_recist.widgets.record_form import RecordForm
from napari_recist.widgets.rows_form import RowsForm
from recist_tool.app.reading import (
    ClinicalData,
    Field,
    FieldKind,
    responses_of,
    rows_of,
    text_of,
)
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from recist_tool.app.reading import CurrentRead

MARKERS = (
    Field("name", "Marker", choices=("CEA", "CgA", "AFP", "CA 19-9", "5-HIAA")),
    Field("value", "Value", kind=FieldKind.NUMBER),
    Field("unit", "Unit"),
    Field(
        "uln",
        "ULN",
        kind=FieldKind.NUMBER,
        tip="Upper limit of normal, in the same unit",
    ),
    Field("assay", "Assay", tip="Values of different assays are not compared"),
    Field(
        "ppi_use",
        "PPI",
        kind=FieldKind.YES_NO,
        tip="Proton pump inhibitor in the weeks before",
    ),
)
RAISED = (
    Field(
        "marker_raised",
        "Followed marker above normal",
        kind=FieldKind.YES_NO,
        tip="While it is, there is no complete response (Eisenhauer 2009, 4.3.3)",
    ),
)
SYMPTOMS = (
    Field("name", "Symptom", choices=("pain", "flushing", "diarrhoea")),
    Field(
        "severity",
        "Severity",
        kind=FieldKind.NUMBER,
        tip="0 for none; one scale for all visits",
    ),
    Field(
        "relieved", "Relieved", kind=FieldKind.YES_NO, tip="In words, against baseline"
    ),
)
ANALOGUE = (
    Field("drug", "Drug", choices=("octreotide", "lanreotide")),
    Field(
        "dose_mg",
        "Dose, mg",
        kind=FieldKind.NUMBER,
        tip="Of one injection; 0 when off the drug",
    ),
    Field("interval_days", "Every … days", kind=FieldKind.INTEGER),
)
VOLUMES = (
    Field("name", "Organ or region", choices=("liver", "liver tumour")),
    Field("volume_ml", "Volume, ml", kind=FieldKind.NUMBER),
)
COMMENT = (Field("text", "Comment on this visit", tip="In your words"),)
OVERRIDE = (
    Field(
        "scope",
        "Scope",
        kind=FieldKind.CHOICE,
        choices=tuple(one.value for one in Scope),
    ),
    Field("response", "Response", kind=FieldKind.CHOICE),
    Field("reason", "Reason", tip="Needed: it stands beside the computed response"),
)


class VisitPage(FormPage):
    """Markers, symptoms, drugs, volumes and the reader's own response at a visit."""

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(reading, parent)
        self._chart = chart = ClinicalData(reading)
        self._markers = RowsForm("marker", MARKERS)
        self._raised = RecordForm("raised", RAISED, columns=1)
        self._symptoms = RowsForm("symptom", SYMPTOMS)
        self._analogue = RecordForm("analogue", ANALOGUE, columns=3)
        self._volumes = RowsForm("volume", VOLUMES)
        self._override = RecordForm("override", OVERRIDE, columns=3)
        self._comment = RecordForm("visit comment", COMMENT, columns=1)
        self._withdraw: dict[str, QPushButton] = {}
        self.record(self._markers, chart.set_markers)
        self.record(self._raised, chart.set_raised)
        self.record(self._symptoms, chart.set_symptoms)
        self.record(self._analogue, chart.set_analogue)
        self.record(self._volumes, chart.set_volumes)
        self.record(self._comment, chart.set_comment)
        self.add("Comment", self._comment)
        self.add("Tumour markers", self._markers)
        self.add("Marker of RECIST", self._raised)
        self.add("Symptoms", self._symptoms)
        self.add("Somatostatin analogue", self._analogue)
        self.add("Volumes", self._volumes)
        self.add(
            "Response held to be another",
            self._overriding(),
            "Beside the computed response, never in its place; the reason is needed",
        )
        self.end()

    def refresh(self) -> None:
        """Show what is known at the open visit."""
        clinical, reading = self._chart.clinical, self._reading
        read, visit = reading.read, reading.timepoint_id
        self._comment.show_values(self._chart.comment(), visit)
        self._markers.show_rows(rows_of(clinical.markers), visit)
        self._raised.show_values({"marker_raised": clinical.marker_raised}, visit)
        self._symptoms.show_rows(rows_of(clinical.symptoms), visit)
        analogue = clinical.somatostatin_analogue
        self._analogue.show_values(dict(analogue) if analogue else {}, visit)
        volumes = read.volumes_at(visit) if read and visit else None
        self._volumes.show_rows(
            [{"name": name, "volume_ml": one} for name, one in (volumes or {}).items()],
            visit,
        )
        self._override.offer("response", responses_of(reading.protocol))
        self._override.show_values({}, visit)
        held = {one.scope.value: one for one in self._chart.overrides()}
        for scope, button in self._withdraw.items():
            one = held.get(scope)
            button.setVisible(one is not None)
            if one is not None:
                button.setText(f"Withdraw {scope} {text_of(one.response.value)}")
                button.setToolTip(one.reason)

    def _overriding(self) -> QWidget:
        part = QWidget()
        hold = QPushButton("Hold")
        hold.setObjectName("override hold")
        hold.setToolTip("Record this response beside the computed one")
        hold.clicked.connect(self._on_hold)
        row = QHBoxLayout()
        row.addWidget(hold)
        for scope in Scope:
            button = QPushButton()
            button.setObjectName(f"withdraw {scope}")
            button.clicked.connect(partial(self._on_withdraw, scope.value))
            self._withdraw[scope.value] = button
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._override)
        column.addLayout(row)
        return part

    def _on_hold(self) -> None:
        values = self._override.values()
        if values is None:
            return
        if self._reading.attempt(lambda: self._chart.override(values)):
            self._override.clear()
        else:
            self._override.tell(self._reading.note.text)

    def _on_withdraw(self, scope: str) -> None:
        self.asked.emit(partial(self._chart.withdraw, scope))
