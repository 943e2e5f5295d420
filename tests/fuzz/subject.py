"""Reads one mutant in a folder of its own, and says everything that goes wrong."""

from __future__ import annotations

import json
import logging
import shutil
import time
import traceback
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import as_json, propose_timepoints, scan
from recist_tool.dicom.scan.suv_tags import SeriesSuv, SuvRefusal
from recist_tool.errors import RecistToolError
from recist_tool.store.casefile import load_case
from tests.fuzz.corpus import CASE, PLANTED
from tests.fuzz.expected import Expected, expected
from tests.fuzz.judge import Sound, faults_of
from tests.fuzz.watch import Watch, begin_peak, peak_since

if TYPE_CHECKING:
    from recist_tool.dicom.header.slice_header import SliceHeader
    from recist_tool.dicom.scan.scan import ScanResult
    from recist_tool.dicom.scan.series import Series
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.case import Case
    from tests.fuzz.corpus import Seed
    from tests.fuzz.mutants import Mutant

MOST_MEMORY = 768 << 20
LONGEST_MESSAGE = 2000


class Verdict(NamedTuple):
    """What became of a mutant.

    Attributes
    ----------
    outcome
        loaded, partly, refused or failed.
    faults
        What must not be; empty unless failed.
    """

    recipe: str
    outcome: str
    faults: tuple[str, ...]
    how: tuple[str, ...]
    seconds: float
    peak_bytes: int


class Read(NamedTuple):
    """What the program gave for a folder of images."""

    result: ScanResult | None
    volumes: list[tuple[Series, Volume]]
    messages: list[str]


class Subject:
    """The program, in a scratch folder that it must not leave.

    Parameters
    ----------
    scratch
        An empty folder; what the program caches goes there.
    """

    def __init__(self, scratch: Path) -> None:
        self._inside = scratch / "given"
        self._secret = scratch / "secret.dcm"
        self._kept = scratch / "kept"
        self._sound: dict[str, dict[tuple[str, int], Sound]] = {}
        self._watch = Watch(self._kept, self._secret)

    def verdict(self, mutant: Mutant) -> Verdict:
        """Read a mutant and hold what comes of it to the truth."""
        self._prepare(mutant)
        read = self._read_case if mutant.seed.kind == "case" else self._read_images
        began, begin = time.process_time(), begin_peak()
        outcome, faults = "failed", []
        with self._watch.watching() as acts:
            try:
                found = read(mutant)
            except Exception:  # noqa: BLE001 - any other exception is what is looked for
                found = None
                faults.append(_last_lines(traceback.format_exc()))
        seconds, peak = time.process_time() - began, peak_since(begin)
        faults += acts
        if peak > MOST_MEMORY:
            faults.append(f"took {peak >> 20} MB")
        if found is not None:
            outcome = self._outcome(found)
            faults += self._faults(mutant, found)
        return Verdict(
            mutant.recipe,
            "failed" if faults else outcome,
            tuple(faults),
            mutant.how,
            seconds,
            peak,
        )

    def _prepare(self, mutant: Mutant) -> None:
        shutil.rmtree(self._inside, ignore_errors=True)
        shutil.rmtree(self._kept, ignore_errors=True)
        for folder in ("cache", "home", "tmp"):
            (self._kept / folder).mkdir(parents=True)
        for name, data in mutant.files.items():
            path = self._inside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._secret.write_bytes(b"not to be read")

    def _read_images(self, mutant: Mutant) -> Read:
        messages: list[str] = []
        volumes: list[tuple[Series, Volume]] = []
        with _noted(messages):
            path = self._path(mutant)
            try:
                result = scan([path])
            except RecistToolError as error:
                return Read(None, [], [*messages, *map(str, error.faults)])
            json.dumps(as_json(result), allow_nan=False).encode()
            propose_timepoints(result.series)
            for series in result.series:
                messages += [warning.text for warning in series.warnings]
                messages += [series.phase_reason, series.role.reason]
                if isinstance(series.suv, SuvRefusal):
                    messages.append(series.suv.refused)
                try:
                    volumes.append((series, load(series)))
                except RecistToolError as error:
                    messages += map(str, error.faults)
        messages += [one.why for one in result.skipped]
        return Read(result, volumes, messages)

    def _path(self, mutant: Mutant) -> Path:
        """Return what the user names: the folder, or the one file in it."""
        if mutant.seed.kind == "zip":
            return self._inside / next(iter(mutant.files))
        return self._inside

    def _outcome(self, found: Read) -> str:
        if not found.volumes:
            return "refused"
        whole = found.result is not None and not found.result.skipped
        return "loaded" if whole else "partly"

    def _faults(self, mutant: Mutant, found: Read) -> list[str]:
        faults = [f"says {m[:200]!r}" for m in found.messages if not _is_fit(m)]
        faults += self._of_files(mutant, found)
        for series, volume in found.volumes:
            now = partial(_seen, {})
            before = partial(self._before, mutant.seed)
            faults += faults_of(series, volume, now, before)
        return faults

    def _of_files(self, mutant: Mutant, found: Read) -> list[str]:
        """Return which files were changed, came to be, or were not told of."""
        there = {
            str(path.relative_to(self._inside)): path.read_bytes()
            for path in self._inside.rglob("*")
            if path.is_file()
        }
        faults = [] if there == mutant.files else ["files of the folder were changed"]
        if found.result is None or mutant.seed.kind != "dicom":
            return faults
        told = {path for one in found.result.series for path in one.files}
        told |= {one.path for one in found.result.skipped}
        silent = {self._inside / name for name in mutant.files} - told
        return faults + [f"passed over {path.name}" for path in sorted(silent)]

    def _before(self, seed: Seed, image: SliceHeader) -> Sound | None:
        """Return what is known of the file of a slice from before it was mutated."""
        if seed.name not in self._sound:
            self._sound[seed.name] = _sound(seed, self._kept / "sound")
        known = self._sound[seed.name]
        return known.get((_key(image.path, self._inside), image.frame_number))

    def _read_case(self, mutant: Mutant) -> Read:
        """Open a case; what opens must be the whole case that was written."""
        messages: list[str] = []
        with _noted(messages):
            try:
                loaded = load_case(self._inside / CASE)
            except RecistToolError as error:
                return Read(None, [], [*messages, *map(str, error.faults)])
        if loaded.case != _whole_case(mutant.seed, self._kept / "sound"):
            raise AssertionError("another case was opened than the one that was saved")
        return Read(None, [], messages)


