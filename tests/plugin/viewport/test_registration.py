"""A pair is registered in the window as without one, however its slices arrive."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from qtpy.QtCore import Qt

from napari_recist.viewport.image import series_loader
from napari_recist.viewport.link import LinkMode
from recist_tool.dicom import load, open_volume, scan
from recist_tool.errors import RegistrationRefused
from recist_tool.measure import register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.dicom import Loading, Series
    from recist_tool.measure import Registration
    from tests.plugin.hands import Reader

    Held = dict[str, Event]

pytestmark = pytest.mark.gui

WAIT_S = 60
VISITS = ("BL", "TP1")


class HalfLoaded:
    """A series of which half the slices come, and the others when they are let in."""

    def __init__(self, loading: Loading, let_in: Event) -> None:
        self._loading = loading
        self._let_in = let_in

    def __iter__(self) -> Iterator[int]:
        for at in self._loading:
            yield at
            if 2 * self._loading.slices_loaded > len(self._loading.is_loaded):
                assert self._let_in.wait(WAIT_S)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loading, name)


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Held]]:
    """Hold the CTs of the first two visits of a folder half loaded."""
    by_key: dict[str, Event] = {}

    def opened(series: Series) -> Any:
        let_in, loading = by_key.get(series.key), open_volume(series)
        return loading if let_in is None else HalfLoaded(loading, let_in)

    def of(folder: Path) -> Held:
        held = [(one.key, Event()) for one in _cts(folder)]
        by_key.update(held)
        return {visit: event for visit, (_, event) in zip(VISITS, held, strict=True)}

    monkeypatch.setattr(series_loader, "open_volume", opened)
    monkeypatch.setattr(series_loader, "LOOK_S", 0.0)
    yield of
    for one in by_key.values():
        one.set()


@pytest.fixture(scope="module")
def of_two_patients(patient: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose second visit is somebody else's, mirrored as no patient is."""
    folder = tmp_path_factory.mktemp("of two patients")
    for visit, one in zip(VISITS, _cts(patient), strict=True):
        for number, header in enumerate(one.slices[::2]):  # fewer: sooner registered
            image = pydicom.dcmread(header.path)
            if visit == "TP1":
                image.PixelData = image.pixel_array[::-1].tobytes()
            image.save_as(folder / f"{visit}-{number:03}.dcm")
    return folder


def _cts(folder: Path) -> list[Series]:
    return [one for one in scan([folder]).series if one.modality == "CT"][:2]


def _headless(folder: Path) -> Registration:
    return register(*map(load, _cts(folder)))


def _half_loaded(reader: Reader, folder: Path) -> None:
    """Hang the first two visits side by side, linked by registration, half loaded."""
    viewing = reader.room.viewing

    def awaited() -> list[bool]:
        return [one.pane.awaits_slices for one in viewing.on_show]

    reader.dock.open([folder])
    reader.wait_for(lambda: awaited() == [True])
    reader.reading.open_timepoint("TP1")
    viewing.set_count(2)
    reader.wait_for(lambda: awaited() == [True, True])
    while viewing.linking.mode is not LinkMode.BY_REGISTRATION:
        reader.key(Qt.Key.Key_L)


def _let_in(reader: Reader, held: Held, order: Sequence[str]) -> None:
    """Let the rest of each visit's CT come, one after the other."""
    for visit in order:
        assert _found(reader) is None
        held[visit].set()
        (hung,) = (
            one for one in reader.room.viewing.on_show if one.film.timepoint_id == visit
        )
        reader.wait_for(lambda hung=hung: not hung.pane.awaits_slices)
    reader.settle()


def _found(reader: Reader) -> Registration | None:
    current, baseline = (one.pane.acquired for one in reader.room.viewing.on_show)
    return reader.room.viewing.registering.find(baseline, current)


def test_a_pair_that_comes_slice_by_slice_is_linked_as_without_a_window(
    make_reader: Callable[[], Reader], hold: Callable[[Path], Held], patient: Path
) -> None:
    reader = make_reader()
    held = hold(patient)
    _half_loaded(reader, patient)
    _let_in(reader, held, VISITS)
    found = _found(reader)
    assert found is not None
    assert found.as_json() == _headless(patient).as_json()
    assert "linked by registration" in reader.reading.note.text


@pytest.mark.nightly
def test_a_pair_that_comes_the_other_way_round_is_refused_as_without_a_window(
    make_reader: Callable[[], Reader],
    hold: Callable[[Path], Held],
    of_two_patients: Path,
) -> None:
    reader = make_reader()
    held = hold(of_two_patients)
    _half_loaded(reader, of_two_patients)
    _let_in(reader, held, VISITS[::-1])
    assert _found(reader) is None
    with pytest.raises(RegistrationRefused) as refused:
        _headless(of_two_patients)
    assert reader.reading.note.text == f"Linked by hand instead. {refused.value}"
    assert reader.room.viewing.linking.mode is LinkMode.BY_HAND
