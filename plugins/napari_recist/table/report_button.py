"""The button that writes the report of the open read, and asks where to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QFileDialog, QPushButton

from recist_tool.app import case_matter, report_name, write_report

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import CurrentRead

FILTERS = {"pdf": "PDF (*.pdf)", "html": "HTML (*.html)"}
WHAT = "Writing the report"


class ReportButton(QPushButton):
    """Writes the read as PDF or HTML, in the background."""

    def __init__(
        self, reading: CurrentRead, loader: Loader, parent: QWidget | None = None
    ) -> None:
        super().__init__("Report\N{HORIZONTAL ELLIPSIS}", parent)
        self._reading = reading
        self._loader = loader
        self.setObjectName("report")
        self.setToolTip(
            "Write the read as PDF or HTML, for the oncologist and the file"
        )
        self.clicked.connect(self.ask)

    def refresh(self) -> None:
        """Offer it as soon as there is something to report."""
        session = self._reading.session
        self.setEnabled(session is not None and bool(session.assessments))

    def ask(self) -> None:
        """Ask for the file, and write it; the dialog asks before one is replaced."""
        session = self._reading.open_session()
        proposed = str(Path.home() / report_name(session.case, "pdf"))
        chosen, kind = QFileDialog.getSaveFileName(
            self, "Write the report", proposed, ";;".join(FILTERS.values())
        )
        if chosen:
            self._write(_with_ending(Path(chosen), kind))

    def _write(self, path: Path) -> None:
        session, reading = self._reading.open_session(), self._reading
        case_path, reader_id = session.case_path, session.reader_id
        form = "html" if path.suffix.lower() == ".html" else "pdf"

        def work(_: object) -> list[Path]:
            matter = case_matter(case_path, reader_id)
            return write_report(matter, {form: path}, overwrite=True)

        self._loader.run(
            WHAT,
            work,
            lambda made: reading.say(f"The report is written: {made[0].name}."),
            lambda error: reading.say(str(error), is_error=True),
        )


def _with_ending(path: Path, kind: str) -> Path:
    """Return the file as it was named; without an ending, with that of the filter."""
    if path.suffix.lower() in (f".{one}" for one in FILTERS):
        return path
    wanted = next((one for one, told in FILTERS.items() if told == kind), "pdf")
    return path.with_name(f"{path.name}.{wanted}")
