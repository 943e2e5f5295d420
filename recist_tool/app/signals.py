"""Signals of classes that know no window: psygnal's, which raise what callbacks raise.

A callback is called in the order of connecting, at once, also from within another one.
Methods are connected weakly: an object that is gone hears nothing.
"""

from __future__ import annotations

from typing import Any

from psygnal import EmitLoopError, Signal, SignalInstance


class PlainSignal(SignalInstance):
    """A signal of one object."""

    def emit(
        self, *args: Any, check_nargs: bool = False, check_types: bool = False
    ) -> None:
        """Call every callback; what one of them raises ends that, and is raised here.

        psygnal wraps it in an error of its own, of ten lines: who refuses in one line
        would not be understood.
        """
        try:
            super().emit(*args, check_nargs=check_nargs, check_types=check_types)
        except EmitLoopError as error:
            raised = error.__cause__
            if raised is None:
                raise
            raise raised from raised.__cause__


def signal(*types: type[Any]) -> Signal:
    """Return a signal for the body of a class, which carries values of these types."""
    return Signal(*types, reemission="immediate", signal_instance_class=PlainSignal)
