"""How much the reading room adds to napari: slices, calipers, and the longest pause.

The peer is bare napari with as many viewers side by side, the same series in each, in
the same run. Opening a case and refreshing its table are told beside their limits.
Times are those of the processor, so that other work on the machine does not count; the
pauses are those of the clock, as a reader feels them.

Run on a screen: ``xvfb-run -a -s "-screen 0 1920x1080x24 +extension GLX" python -m
benchmarks bench_reading_room``
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recist_tool.app import Session
from recist_tool.app.phantom_read import read_phantom
from recist_tool.measure import PlaneCaliper
from recist_tool.phantom import DEMO_PATIENT, write_patient
from recist_tool.trial import assess_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recist_tool.phantom.spec import PatientSpec

STEPS = 60
CALIPERS = 40
MOVES = 200
CHANGES = 40
BEAT_MS = 10
PANES = (1, 2, 4)
VISITS = 8


def main() -> None:
    """Print slice steps beside bare napari, caliper drags, and the longest pause."""
    if not os.environ.get("DISPLAY"):
        sys.stdout.write("needs a screen with OpenGL (xvfb-run will do)\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RECIST_CASES"] = f"{folder}/cases"
        truth = write_patient(_patient(), Path(folder, "dicom"))
        with Session.create(
            Path(folder, "cases"), subject_id="S-1", reader_id="reader"
        ) as session:
            read_phantom(session, truth, Path(folder, "dicom"))
        os.environ["RECIST_READER"] = "reader"
        _measure(session.case_path)


def _patient() -> PatientSpec:
    """Return the sample patient, seen at eight visits, without PET."""
    visits = [replace(one, has_pet=False) for one in DEMO_PATIENT.visits]
    last = visits[-1]
    more = range(1, VISITS - len(visits) + 1)
    visits += [
        replace(
            last,
            timepoint_id=f"TP{number + 3}",
            date=last.date + dt.timedelta(days=56 * number),
        )
        for number in more
    ]
    lesions = [
        replace(one, course=(*one.course, *one.course[-1:] * len(more)))
        for one in DEMO_PATIENT.lesions
    ]
    return replace(DEMO_PATIENT, visits=tuple(visits), lesions=tuple(lesions))


def _measure(case: Path) -> None:
    from napari_recist.window import add_reading_room, open_reading_room

    viewer = open_reading_room([], block=False)
    dock = add_reading_room(viewer)
    _settle(dock)
    pause = _pause(dock, lambda: _open(dock, case))
    _say("longest pause while opening it", f"{1e3 * pause:.0f} ms", "100 ms")
    for visit in ("BL", "TP7"):
        pause = _pause(dock, lambda visit=visit: dock.room.go_to_cell("T1", visit))
        _say(f"longest pause on the way to {visit}", f"{1e3 * pause:.0f} ms", "100 ms")
    for count in PANES:
        pause = _pause(dock, lambda count=count: dock.room.viewing.set_count(count))
        _say(f"longest pause to {count} panes", f"{1e3 * pause:.0f} ms", "100 ms")
    _refresh(dock)
    for count in PANES:
        _compare(dock, count)
    _drag(dock)
    viewer.close()


def _say(what: str, figure: str, limit: str) -> None:
    sys.stdout.write(f"{what:49s} {figure:>10s}   (limit {limit})\n")


def _open(dock: Any, case: Path) -> None:
    """Open a case and print how long its first image takes."""
    from qtpy.QtWidgets import QApplication

    start = time.monotonic()
    dock.open([case])
    while dock.room.pane.volume is None:
        QApplication.processEvents()
        time.sleep(0.001)
    QApplication.processEvents()
    seconds = time.monotonic() - start
    _say(f"case of {VISITS} visits to its first image", f"{seconds:.2f} s", "0.5 s")


def _refresh(dock: Any) -> None:
    """Print what a change costs: judging the read, and showing the table anew."""
    from napari_recist.panels.read_tab import ReadTab

    reading = dock.room.reading
    session, protocol = reading.session, reading.case.protocol
    finding = session.read.finding("T1", "TP3")
    shown: list[float] = []
    judged: list[float] = []
    whole: list[float] = []
    for number in range(CHANGES):
        wider = finding.caliper.long_axis.value_mm + number % 5 + 1
        axis = finding.caliper.long_axis.replaced(value_mm=wider)
        caliper = finding.caliper.replaced(long_axis=axis)
        session.record("T1", "TP3", finding.replaced(caliper=caliper))
        start = time.process_time()
        assess_each(session.answer.findings, protocol.criteria, protocol)
        judged.append(time.process_time() - start)
        start = time.process_time()
        dock.findChild(ReadTab).refresh()
        shown.append(time.process_time() - start)
        start = time.process_time()
        reading.changed.emit()
        whole.append(time.process_time() - start)
    _say(
        "responses after a change", f"{1e3 * statistics.median(judged):.1f} ms", "5 ms"
    )
    _say("table after a change", f"{1e3 * statistics.median(shown):.1f} ms", "5 ms")
    _say(
        "whole window looked at again",
        f"{1e3 * statistics.median(whole):.1f} ms",
        "none",
    )


def _compare(dock: Any, count: int) -> None:
    """Print a slice step of linked panes with calipers beside that of bare napari."""
    viewing = dock.room.viewing
    viewing.set_count(count)
    _settle(dock)
    for station in viewing.on_show:
        station.sheet.redraw = _with_calipers(station)
        station.sheet.redraw()
    station = viewing.stations[0]
    station.pane.go_to(20)

    def ours(step: int) -> None:
        station.pane.go_to(20 + step % 40)

    bare = _Bare(viewing)
    ratios, mine = [], []
    for _ in range(3):
        own, peer = _seconds(ours), _seconds(bare.step)
        mine.append(own)
        ratios.append(own / peer)
    bare.close()
    piece = f"{1e3 * max(bare.pieces):.0f} ms"
    _say(f"bare napari, {count} viewers filled: its longest piece", piece, "none")
    ratio = f"{statistics.median(ratios):.2f} x bare napari"
    _say(f"{count} panes, {CALIPERS} calipers each: slice step", ratio, "1.15 x")
    _say("that is", f"{1e3 * statistics.median(mine):.1f} ms", "none")


def _with_calipers(station: Any) -> Callable[[], None]:
    from napari_recist.viewport.annotations.caliper_graphics import CaliperMark
    from recist_tool.terms import LesionRole

    marks = [
        CaliperMark(
            f"T{number}",
            f"T{number}  20 mm",
            PlaneCaliper(
                ((40.0 + 5 * number, 60.0), (40.0 + 5 * number, 90.0 + number)),
                None,
            ),
            LesionRole.TARGET,
        )
        for number in range(CALIPERS)
    ]
    return lambda: station.pane.draw(marks)


class _Bare:
    """A napari window as large, with the same series in as many viewers side by side.

    Its canvases have the size of ours: drawing them, and putting the window together,
    is most of a step where a processor stands in for the graphics card.
    """

    def __init__(self, viewing: Any) -> None:
        import napari
        from napari.components import ViewerModel
        from napari.qt import QtViewer
        from qtpy.QtWidgets import QApplication

        from napari_recist.viewport.annotations.overlay_widget import qt_viewer_of

        self._viewer = napari.Viewer(show_welcome_screen=False)
        first = qt_viewer_of(self._viewer)
        frames = viewing.stations[0].pane.viewer
        self.window = first.window()
        self.models = [self._viewer]
        views = [first]
        self.pieces: list[float] = []
        for _ in viewing.on_show[1:]:
            model = ViewerModel()
            self.models.append(model)
            with self._one_piece():
                views.append(QtViewer(model))
        self._lay(views, frames.canvas.size)
        for model, station in zip(self.models, viewing.on_show, strict=True):
            with self._one_piece():
                self._fill(model, station)
                QApplication.processEvents()

    @contextmanager
    def _one_piece(self) -> Iterator[None]:
        """Time what napari does without letting anything else come between."""
        start = time.monotonic()
        yield
        self.pieces.append(time.monotonic() - start)

    def _lay(self, views: list[Any], size: tuple[int, int]) -> None:
        """Put the views side by side, each canvas as large as one of ours."""
        from qtpy.QtWidgets import QApplication, QDockWidget, QGridLayout, QWidget

        for dock in self.window.findChildren(QDockWidget):
            dock.hide()
        box = QWidget()
        grid = QGridLayout(box)
        views[0].parentWidget().layout().replaceWidget(views[0], box)
        for number, view in enumerate(views):
            view.setFixedSize(size[1], size[0] + 40)
            grid.addWidget(view, number // 2, number % 2)
        self.window.setGeometry(self.window.screen().availableGeometry())
        for _ in range(5):
            QApplication.processEvents()

    def _fill(self, model: Any, station: Any) -> None:
        from napari.layers import Image

        image = Image(
            station.pane.volume.voxels,
            scale=tuple(station.pane.viewer.layers[0].scale),
            contrast_limits=(-160, 240),
            interpolation2d="linear",
        )
        model.add_layer(image)

    def step(self, step: int) -> None:
        """Go to a slice in all viewers."""
        for model in self.models:
            model.dims.set_current_step(0, 20 + step % 40)

    def close(self) -> None:
        """Take the window away."""
        self._viewer.close()


def _seconds(step: Callable[[int], None]) -> float:
    """Return the processor time of one slice step, s."""
    from qtpy.QtWidgets import QApplication

    for warm in range(5):
        step(warm)
        QApplication.processEvents()
    start = time.process_time()
    for number in range(STEPS):
        step(number)
        QApplication.processEvents()
    return (time.process_time() - start) / STEPS


def _drag(dock: Any) -> None:
    """Print what one move of the mouse costs us while a caliper is drawn."""
    room = dock.room
    room.viewing.set_count(1)
    _settle(dock)
    room.arm(on=True)
    station = room.viewing.stations[0]
    station.tool.press((60.0, 60.0), 3.0)
    taken = []
    for number in range(MOVES):
        start = time.process_time()
        station.tool.move((60.0 + number / 9, 60.0 + number / 5))
        station.sheet.redraw()
        station.pane.sketches()
        taken.append(time.process_time() - start)
    station.tool.cancel()
    drag = f"{1e3 * statistics.median(taken):.2f} ms"
    _say("caliper drag, our own time a move", drag, "8 ms")


def _pause(dock: Any, act: Callable[[], None]) -> float:
    """Return the longest time for which the window did not answer, s."""
    from qtpy.QtCore import QTimer

    beats = [time.monotonic()]
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(BEAT_MS)
    act()
    _settle(dock)
    timer.stop()
    beats.append(time.monotonic())
    return max(later - sooner for sooner, later in pairwise(beats))


def _settle(dock: Any) -> None:
    """Let the window work until nothing is on its way, and half a second more."""
    from qtpy.QtWidgets import QApplication

    quiet = time.monotonic()
    while time.monotonic() - quiet < 0.5:
        QApplication.processEvents()
        if dock.loader.busy or dock.lightbox.busy:
            quiet = time.monotonic()
        time.sleep(0.001)


if __name__ == "__main__":
    main()
