"""Looking for the images of a case: where they were, then where the reader says.

UIDs decide what is the case's own; folders are only hints, which the case keeps.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from recist_tool.app import here, signal
from recist_tool.app.reading import (
    Note,
    harm_words,
    is_folder,
    nothing_words,
    place,
)
from recist_tool.dicom import ScanResult, person_of, scan
from recist_tool.errors import DicomError, RecistToolError
from recist_tool.model import LocateSeries

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import CurrentRead, MissingImages, PatientSeries
    from recist_tool.dicom import Series
    from recist_tool.model import SeriesReference

    Advance = Callable[[int, int], None]
    Move = tuple[tuple[str, ...], tuple[str, ...]]

WHAT = "Looking for the images"
FIRST_SHOWN_S = 1.0
"""How long a search waits for what it found first to be shown."""


class ImageLocator:
    """Finds what is missing of the open case, and has the case remember where.

    Attributes
    ----------
    found
        Emitted with the series that were found.
    neared
        Emitted once the visits that were looked for first are done with.
    arrived
        Emitted once a search is over, with what to tell the reader of it, and the UIDs
        of the series that were missing before.
    """

    found = signal(list)
    neared = signal()
    arrived = signal(Note, object)

    def __init__(
        self,
        reading: CurrentRead,
        studies: PatientSeries,
        missing: MissingImages,
        loader: Loader,
    ) -> None:
        self._reading = reading
        self._studies = studies
        self._missing = missing
        self._loader = loader
        self._sought: set[str] = set()
        self._shown = Event()

    def seek(self, first: Collection[str] = ()) -> bool:
        """Look where the images of the open case were; return whether any are missing.

        Until that is over they count as on their way.

        Parameters
        ----------
        first
            The visits that the reader sees first.
        """
        lost = self._lost()
        self._sought = set()
        self.go_on()
        self._shown = Event()
        self._missing.searching = bool(lost)
        if lost:
            near = {one.folder for one in self._lost(first)}
            self._run(
                partial(at_last, near, {one.folder for one in lost}, self._tell_near()),
                self._on_sought,
            )
        return bool(lost)

    def go_on(self) -> None:
        """Look for the rest: what the reader sees first is on show."""
        self._shown.set()

    def locate(self, folder: Path) -> None:
        """Look for what is missing in a folder, and where it says the rest must be."""
        self._run(
            partial(look_in, folder, self._lost()), partial(self._on_located, folder)
        )

    def is_gone(self, key: str) -> bool:
        """Return whether the files of a series went away after they were found."""
        uid = self._studies.drop_if_gone(key)
        if uid:
            self._sought.add(uid)
        return bool(uid)

    def own(self, series: Iterable[Series]) -> list[Series]:
        """Return which series are the case's, or of the same patient as those are."""
        given, pinned = list(series), self._pinned()
        people = self._studies.people | {
            person_of(one) for one in given if one.series_instance_uid in pinned
        }
        return [
            one
            for one in given
            if one.series_instance_uid in pinned or person_of(one) in people
        ]

    def remember(self) -> str:
        """Have the case remember where its images lie that were somewhere else.

        Returns
        -------
        Why it cannot, where the disk refuses; the images are at hand all the same.
        """
        moved = {
            uid: str(min(self._studies.folders(uid)))
            for uid, one in self._pinned().items()
            if self._has_moved(one)
        }
        try:
            if moved:
                self._reading.open_session().do(LocateSeries(folders=moved))
        except RecistToolError as error:
            return str(error)
        return ""

    def _has_moved(self, one: SeriesReference) -> bool:
        """Whether a series was found, and where the case has it is none."""
        uid, last = one.series_instance_uid, Path(one.folder)
        now = self._studies.folders(uid)
        if not now or last.absolute() in now:
            return False
        return uid in self._sought or not one.folder or not is_folder(last)

    def _pinned(self) -> dict[str, SeriesReference]:
        case = self._reading.case
        visits = () if case is None else case.timepoints
        return {
            one.series_instance_uid: here(one) for at in visits for one in at.series
        }

    def _lost(self, among: Collection[str] | None = None) -> list[SeriesReference]:
        """Return what is missing of some visits, or of all."""
        case = self._reading.case
        visits = () if case is None else case.timepoints
        return [
            one
            for visit in visits
            if among is None or visit.timepoint_id in among
            for one in self._studies.missing(visit)
        ]

    def _tell_near(self) -> Callable[[ScanResult], None]:
        """Return what tells, from the background, of the visits looked for first.

        It comes back when they are shown: the search would keep them from the reader,
        as Python runs one thread at a time.
        """
        session, shown = self._reading.session, self._shown

        def near(result: ScanResult) -> None:
            if session is self._reading.session and self._missing.searching:
                self.found.emit(self.own(result.series))
                self.neared.emit()

        def tell(result: ScanResult) -> None:
            self._loader.later(partial(near, result))
            shown.wait(FIRST_SHOWN_S)

        return tell

    def _run(
        self,
        work: Callable[[Advance], ScanResult],
        done: Callable[[ScanResult], None],
    ) -> None:
        """Search in the background; another case that came meanwhile ends it."""
        session = self._reading.session

        def over(act: Callable[[], None]) -> None:
            if session is self._reading.session:
                self._missing.searching = False
                act()

        def failed(error: RecistToolError) -> None:
            over(lambda: self.arrived.emit(Note(str(error), is_error=True), ()))

        self._loader.run(WHAT, work, lambda result: over(partial(done, result)), failed)

    def _on_sought(self, result: ScanResult) -> None:
        own = self.own(result.series)
        before = {one.series_instance_uid for one in self._lost()}
        self.found.emit(own)
        self._sought = {one.series_instance_uid for one in self._lost()}
        harm = harm_words(result.skipped)
        fresh = before & {one.series_instance_uid for one in own}
        self.arrived.emit(Note(harm, is_error=bool(harm)), fresh)

    def _on_located(self, folder: Path, result: ScanResult) -> None:
        own = self.own(result.series)
        lost = {one.series_instance_uid for one in self._lost()}
        found = lost & {one.series_instance_uid for one in own}
        if not found:
            why = _why_not(folder, own, result)
            error = DicomError.at(folder.name, why, "Choose another folder")
            self._reading.say(str(error), is_error=True)
            return
        self.found.emit(own)
        strange = len(result.series) - len(own)
        fault = self.remember() or harm_words(result.skipped)
        words = (
            f"{len(found)} of {len(lost)} missing series found.",
            f"{strange} of another patient were left alone." if strange else "",
            fault or "The case remembers where.",
        )
        text = " ".join(filter(None, words))
        self.arrived.emit(Note(text, is_error=bool(fault)), found)


