from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from napari_recist.reading import Reading
from recist_tool import Session, Timepoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_cases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECIST_CASES", str(tmp_path / "cases"))
    monkeypatch.setenv("RECIST_READER", "reader-1")


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    """A read of three visits, open at baseline."""
    session = Session.create(tmp_path, subject_id="S-1", reader_id="reader-1")
    reading = Reading()
    reading.take(session)
    reading.join(
        [
            Timepoint(timepoint_id=name, date=dt.date(2024, month, 1))
            for name, month in (("BL", 1), ("TP1", 3), ("TP2", 5))
        ]
    )
    yield reading
    reading.leave()
