"""The pages of the dock: the read itself, and what is written down beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QTabWidget, QWidget

from napari_recist.lesion_page import LesionPage
from napari_recist.patient_page import PatientPage
from napari_recist.pet_page import PetPage
from napari_recist.protocol_page import ProtocolPage
from napari_recist.visit_page import VisitPage

if TYPE_CHECKING:
    from napari_recist.read_tab import ReadTab
    from napari_recist.room import Room


class Pages(QTabWidget):
    """The read, the chosen lesion, the visit, its PET, the patient, the protocol.

    Signals
    -------
    asked
        A change was asked for; it is carried as a callable.
    """

    asked = Signal(object)

    def __init__(
        self, read: ReadTab, room: Room, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self._read = read
        reading = room.reading
        self._beside = {
            "Lesion": LesionPage(reading),
            "Visit": VisitPage(reading),
            "PET": PetPage(room),
            "Patient": PatientPage(reading),
            "Protocol": ProtocolPage(reading),
        }
        self.addTab(read, "Read")
        for name, page in self._beside.items():
            page.asked.connect(self.asked)
            self.addTab(page, name)
        self.currentChanged.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Show the read as it stands on the page in view; others wait for theirs."""
        page = self.currentWidget()
        if page is self._read:
            self._read.refresh()
        for one in self._beside.values():
            if page is one:
                one.refresh()

    def show_read(self) -> None:
        """Bring the table into view."""
        self.setCurrentWidget(self._read)
