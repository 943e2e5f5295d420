"""Signals of classes that know no window: who wants to hear of a change connects.

psygnal holds methods weakly; rooms whose Qt half was gone were then collected in an
order in which the interpreter died, so callbacks are held as long as what they hear.
"""

from __future__ import annotations

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


class signal:  # noqa: N801 - stands in the body of a class like a decorator
    """Declares a signal in the body of a class: each object has one of its own.

    Parameters
    ----------
    types
        Of the values that it carries.
    """

    def __init__(self, *types: type) -> None:
        self.types = types
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Keep the name under which an object will hold its signal."""
        self._name = name

    def __get__(self, owner: object, kind: type | None = None) -> Signal:
        """Return the signal of an object, made when it is first asked for."""
        own = vars(owner).setdefault(self._name, Signal())
        assert isinstance(own, Signal)  # noqa: S101 - nobody else writes that name
        return own
