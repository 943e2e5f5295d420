"""An example of a test depends on that test alone, not on what else was imported."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import (
    HypothesisProvider,
    _get_local_constants,
)

from tests.examples import LOCAL, draw_the_same_ones

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PLANTED = range(70_000_001, 70_002_001, 10)


def providers_own(_: HypothesisProvider) -> object:
    """Return what Hypothesis finds in modules by itself."""
    return _get_local_constants()


def examples() -> list[int]:
    """Return what the same test is given, again."""
    drawn: list[int] = []

    @settings(derandomize=True, database=None, max_examples=300)
    @given(st.integers(0, 10**9))
    def takes(number: int) -> None:
        drawn.append(number)

    takes()
    return drawn


def plant(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Import one more module of ours, full of numbers."""
    (folder / f"{name}.py").write_text(f"NUMBERS = {list(PLANTED)}")
    module = ModuleType(name)
    module.__file__ = str(folder / f"{name}.py")
    monkeypatch.setitem(sys.modules, name, module)


def test_examples_do_not_change_with_what_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HypothesisProvider, LOCAL, property(providers_own))
    draw_the_same_ones()
    before = examples()
    plant(tmp_path, monkeypatch, "planted")
    assert examples() == before
    assert len(set(before)) > 200
    assert not set(before) & set(PLANTED)


def test_hypothesis_itself_draws_what_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept out: where this fails, Hypothesis has no need of it any more."""
    monkeypatch.setattr(HypothesisProvider, LOCAL, property(providers_own))
    plant(tmp_path, monkeypatch, "planted_too")
    assert set(examples()) & set(PLANTED)