def _is_fit(message: str) -> bool:
    """Whether a message is one line for a person, and names nobody."""
    named = any(part.casefold() in message.casefold() for part in PLANTED)
    return not named and message.isprintable() and len(message) < LONGEST_MESSAGE


def _whole_case(seed: Seed, folder: Path) -> Case:
    folder.mkdir(exist_ok=True)
    for name, data in seed.files.items():
        (folder / name).write_bytes(data)
    return load_case(folder / CASE).case


def _seen(cache: dict[Path, list[Expected]], image: SliceHeader) -> Expected | None:
    if image.path not in cache:
        cache[image.path] = expected(image.path.read_bytes())
    frames = cache[image.path]
    return frames[image.frame_number - 1] if image.frame_number <= len(frames) else None


def _sound(seed: Seed, folder: Path) -> dict[tuple[str, int], Sound]:
    """Read a seed, which was not mutated."""
    for name, data in seed.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    known: dict[tuple[str, int], Sound] = {}
    look = partial(_seen, {})
    for series in scan([folder], cached=False).series:
        volume = load(series)
        for index, image in enumerate(series.slices):
            seen = look(image)
            if seen is not None:
                key = _key(image.path, folder), image.frame_number
                known[key] = _known(series, volume, index, seen)
    shutil.rmtree(folder)
    return known


def _known(series: Series, volume: Volume, index: int, seen: Expected) -> Sound:
    factor = None
    if isinstance(series.suv, SeriesSuv):
        factor = series.suv.by_slice[index]
    slope = 1.0 if seen.slope is None else seen.slope
    values = volume.voxels[index] / (factor or 1.0) - (seen.intercept or 0.0)
    return Sound(seen, np.rint(values / slope).astype(np.int64), factor)


def _key(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


class _noted(logging.Handler):  # noqa: N801 - reads as the statement it makes
    """Takes what is logged, and turns warnings into errors: users would see both."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self._messages = messages
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self._warnings.__enter__()
        warnings.simplefilter("error")
        logging.getLogger().addHandler(self)

    def __exit__(self, *details: object) -> None:
        logging.getLogger().removeHandler(self)
        self._warnings.__exit__(*details)

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


def _last_lines(text: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join(lines[-9:])
