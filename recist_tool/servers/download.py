"""Studies from a server into the cache: each object once, and only what is missing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.errors import DicomError, DownloadCutError, Fault, SourceError
from recist_tool.servers.query import ConnectionBrokenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.dicom.scan.image_cache import ImageCache, Instance
    from recist_tool.servers.query import ImageSource

Progress = Callable[[int, int], None]
"""Told how many objects are here, and how many there will be."""

PAUSES_S: Final = (0.5, 1.0, 2.0)
"""Waits before each new try after a broken connection."""

_STOPPED: Final = "the download was stopped"
_RESUME: Final = "What has come is kept: do the same again, and it goes on from there"


class Pulled(NamedTuple):
    """What is on this machine after a download.

    Attributes
    ----------
    folders
        One for each study.
    images
        How many objects of them are here.
    fetched
        How many of these came now; the others had come before.
    faults
        What the server lists but does not give, one for each reason.
    """

    folders: tuple[Path, ...]
    images: int
    fetched: int
    faults: tuple[Fault, ...]


class Download:
    """Studies of one server on their way into the cache.

    Parameters
    ----------
    stopped
        Asked again and again; true ends the download.
    pauses_s
        Waits before new tries; a try that brought something begins them anew.
    """

    def __init__(
        self,
        source: ImageSource,
        cache: ImageCache,
        progress: Progress | None = None,
        stopped: Callable[[], bool] | None = None,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._source = source
        self._server = str(source)
        self._cache = cache
        self._progress = progress or _silent
        self._stopped = stopped or _never
        self._pauses_s = pauses_s
        self._refused: dict[Instance, str] = {}
        self._here = 0
        self._total = 0
        self._counting = Lock()

    def pull(self, study_instance_uids: Sequence[str], modality: str = "") -> Pulled:
        """Fetch studies, and return where they lie.

        Parameters
        ----------
        modality
            Only series of it; all where it is empty.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly, or gives
            nothing of all that it lists.
        DownloadCutError
            If the connection stays broken, or the download was stopped.
        StorageError
            If the disk refuses.
        """
        listed = [
            instance
            for study in study_instance_uids
            for instance in self._source.instances(study, modality)
        ]
        wanted = list(dict.fromkeys(listed))
        self._total = len(wanted)
        self._here = before = self._total - len(self._missing(wanted))
        self._progress(self._here, self._total)
        self._fetch_all(wanted)
        if wanted and not self._here:
            raise SourceError.of(self._faults())
        folder_of = self._cache.study_folder
        return Pulled(
            tuple(folder_of(self._server, study) for study in study_instance_uids),
            images=self._here,
            fetched=self._here - before,
            faults=tuple(self._faults()),
        )

    def take(self, instance: Instance, content: Iterable[bytes]) -> None:
        """Keep an object once it came whole and is the one that was asked for.

        Several threads may call this, each with an object of its own.

        Raises
        ------
        DownloadCutError
            If the download was stopped.
        StorageError
            If the disk refuses.
        """
        try:
            with self._cache.writing(self._place(instance)) as file:
                for chunk in content:
                    self._go_on()
                    file.write(chunk)
                file.flush()
                _check(Path(file.name), instance)
        except DicomError as error:
            self.refuse(instance, error.faults[0].what)
            return
        with self._counting:
            self._here += 1
            self._progress(self._here, self._total)

    def refuse(self, instance: Instance, why: str) -> None:
        """Note that the server does not give an object."""
        self._refused[instance] = why

    def _fetch_all(self, wanted: Sequence[Instance]) -> None:
        """Fetch until nothing is missing, or the connection stays broken."""
        pauses, why = iter(self._pauses_s), ""
        while missing := self._missing(wanted):
            self._go_on()
            before = self._here
            try:
                self._source.fetch(missing, self)
            except ConnectionBrokenError as broken:
                if self._here > before or not why:
                    pauses, why = iter(self._pauses_s), broken.why
                pause = next(pauses, None)
                if pause is None:
                    raise self._cut(why) from None
                self._wait(pause)
            except DownloadCutError:  # others that were under way came to their end
                raise self._cut(_STOPPED) from None
            else:
                for instance in self._missing(wanted):
                    self.refuse(instance, "the server did not send it")

    def _missing(self, wanted: Sequence[Instance]) -> list[Instance]:
        return [
            instance
            for instance in wanted
            if instance not in self._refused and not self._place(instance).exists()
        ]

    def _place(self, instance: Instance) -> Path:
        return self._cache.place(self._server, instance)

    def _wait(self, pause_s: float) -> None:
        end = time.monotonic() + pause_s
        while (left := end - time.monotonic()) > 0:
            self._go_on()
            time.sleep(min(left, 0.1))

    def _go_on(self) -> None:
        if self._stopped():
            raise self._cut(_STOPPED)

    def _cut(self, why: str) -> DownloadCutError:
        what = f"{why}; {self._here} of {self._total} images are here"
        return DownloadCutError.at(self._server, what, _RESUME)

    def _faults(self) -> Iterable[Fault]:
        for why, count in Counter(self._refused.values()).most_common():
            what = f"{count} of {self._total} images are not given: {why}"
            yield Fault(self._server, what, "Ask who runs the server")


def _check(path: Path, instance: Instance) -> None:
    """Refuse what is not the object asked for: its file says which it is."""
    try:
        found = read_header(path).elements.text(tags.SOP_INSTANCE_UID)
    except DicomError:
        raise DicomError("the server sent something that is no DICOM object") from None
    if found != instance.sop_instance_uid:
        raise DicomError("the server sent another object than was asked for")


def _silent(done: int, total: int) -> None:
    """Report progress to nobody."""


def _never() -> bool:
    return False
