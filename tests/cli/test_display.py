"""Without a screen there is one line, not an abort of Qt."""

from __future__ import annotations

import os

import pytest

from recist_tool.cli.display import has_display
from tests.processes import python


def recist(*arguments, **environment):
    """Run the command line as a process: what Qt aborts takes its process along."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    code = "import sys; from recist_tool.cli import main; sys.exit(main(sys.argv[1:]))"
    return python(code, *arguments, env=kept | environment)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "there is no screen: DISPLAY is not set"),
        ({"DISPLAY": ":7654"}, "the screen does not answer: DISPLAY is :7654"),
        ({"WAYLAND_DISPLAY": "none-0"}, "there is no screen: DISPLAY is not set"),
    ],
)
@pytest.mark.parametrize("command", ["open", "demo"])
def test_a_window_without_a_screen_is_refused_in_one_line(
    tmp_path, command, environment, words
):
    asked = ["open"] if command == "open" else ["demo", str(tmp_path), "--screenshot"]
    ended = recist(*asked, **environment)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"recist: reading room: {words}. "
        "Run it where there is a screen, or on a virtual one: xvfb-run recist …"
    ]
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["open", "demo"])
def test_a_home_that_cannot_be_made_is_refused_in_one_line(tmp_path, command):
    (tmp_path / "file").touch()
    home, folder = tmp_path / "file" / "home", tmp_path / "demo"
    asked = ["open"] if command == "open" else ["demo", str(folder), "--screenshot"]
    ended = recist(
        *asked,
        QT_QPA_PLATFORM="offscreen",
        HOME=str(home),
        XDG_CONFIG_HOME="",
        XDG_CACHE_HOME="",
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"recist: reading room: {home / '.config'} cannot be written to "
        "(Not a directory). Set HOME to a folder of yours"
    ]
    assert not folder.exists()


def test_a_screen_that_answers_is_one(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert has_display()  # the virtual screen of the tests
    monkeypatch.setenv("DISPLAY", ":7654")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_display()
