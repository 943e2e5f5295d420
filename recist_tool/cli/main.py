"""The command line as a whole: what it ends with, and what becomes of errors."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

from recist_tool.cli.commands import app
from recist_tool.cli.lines import tell
from recist_tool.errors import RecistToolError

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
UNREAD = 141  # 128 + SIGPIPE


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Returns
    -------
    0 done; 1 the input is at fault, one line per fault on standard error; 2 wrong
    usage; 130 interrupted with Ctrl-C; 141 whoever read what was printed went away.
    """
    streams = sys.stdout, sys.stderr
    try:
        status = _status(arguments)
        # the command line library puts others in their place where a pipe was closed
        closed = streams != (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = streams
        sys.stdout.flush()
    except BrokenPipeError:
        closed, status = True, UNREAD
    return _unread(streams) if closed else status


def _unread(streams: tuple[TextIO, TextIO]) -> int:
    """End quietly where a pipe was closed, as by ``head``: nobody reads the rest."""
    for stream in streams:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return UNREAD


def _status(arguments: list[str] | None) -> int:
    try:
        app(args=arguments)
    except SystemExit as end:  # the command line library ends every run so
        if end.code == INTERRUPTED:
            tell("interrupted")
        return end.code if isinstance(end.code, int) else 0
    except ImportError as error:
        from recist_tool.extras import setup_error

        missing = setup_error(error)
        if missing is None:
            raise
        tell(missing)
        return 1
    except RecistToolError as error:
        for line in str(error).splitlines():
            tell(line)
        return 1
    return 0
