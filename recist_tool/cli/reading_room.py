"""The reading room, found through the entry point that the plugin registers."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from recist_tool.cli.display import require_window
from recist_tool.cli.lines import tell_faults
from recist_tool.cli.server import fetch, server_among
from recist_tool.errors import InputError, SetupError
from recist_tool.store.protocol_file import read_protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.model.protocol import Protocol
    from recist_tool.servers.query import StudyQuery

_GROUP = "recist_tool.reading_room"
_REMEDY = 'Install it: pip install "recist-tool[gui]"'


def open_places(
    places: Sequence[str], query: StudyQuery, protocol_file: Path | None = None
) -> int:
    """Open what is named, fetching from a server what is not here yet.

    Parameters
    ----------
    places
        Paths, or the address of a server.
    query
        Which studies of a server.
    protocol_file
        Of cases begun in the room, JSON; None takes the usual protocol.

    Raises
    ------
    InputError
        If a path does not exist, the protocol's file does not read, or no study of a
        server is asked for.
    SetupError
        If the plugin, napari or Qt is not installed, or no window can be opened.
    """
    protocol = None if protocol_file is None else read_protocol(protocol_file)
    server = server_among(places, query)
    if server is None:
        open_reading_room([Path(place) for place in places], protocol=protocol)
        return 0
    require_window()  # before anything is fetched
    if not any(query):
        what, remedy = "no study is asked for", "Name --study or --patient-id"
        raise InputError.at(server, what, remedy)
    pulled = fetch(server, query)
    status = tell_faults(pulled.faults)
    open_reading_room(pulled.folders, protocol=protocol)
    return status


def open_reading_room(
    paths: Sequence[Path],
    *,
    protocol: Protocol | None = None,
    screenshot: Path | None = None,
) -> None:
    """Open paths in the reading room and stay until its window is closed.

    Parameters
    ----------
    protocol
        Under which cases begin; None for what the folder of cases says.
    screenshot
        Save a picture of the window there once all is shown, and close it.

    Raises
    ------
    InputError
        If a path does not exist.
    SetupError
        If the plugin, napari or Qt is not installed, or no window can be opened.
    """
    for path in paths:
        if not path.exists():
            raise InputError.at(path, "does not exist", "Check the path")
    require_window()
    rooms = entry_points(group=_GROUP)
    if not rooms:
        raise SetupError.at("reading room", "no reading room is installed", _REMEDY)
    try:
        open_room = next(iter(rooms)).load()
    except ImportError as error:
        missing = error.name or "a package"
        raise SetupError.at(
            "reading room", f"{missing} is not installed", _REMEDY
        ) from None
    open_room(paths, protocol=protocol, screenshot=screenshot)
