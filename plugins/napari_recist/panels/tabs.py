"""The pages of the dock: the read itself, and what is written down beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QTabWidget, QWidget

from napari_recist.key_images.page import ImagesPage
from napari_recist.panels.lesion_page import LesionPage
from napari_recist.panels.patient_page import PatientPage
from napari_recist.panels.pet_page import PetPage
from napari_recist.panels.protocol_page import ProtocolPage
from napari_recist.panels.visit_page import VisitPage

if TYPE_CHECKING:
    from napari_recist.key_images.recorder import KeyImageRecorder
    from napari_recist.panels.read_tab import ReadTab
    from napari_recist.room.room import Room


class Tabs(QTabWidget):
    """The read, its images, the chosen lesion, the visit, its PET, and the rest.

    Signals
    -------
    asked
        A change was asked for; it is carried as a callable.
    image_picked
        Lesion id and timepoint id of the key image that the reader wants to go to.
    """

    asked = Signal(object)
    image_picked = Signal(str, str)

    def __init__(
        self,
        read: ReadTab,
        room: Room,
        album: KeyImageRecorder,
        parent: QWidget | None = None,
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
        self._images = ImagesPage(reading, album)
        self._images.picked.connect(self.image_picked)
        self.addTab(read, "Read")
        self.addTab(self._images, "Images")
        for name, page in self._beside.items():
            page.asked.connect(self.asked)
            self.addTab(page, name)
        self.currentChanged.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Show the read as it stands on the page in view; others wait for theirs."""
        page = self.currentWidget()
        if page is self._read:
            self._read.refresh()
        for one in (self._images, *self._beside.values()):
            if page is one:
                one.refresh()

    def turn(self, pages: int) -> None:
        """Turn so many pages on; after the last comes the first."""
        self.setCurrentIndex((self.currentIndex() + pages) % self.count())

    def choose_image(self) -> None:
        """Bring the key images into view, and let keys choose among them."""
        self.setCurrentWidget(self._images)
        self._images.choose_by_keys()

    def write_comment(self) -> None:
        """Bring the chosen lesion into view, and the comment on it."""
        page = self._beside["Lesion"]
        self.setCurrentWidget(page)
        if isinstance(page, LesionPage):
            page.write_comment()

    def show_read(self) -> None:
        """Bring the table into view."""
        self.setCurrentWidget(self._read)