def at_last(
    first: Collection[str],
    folders: Collection[str],
    tell: Callable[[ScanResult], None],
    advance: Advance,
) -> ScanResult:
    """Return what lies in those of some folders that are still there.

    Parameters
    ----------
    first
        Of the folders those that are looked into before all.
    tell
        Called with what lies there, where there are others.
    advance
        Called with (done, of how many); may end the search.
    """
    there = _still_there(folders)
    near = _still_there(first)
    if near and near != there:
        tell(scan(near, advance))
    return scan(there, advance) if there else ScanResult((), ())


def _still_there(folders: Collection[str]) -> list[Path]:
    return sorted(Path(one) for one in folders if one and is_folder(Path(one)))


def look_in(
    folder: Path, lost: Sequence[SeriesReference], advance: Advance
) -> ScanResult:
    """Return what lies in a folder, and where the rest is if it moved the same way.

    Parameters
    ----------
    lost
        Series of the case that were not found; where one of them lies now says where
        the others may.
    advance
        Called with (done, of how many); may end the search.
    """
    first = scan([folder], advance)
    more = sorted(one for one in elsewhere(lost, first.series) if is_folder(one))
    if not more:
        return first
    second = scan(more, advance)
    skipped = dict.fromkeys((*first.skipped, *second.skipped))
    return ScanResult((*first.series, *second.series), tuple(skipped))


def elsewhere(lost: Sequence[SeriesReference], found: Sequence[Series]) -> set[Path]:
    """Return where series would lie that moved together with those that were found."""
    now = {one.series_instance_uid: one.files[0].parent.absolute() for one in found}
    moves = {
        move(place(one.folder).parts, now[one.series_instance_uid].parts)
        for one in lost
        if one.folder and one.series_instance_uid in now
    }
    rest = [
        place(one.folder).parts for one in lost if one.series_instance_uid not in now
    ]
    return {
        Path(*new, *parts[len(old) :])
        for old, new in moves
        for parts in rest
        if parts[: len(old)] == old
    }


def move(old: tuple[str, ...], new: tuple[str, ...]) -> Move:
    """Return which part of a folder's name became which.

    >>> move(("/", "a", "trial", "BL", "CT"), ("/", "b", "BL", "CT"))
    (('/', 'a', 'trial'), ('/', 'b'))
    """
    while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def _why_not(folder: Path, own: Sequence[Series], result: ScanResult) -> str:
    """Return why a folder does not help."""
    if not result.series:
        return nothing_words([folder], result.skipped)
    if own:
        return "holds none of the missing series, only others of this patient"
    count = len(result.series)
    return f"holds none of this case's images: {count} series that are not of it"
