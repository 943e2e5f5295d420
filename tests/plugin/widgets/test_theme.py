"""Dark and light: what is switched, what follows, and whether it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from napari.settings import get_settings
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QToolButton

from napari_recist.table.cell_painter import CHIP_COLOURS
from napari_recist.widgets.theme import (
    FAULT,
    FILLED,
    GROUNDS,
    LINES,
    WORDS,
    is_light,
    points,
    sheet,
)
from recist_tool.terms import NewLesions, Response
from tests.plugin.dock_hands import PAGES, turn_to
from tests.plugin.looking_at import (
    contrast,
    faint_words,
    faintly_painted,
    painted_ground,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

LEGIBLE, SEEN = 4.5, 3.0
THEMES = ("dark", "light")


@pytest.fixture(autouse=True)
def _dark_again() -> Iterator[None]:
    yield
    get_settings().appearance.theme = "dark"


@pytest.mark.parametrize("theme", THEMES)
def test_words_are_legible_on_every_ground_that_napari_has(theme: str) -> None:
    colours = get_theme(theme)
    for ground in (colours.background, colours.foreground, colours.primary):
        for pair in WORDS.values():
            assert contrast(pair[theme == "light"], ground.as_hex()) >= LEGIBLE


@pytest.mark.parametrize("theme", THEMES)
def test_lines_are_seen_on_the_ground_of_the_window(theme: str) -> None:
    ground = get_theme(theme).background.as_hex()
    for pair in LINES.values():
        assert contrast(pair[theme == "light"], ground) >= SEEN


@pytest.mark.parametrize("theme", THEMES)
def test_the_ground_of_our_own_parts_is_that_of_napari(theme: str) -> None:
    ground = get_theme(theme).background.as_hex()
    assert contrast(GROUNDS["ground"][theme == "light"], ground) == pytest.approx(1)


def test_white_is_legible_on_chips_faults_and_what_is_pressed() -> None:
    assert set(CHIP_COLOURS) == {*Response, *NewLesions}
    for colour in (*CHIP_COLOURS.values(), FAULT, FILLED):
        assert contrast("#ffffff", colour) >= LEGIBLE


def test_a_style_sheet_names_no_colour_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        sheet("QLabel { color: $mauve; }", light=True)


def switch(reader: Reader, qtbot: QtBot) -> None:
    button = reader.dock.lightbox.bar.findChild(QToolButton, "theme")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.gui
def test_the_window_is_made_light_and_dark_again_and_images_stay_on_black(
    reader: Reader, qtbot: QtBot
) -> None:
    button = reader.dock.lightbox.bar.findChild(QToolButton, "theme")
    assert (button.text(), is_light(reader.dock)) == ("Light", False)
    switch(reader, qtbot)
    assert (button.text(), is_light(reader.dock)) == ("Dark", True)
    assert get_settings().appearance.theme == "light"
    background = reader.viewer.canvas.background_color
    assert tuple(background) == (0, 0, 0, 1)
    switch(reader, qtbot)
    assert (button.text(), is_light(reader.dock)) == ("Light", False)


@pytest.mark.nightly
@pytest.mark.gui
def test_a_room_that_is_opened_later_is_as_light_as_the_last_was_left(
    reader: Reader, qtbot: QtBot, make_reader: Callable[[], Reader]
) -> None:
    switch(reader, qtbot)
    reader.dock.close_room()
    assert is_light(make_reader().dock)


@pytest.mark.gui
def test_napari_own_switch_is_followed(reader: Reader) -> None:
    reader.viewer.theme = "light"
    assert is_light(reader.dock)
    assert is_light(reader.dock.lightbox.bar)


@pytest.mark.gui
@pytest.mark.parametrize("theme", THEMES)
def test_every_word_of_every_page_is_legible(
    measured: Reader, qtbot: QtBot, theme: str
) -> None:
    get_settings().appearance.theme = theme
    measured.reading.say("something went wrong", is_error=True)
    for page in PAGES:
        turn_to(measured, page)
        assert faint_words(measured.dock, LEGIBLE) == []
    assert faint_words(measured.dock.lightbox.bar, LEGIBLE) == []
    measured.key(Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    sheet_of_keys = measured.dock.lightbox.findChild(QFrame, "help")
    assert faint_words(sheet_of_keys, LEGIBLE) == []
    assert is_light(sheet_of_keys) is (theme == "light")


@pytest.mark.nightly
@pytest.mark.gui
def test_a_note_and_a_question_are_painted_on_the_ground_of_the_window(
    measured: Reader,
) -> None:
    dock = measured.dock
    for theme in THEMES:
        get_settings().appearance.theme = theme
        measured.key(Qt.Key.Key_X)
        for is_error in (False, True):
            measured.reading.say("You should know this.", is_error=is_error)
            asked = dock.findChild(QComboBox, "reason").parentWidget()
            assert asked.isVisible()
            for part in (dock.findChild(QLabel, "note"), asked.findChild(QLabel)):
                assert faintly_painted(part, dock, LEGIBLE) == []
            lightest = contrast(painted_ground(asked, dock), "#ffffff")
            assert (lightest < LEGIBLE) is (theme == "light")
        measured.key(Qt.Key.Key_Escape)


@pytest.mark.gui
def test_the_letters_are_as_large_as_napari_or_the_system_says(
    measured: Reader, qtbot: QtBot
) -> None:
    table = measured.dock.findChild(QFrame, "lesions")
    button = measured.dock.findChild(QPushButton, "sign")
    before = table.row_height, button.height()
    get_settings().appearance.font_size = 16
    try:
        assert points() == 16
        assert table.font().pointSize() == 16
        assert button.font().pointSize() == 17
        qtbot.waitUntil(lambda: button.height() > before[1])
        assert table.row_height > before[0]
        assert table.rowHeight(0) == table.row_height
    finally:
        get_settings().appearance.font_size = 9
