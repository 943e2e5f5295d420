"""Which server is searched, and for what."""

from __future__ import annotations

from qtpy.QtCore import QSettings
from qtpy.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from recist_tool.servers import StudyQuery

REMEMBERED = "servers"
MOST_REMEMBERED = 10
MODALITIES = ("", "CT", "PT", "MR")


class ServerBox(QComboBox):
    """The address of a server; those that answered are remembered, the last first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("server")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setToolTip(
            "https://host/dicom-web, or dicom://AET@host:port (dicoms:// for TLS; "
            "?move=PORT fetches by C-MOVE). Passwords come from the keyring or the "
            "environment."
        )
        self.addItems(remembered())
        self.setCurrentText(self.itemText(0))

    def address(self) -> str:
        """Return what the reader named."""
        return self.currentText().strip()

    def remember(self) -> None:
        """Offer this address first from now on."""
        here = self.address()
        known = [here, *(one for one in remembered() if one != here)]
        _settings().setValue(REMEMBERED, known[:MOST_REMEMBERED])
        self.clear()
        self.addItems(known[:MOST_REMEMBERED])


class QueryFields(QWidget):
    """What is looked for, and by whom; an empty field matches all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patient_id = _field("patient id", "P-017, or P-*")
        self._patient_name = _field("patient name", "DOE*")
        self._dates = _field("study date", "20240131, or 20240101-20240630")
        self._accession = _field("accession", "")
        self._user = _field("user", "where the server asks for one")
        self._password = _field("password", "kept in this machine's keyring")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._modality = QComboBox()
        self._modality.setObjectName("modality")
        for name in MODALITIES:
            self._modality.addItem(name or "any", name)
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for words, widget in (
            ("Patient ID", self._patient_id),
            ("Patient name", self._patient_name),
            ("Study date", self._dates),
            ("Modality", self._modality),
            ("Accession number", self._accession),
            ("User", self._user),
            ("Password", self._password),
        ):
            rows.addRow(words, widget)

    def who(self) -> tuple[str, str]:
        """Return user and password as typed; empty where nobody typed them."""
        return self._user.text().strip(), self._password.text()

    def forget_password(self) -> None:
        """Keep no password on the screen once it is kept elsewhere."""
        self._password.clear()

    def query(self) -> StudyQuery:
        """Return what the reader asks."""
        return StudyQuery(
            patient_id=self._patient_id.text(),
            patient_name=self._patient_name.text(),
            study_date=self._dates.text(),
            modality=str(self._modality.currentData()),
            accession_number=self._accession.text(),
        )


def remembered() -> list[str]:
    """Return the servers that answered before, the last first."""
    kept = _settings().value(REMEMBERED)
    if isinstance(kept, list):
        return [str(one) for one in kept]
    return [kept] if isinstance(kept, str) else []  # one alone is read as a text


def _settings() -> QSettings:
    return QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "recist_tool", "query"
    )


def _field(name: str, example: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setPlaceholderText(example)
    return field
