from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_recist.widgets.background import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def loader(qtbot: QtBot) -> Iterator[Loader]:
    loader = Loader()
    yield loader
    loader.close()
    qtbot.waitUntil(lambda: not loader.busy, timeout=10_000)
