"""The scripted read, picture by picture, for ``docs/reading.md``.

``make pictures`` reads the synthetic patient in a window of each size, and writes what
was on the screen at each moment into ``docs/images/read``. The window makes them alone:
nothing is drawn into them, and nothing cut away.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PIL import Image
from qtpy.QtGui import QImage, QKeySequence
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from recist_tool.phantom import READING_PATIENT, truth, write_patient
from tests.plugin.own_window import sit_down
from tests.plugin.read_plan import plan_of
from tests.plugin.scripted_read import ScriptedRead, actions_of, report

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtWidgets import QWidget

    from tests.plugin.hands import Reader
    from tests.plugin.scripted_read import Action

SIZES: Final = ((1366, 768), (1920, 1080))
FOLDER: Final = Path(__file__).parents[2] / "docs" / "images" / "read"
LARGEST: Final = 150_000
"""Bytes of one picture; where it would be larger, it has fewer greys."""

GREYS: Final = (64, 48, 32, 24, 16)
EXACT: Final = 64
COLOURS: Final = 96
GREY: Final = 2
"""How far red, green and blue of a grey are apart at most."""

STILL_MS: Final = 200


class Moment(NamedTuple):
    """A picture: after which action it is taken.

    Attributes
    ----------
    keys, after
        Pressed before and after the picture; no part of the read.
    """

    name: str
    timepoint_id: str
    lesion_id: str
    what: str
    keys: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


MOMENTS: Final = (
    Moment("measured", "BL", "T1", "draw"),
    Moment("node", "BL", "T5", "draw"),
    Moment("signature", "BL", "", "Ctrl+Return"),
    Moment("pet", "BL", "", "Sign", ("F",), ("F",)),
    Moment("ghost", "TP1", "T2", "Space"),
    Moment("lung", "TP1", "T3", "draw"),
    Moment("gone", "TP3", "T4", "0"),
    Moment("new", "TP3", "NL1", "draw"),
    Moment("four-panes", "TP3", "", "Sign", ("B",), ("B", "B")),
)


class Camera:
    """Takes pictures of the window of a reader."""

    def __init__(self, reader: Reader, folder: Path, size: tuple[int, int]) -> None:
        self._reader = reader
        self._folder = folder
        self._suffix = f"{size[0]}.png"

    def look(self, action: Action) -> None:
        """Take the pictures that are due after an action."""
        for moment in MOMENTS:
            due = (moment.timepoint_id, moment.lesion_id, moment.what)
            if due == (action.timepoint_id, action.lesion_id, action.what):
                self._press(moment.keys)
                self.take(moment.name)
                self._press(moment.after)

    def take(self, name: str) -> None:
        """Take a picture once nothing moves on the screen any more."""
        before, now = None, self._screen()
        while before is None or before.tobytes() != now.tobytes():
            QTest.qWait(STILL_MS)
            before, now = now, self._screen()
        _save(now, self._folder / f"{name}-{self._suffix}")

    def _screen(self) -> Image.Image:
        picture = self._reader.viewer.window.screenshot(flash=False, canvas_only=False)
        whole = Image.fromarray(picture).convert("RGB")
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            at = self._reader.dock.window().rect().center() - dialog.rect().center()
            whole.paste(_picture_of(dialog), (at.x(), at.y()))
        return whole

    def _press(self, keys: tuple[str, ...]) -> None:
        for name in keys:
            pressed = QKeySequence(name)[0]
            self._reader.key(pressed.key(), pressed.keyboardModifiers())
            self._reader.settle()


def _picture_of(widget: QWidget) -> Image.Image:
    """Return how a window of its own looks."""
    grabbed = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (grabbed.width(), grabbed.height())
    pixels = bytes(grabbed.constBits())
    return Image.frombuffer("RGB", size, pixels, "raw", "RGB", grabbed.bytesPerLine())


def _save(picture: Image.Image, path: Path) -> None:
    for greys in GREYS:
        _indexed(np.asarray(picture), greys).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return


def _indexed(pixels: NDArray[np.uint8], greys: int) -> Image.Image:
    """Return a picture of few colours, in which rare ones are kept.

    A caliper has a hundred pixels among a million: greys have a palette of their own;
    of colours, those of large areas stay as they are, and the others share the rest,
    each counted once.
    """
    is_grey = np.ptp(pixels, axis=-1) <= GREY
    step = 255 / (greys - 1)
    index = np.rint(pixels.mean(axis=-1) / step).astype(np.uint8)
    colours, which, counts = np.unique(
        pixels[~is_grey], axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts)
    exact, others = order[:EXACT], order[EXACT:]
    few = Image.fromarray(colours[others][np.newaxis]).quantize(COLOURS)
    number = np.empty(len(colours), np.uint8)
    number[exact] = np.arange(len(exact))
    number[others] = len(exact) + np.asarray(few)[0]
    index[~is_grey] = greys + number[which.ravel()]
    found = Image.fromarray(index, mode="P")
    ramp = np.rint(np.arange(greys) * step).astype(int).repeat(3).tolist()
    flat = colours[exact].ravel().tolist()
    found.putpalette([*ramp, *flat, *(few.getpalette() or [])])
    return found


def make_strip(size: tuple[int, int], images: Path, folder: Path) -> None:
    """Read the patient in a window of a size, and keep its pictures."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["RECIST_CASES"] = str(Path(place, "recist-cases"))
        reader = sit_down([images], size)
        camera = Camera(reader, folder, size)
        camera.take("opened")
        plan = plan_of(truth(READING_PATIENT))
        read = ScriptedRead(reader, plan, camera.look, side_by_side=True)
        read.run()
        sys.stdout.write(f"{size[0]} x {size[1]}{report(actions_of(read.actions))}\n")
        reader.dock.close_room()
        reader.viewer.close()


def main() -> int:
    """Make the strip in each size."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["RECIST_READER"] = "reader-1"
    with tempfile.TemporaryDirectory() as folder:
        write_patient(READING_PATIENT, Path(folder, "images"))
        for size in SIZES:
            make_strip(size, Path(folder, "images"), FOLDER)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
