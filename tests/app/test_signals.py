"""Signals: called in order, at once, and what a callback raises is raised as it is."""

from __future__ import annotations

import pytest

from recist_tool.app.signals import signal
from recist_tool.errors import CommandRefused, RecistToolError


class Bell:
    rung = signal(str)
    heard = signal()


def test_callbacks_are_called_in_the_order_of_connecting():
    bell, order = Bell(), []
    for number in range(5):
        bell.rung.connect(lambda what, number=number: order.append((number, what)))
    bell.rung.emit("x")
    assert order == [(number, "x") for number in range(5)]


def test_what_a_callback_emits_is_heard_before_the_next_callback():
    bell, order = Bell(), []
    bell.rung.connect(lambda what: bell.rung.emit("inner") if what == "outer" else None)
    bell.rung.connect(order.append)
    bell.rung.emit("outer")
    assert order == ["inner", "outer"]


def test_a_refusal_reaches_who_emitted_as_its_one_line():
    bell, later = Bell(), []

    def refuse(what):
        raise CommandRefused.at("T1", f"cannot be {what}", "Draw it again")

    bell.rung.connect(refuse)
    bell.rung.connect(later.append)
    with pytest.raises(RecistToolError) as raised:
        bell.rung.emit("moved")
    assert type(raised.value) is CommandRefused
    assert str(raised.value) == "T1: cannot be moved. Draw it again"
    assert later == []


def test_a_refusal_passes_through_signals_within_signals_and_the_bell_rings_again():
    bell, refused, heard = Bell(), [True], []

    def refuse():
        if refused:
            raise CommandRefused.at("T1", "is signed")

    bell.heard.connect(refuse)
    bell.rung.connect(lambda what: bell.heard.emit())
    bell.rung.connect(heard.append)
    with pytest.raises(CommandRefused):
        bell.rung.emit("x")
    refused.clear()
    bell.rung.emit("y")
    assert heard == ["y"]


def test_what_a_refusal_was_raised_from_stays_with_it():
    bell = Bell()

    def refuse(what):
        try:
            int(what)
        except ValueError as error:
            raise CommandRefused.at("T1", "is no number") from error

    bell.rung.connect(refuse)
    with pytest.raises(CommandRefused) as raised:
        bell.rung.emit("x")
    assert isinstance(raised.value.__cause__, ValueError)


def test_each_object_has_signals_of_its_own():
    one, other, told = Bell(), Bell(), []
    one.rung.connect(told.append)
    other.rung.emit("other")
    one.rung.emit("one")
    assert told == ["one"]


def test_who_is_no_longer_connected_hears_nothing():
    bell, told = Bell(), []
    bell.rung.connect(told.append)
    bell.rung.disconnect(told.append)
    bell.rung.emit("late")
    assert told == []
