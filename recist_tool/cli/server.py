"""Studies on a server: listed, or fetched into the cache on this machine."""

from __future__ import annotations

import contextlib
import json as json_format
import signal
import sys
import threading
from typing import TYPE_CHECKING

import typer
from rich.padding import Padding
from rich.text import Text

from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.errors import SourceError
from recist_tool.servers.address import is_address
from recist_tool.servers.server import ImageServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from recist_tool.servers.download import Pulled
    from recist_tool.servers.query import Study, StudyQuery


def server_among(places: Sequence[str], query: StudyQuery) -> ImageServer | None:
    """Return the server that is named, None where only paths are.

    Raises
    ------
    typer.BadParameter
        If a server is named beside something else, or paths are to be searched.
    """
    if not any(map(is_address, places)):
        if any(query):
            msg = "only a server can be searched, and there is none among the paths"
            raise typer.BadParameter(msg)
        return None
    if len(places) > 1:
        msg = "a server is to be named alone"
        raise typer.BadParameter(msg)
    return ImageServer(places[0])


def list_studies(server: ImageServer, query: StudyQuery, *, json: bool) -> int:
    """Print the studies that a query matches; finding none is an error.

    Parameters
    ----------
    query
        Its empty fields match everything.
    json
        One JSON object on standard output instead of a table.

    Raises
    ------
    RecistToolError
        If no study matches, or the server does not answer.
    """
    studies = server.find(query)
    if json:
        json_format.dump({"studies": [one.as_json() for one in studies]}, sys.stdout)
        sys.stdout.write("\n")
    _require(server, studies)
    if not json:
        _print(studies)
    return 0


def fetch(server: ImageServer, query: StudyQuery) -> Pulled:
    """Fetch the studies that are named, else those of the one patient that matches.

    Raises
    ------
    SourceError
        If none matches, or those of several patients; or the server refuses.
    """
    uids = query.study_instance_uids
    if not uids:
        studies = server.find(query)
        _require(server, studies)
        patients = len({(one.patient_id, one.patient_name) for one in studies})
        if patients > 1:
            what = f"{len(studies)} studies of {patients} patients match"
            raise SourceError.at(server, what, "Name studies with --study")
        uids = tuple(one.study_instance_uid for one in studies)
    with progress("Downloading") as advance, _interruptible() as stopped:
        return server.pull(uids, query.modality, advance, stopped)


@contextlib.contextmanager
def _interruptible() -> Generator[Callable[[], bool]]:
    """Let Ctrl-C end the download between two images; a second one ends at once."""
    stop = threading.Event()

    def on_interrupt(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _require(server: ImageServer, studies: Sequence[Study]) -> None:
    if not studies:
        raise SourceError.at(server, "no study matches", "Widen the search")


def _print(studies: Sequence[Study]) -> None:
    console = screen()
    for study in studies:
        console.print(_line(study))
        name = Text(f"--study {study.study_instance_uid}", style="dim")
        console.print(Padding(name, (0, 0, 0, 4)), soft_wrap=True)
    console.print(f"{len(studies)} studies; name those to fetch with --study")


def _line(study: Study) -> Text:
    text = Text(f"{study.study_date or 'no date   '}  ")
    text.append(" ".join(study.modalities), style="bold")
    text.append(f"  {study.description}" if study.description else "")
    text.append("" if study.images is None else f"  {study.images} images")
    text.append(f"  {study.patient_id}  {study.patient_name}")
    return text
