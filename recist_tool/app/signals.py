"""Signals of classes that know no window: who wants to hear of a change connects.

psygnal holds methods weakly; rooms whose Qt half was gone were then collected in an
order in which the interpreter died, so callbacks are held as long as what they hear.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Signal:
    """A signal of one object.

    Callbacks are called in the order of connecting, at once, also from within another
    one. What one of them raises ends that, and is raised where the signal was emitted.
    """

    def __init__(self) -> None:
        self._callbacks: list[Callable[..., object]] = []

    def connect(self, callback: Callable[..., object]) -> None:
        """Call a function each time, with what is emitted."""
        self._callbacks.append(callback)

    def disconnect(self, callback: Callable[..., object]) -> None:
        """Call it no longer."""
        self._callbacks.remove(callback)

    def emit(self, *values: object) -> None:
        """Call all that are connected now."""
        for callback in tuple(self._callbacks):
            callback(*values)


def signal(*types: type) -> cached_property[Signal]:
    """Declare a signal in the body of a class: each object has one of its own.

    Parameters
    ----------
    types
        Of the values that it carries, for who reads the class.
    """
    del types
    return cached_property(lambda _: Signal())
