"""PET: the unit shown, values that stand for missing tags, and uptake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_recist.room.pet_units import PetUnits
from napari_recist.widgets.combo_box import CalmComboBox
from napari_recist.widgets.form_page import FormPage
from napari_recist.widgets.record_form import RecordForm
from napari_recist.widgets.rows_form import RowsForm
from recist_tool.app import BLOOD_POOL, LIVER, region_words
from recist_tool.app.reading import (
    BLOOD_REGION,
    LIVER_REGION,
    ClinicalData,
    Field,
    FieldKind,
    rows_of,
    scan_values,
    source_lines,
)
from recist_tool.terms import SuvUnit

if TYPE_CHECKING:
    from napari_recist.room.room import Room

NOT_PLACED = "Point at the liver on the PET: Shift+H. At the aorta: Shift+B."
TAGS = (
    Field("weight_kg", "Weight, kg", kind=FieldKind.NUMBER, tip="For PatientWeight"),
    Field("height_m", "Height, m", kind=FieldKind.NUMBER, tip="For PatientSize"),
    Field(
        "sex",
        "Sex",
        kind=FieldKind.CHOICE,
        tip="For PatientSex; O takes the mean of both",
        choices=("F", "M", "O"),
    ),
    Field(
        "dose_mbq", "Dose, MBq", kind=FieldKind.NUMBER, tip="For RadionuclideTotalDose"
    ),
    Field(
        "injected_at",
        "Injected at",
        kind=FieldKind.MOMENT,
        tip="On the scanner's clock",
    ),
    Field(
        "half_life_s",
        "Half-life, s",
        kind=FieldKind.NUMBER,
        tip="For RadionuclideHalfLife",
    ),
    Field("reason", "Reason", tip="Needed: why, and from which source"),
)
SCAN = (
    Field(
        "uptake_minutes",
        "Uptake, min",
        kind=FieldKind.NUMBER,
        tip="From injection to scan",
    ),
    Field("injected_mbq", "Injected, MBq", kind=FieldKind.NUMBER),
    Field("after_cycles", "After cycles", kind=FieldKind.INTEGER, tip="EORTC"),
    Field("suv_kind", "SUV is", tip="Normalisation and statistic, e.g. SUVbw max"),
    Field("scanner", "Scanner"),
    Field("reconstruction", "Reconstruction"),
    Field("tracer", "Tracer"),
    Field(
        f"{LIVER_REGION}mean_sul",
        "Liver mean",
        kind=FieldKind.NUMBER,
        tip="SUL, 3 cm sphere",
    ),
    Field(f"{LIVER_REGION}sd_sul", "Liver SD", kind=FieldKind.NUMBER),
    Field(
        f"{BLOOD_REGION}mean_sul", "Blood mean", kind=FieldKind.NUMBER, tip="SUL, aorta"
    ),
    Field(f"{BLOOD_REGION}sd_sul", "Blood SD", kind=FieldKind.NUMBER),
)
LESIONS = (
    Field("name", "Lesion"),
    Field("sul_peak", "SULpeak", kind=FieldKind.NUMBER, tip="PERCIST"),
    Field("suv", "SUV", kind=FieldKind.NUMBER, tip="EORTC"),
    Field("tlg_g", "TLG, g", kind=FieldKind.NUMBER),
    Field(
        "extent_mm", "mm", kind=FieldKind.NUMBER, tip="Longest dimension of the uptake"
    ),
    Field(
        "background",
        "As ground",
        kind=FieldKind.YES_NO,
        tip="Not to be told from background",
    ),
    Field("new", "New", kind=FieldKind.YES_NO, tip="Not there at baseline"),
)


class PetPage(FormPage):
    """What there is to say of a PET."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room.reading, parent)
        self._uptake = PetUnits(room)
        self._chart = chart = ClinicalData(room.reading)
        self._unit = CalmComboBox()
        self._unit.setObjectName("suv unit")
        for unit in SuvUnit:
            self._unit.addItem(unit.value, unit)
        self._unit.activated.connect(self._on_unit)
        self._method = QLabel()
        self._method.setObjectName("suv method")
        self._method.setWordWrap(True)
        self._tags = RecordForm("suv", TAGS)
        self._scan = RecordForm("pet", SCAN)
        self._lesions = RowsForm("uptake", LESIONS)
        self._sources = QLabel()
        self._sources.setObjectName("pet sources")
        self._sources.setWordWrap(True)
        self._remark = QLabel()
        self._remark.setObjectName("pet remark")
        self._remark.setWordWrap(True)
        self.record(self._scan, chart.set_scan)
        self.record(self._lesions, chart.set_uptake)
        self.add("Unit shown", self._showing())
        self.add(
            "Values that stand for tags of this PET",
            self._overriding(),
            "Recorded with the reason; a signed visit takes none",
        )
        self.add("The scan", self._scan)
        self.add("Reference regions", self._remark, "Shift+H and Shift+B place them")
        self.add("Uptake of lesions", self._lesions)
        self.add("Where the figures come from", self._sources)
        self.end()

    def refresh(self) -> None:
        """Show the PET of the open visit."""
        chart, uptake = self._chart, self._uptake
        self._unit.setCurrentIndex(list(SuvUnit).index(uptake.unit))
        told = self._reading.blinding
        words, method = map(told.told, uptake.words())
        if words != self._method.text():
            self._method.setText(words)
        self._method.setToolTip(method)
        override, series = uptake.override(), uptake.series()
        whose = series and series.series_instance_uid
        visit = self._reading.timepoint_id
        self._tags.blind(told)
        self._tags.show_values(uptake.values(), whose)
        self._withdraw.setVisible(override is not None)
        self._scan.show_values(scan_values(chart.uptake), visit)
        lesions = chart.uptake.lesions if chart.uptake else {}
        self._lesions.show_rows(rows_of(lesions), visit)
        self._sources.setText(told.told("\n".join(source_lines(chart.uptake))))
        self._remark.setText(told.told(self._regions()))

    def _regions(self) -> str:
        """Return what there is to say of the reference regions."""
        case, read = self._reading.case, self._reading.read
        visit = self._reading.timepoint_id
        if case is None or read is None or visit is None:
            return ""
        words = [region_words(case, read, visit, name) for name in (LIVER, BLOOD_POOL)]
        return "\n".join(filter(None, words)) or NOT_PLACED

    def _showing(self) -> QWidget:
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._unit)
        row.addWidget(self._method, 1)
        return part

    def _overriding(self) -> QWidget:
        part = QWidget()
        stand = QPushButton("Let them stand")
        stand.setObjectName("suv stand")
        stand.clicked.connect(self._on_stand)
        self._withdraw = QPushButton("Withdraw")
        self._withdraw.setObjectName("suv withdraw")
        self._withdraw.clicked.connect(lambda: self.asked.emit(self._uptake.withdraw))
        row = QHBoxLayout()
        row.addWidget(stand)
        row.addWidget(self._withdraw)
        row.addStretch(1)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tags)
        column.addLayout(row)
        return part

    def _on_unit(self, row: int) -> None:
        self._uptake.show_in(self._unit.itemData(row))

    def _on_stand(self) -> None:
        values = self._tags.values()
        if values is None:
            return
        if not self._reading.attempt(lambda: self._uptake.let_stand(values)):
            self._tags.tell(self._reading.note.text)
