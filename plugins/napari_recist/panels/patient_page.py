"""What is known of the patient beyond the scans: day 0, treatment, follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.widgets.form_page import FormPage
from napari_recist.widgets.record_form import RecordForm
from napari_recist.widgets.rows_form import RowsForm
from recist_tool.app.reading import ClinicalData, Field, FieldKind

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from recist_tool.app.reading import CurrentRead

DAY_0 = (
    Field(
        "reference_date",
        "Start of treatment, or randomisation",
        kind=FieldKind.DATE,
        tip="Without it, the first treatment is day 0",
    ),
)
TREATMENTS = (
    Field("date", "Date", kind=FieldKind.DATE),
    Field("activity_gbq", "Activity, GBq", kind=FieldKind.NUMBER),
    Field("target", "Target", choices=("right lobe", "left lobe", "whole liver")),
)
FOLLOW_UP = (
    Field("last_alive", "Last known alive", kind=FieldKind.DATE),
    Field("death", "Death", kind=FieldKind.DATE),
    Field("death_cause", "Cause of death", tip="One cause in the same words"),
    Field(
        "new_therapy",
        "New anticancer therapy",
        kind=FieldKind.DATE,
        tip="Its first day",
    ),
    Field(
        "clinical_progression",
        "Clinical progression",
        kind=FieldKind.DATE,
        tip="Symptomatic deterioration without progression on imaging",
    ),
)


class PatientPage(FormPage):
    """Day 0, treatments and follow-up."""

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(reading, parent)
        chart = ClinicalData(reading)
        self._day_0 = RecordForm("patient", DAY_0, columns=1)
        self._treatments = RowsForm("treatment", TREATMENTS)
        self._follow_up = RecordForm("follow-up", FOLLOW_UP, columns=2)
        self.record(self._day_0, chart.set_day_0)
        self.record(self._treatments, chart.set_treatments)
        self.record(self._follow_up, chart.set_follow_up)
        self.add("Day 0", self._day_0)
        self.add("Follow-up", self._follow_up)
        self.add("Treatments", self._treatments)  # it grows: nothing lies below
        self.end()

    def refresh(self) -> None:
        """Show what is known of the patient."""
        case = self._reading.case
        if case is None:
            return
        for form in (self._day_0, self._treatments, self._follow_up):
            form.blind(self._reading.blinding)
        uid = case.case_uid
        self._day_0.show_values({"reference_date": case.reference_date}, uid)
        self._treatments.show_rows([dict(one) for one in case.treatments], uid)
        follow_up = dict(case.follow_up) if case.follow_up else {}
        self._follow_up.show_values(follow_up, uid)
