"""Under which protocol the next case begins, and who says so. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.model.protocol import Protocol
from recist_tool.store.protocol_file import PROTOCOL_FILE, read_protocol
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.model.case import Case

UNREAD = Protocol(name=f"{PROTOCOL_FILE} does not read", blinded_to=tuple(Blinded))
"""Nobody knows what a file that does not read would have hidden: so all is."""


class Intended(NamedTuple):
    """The protocol that the next case begins under.

    Attributes
    ----------
    is_chosen
        Whether somebody chose it for this window.
    is_of_folder
        Whether the folder of cases says so.
    fault
        Why the folder's file does not read: no case begins then.
    """

    protocol: Protocol = Protocol()
    is_chosen: bool = False
    is_of_folder: bool = False
    fault: RecistToolError | None = None

    def require(self) -> Protocol:
        """Return the protocol.

        Raises
        ------
        RecistToolError
            If its file does not read.
        """
        if self.fault is not None:
            raise self.fault
        return self.protocol

    @property
    def words(self) -> str:
        """Say under which protocol the case begins; nothing where nobody named one."""
        if self.is_chosen:
            return f"The case begins under {self.protocol.name}."
        if self.is_of_folder:
            where = f"{PROTOCOL_FILE} in the folder of cases"
            return f"The case begins under {self.protocol.name} ({where})."
        return ""

    def other_than(self, case: Case) -> str:
        """Say that a case keeps its own protocol where another was chosen."""
        if not self.is_chosen or case.protocol == self.protocol:
            return ""
        return f"The case stays under the protocol it began with: {case.protocol.name}."


class KeptProtocol:
    """The protocol of one session: one that hides something stays till its end.

    Attributes
    ----------
    is_begun
        Whether something was opened under it. Before that nothing was hidden yet, and
        whoever starts the session names its protocol.
    """

    def __init__(self) -> None:
        self.is_begun = False
        self._intended = Intended()
        self._blinding: Protocol | None = None

    @property
    def intended(self) -> Intended:
        """The protocol that the next case begins under."""
        return self._intended

    def intend(self, wanted: Intended) -> None:
        """Begin cases under another protocol from now on.

        Raises
        ------
        CommandRefused
            If the session began under one that hides something.
        """
        held = self._blinding if self.is_begun else None
        if held is not None and wanted.fault is None and wanted.protocol != held:
            raise CommandRefused.at(
                held.name,
                "hides something from its readers, so this window stays under it",
                "Close the window to read under another protocol",
            )
        self._intended = wanted
        if wanted.fault is None:
            self._blinding = wanted.protocol if wanted.protocol.blinded_to else None


def intended_in(cases: Path) -> Intended:
    """Return what a folder of cases says of those that begin there."""
    path = cases / PROTOCOL_FILE
    if not path.exists():
        return Intended()
    try:
        return Intended(read_protocol(path), is_of_folder=True)
    except RecistToolError as error:
        return Intended(UNREAD, is_of_folder=True, fault=error)
