"""A read in a process of its own, to be killed: run by ``sigkills.py``.

Usage: ``python -m tests.plugin.killed_read FOLDER PLAN``. It makes ready, waits on
standard input for the folder of the cases, and reads what is not read yet. What the
screen has confirmed it tells on standard output, one JSON object a line; at the end it
waits to be killed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_recist.room.workspace import desk_path, read_desk
from tests.plugin.own_window import sit_down
from tests.plugin.read_plan import load_plan
from tests.plugin.scripted_read import ScriptedRead
from tests.plugin.victim import findings_of

if TYPE_CHECKING:
    from recist_tool.app.reading.current_read import CurrentRead
    from tests.plugin.hands import Reader
    from tests.plugin.scripted_read import Action

SIZE = (1366, 768)


def main(folder: Path, plan: Path) -> None:
    """Read a patient, telling of every action."""
    os.environ["RECIST_CASES"] = sys.stdin.readline().rstrip("\n")
    reader = sit_down([folder], SIZE)
    tell({"ready": True, **state_of(reader)})

    def done(action: Action) -> None:
        tell({"action": action.what, **state_of(reader)})

    ScriptedRead(reader, load_plan(plan), done, nudges=True).run()
    tell({"finished": True})
    sys.stdin.readline()


def tell(what: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def state_of(reader: Reader) -> dict[str, Any]:
    """Return what the case holds and what is before the eyes."""
    desk = reader.room.keeper.desk().model_dump(mode="json")
    return {"desk": desk, **case_state(reader.reading)}


def case_state(reading: CurrentRead) -> dict[str, Any]:
    """Return how far the case has come, and the desk that lies on the disk."""
    session = reading.session
    if session is None:
        return {"entries": 0, "head": "", "findings": {}, "kept": None}
    kept = read_desk(session.case_path, session.reader_id)
    kept_ns = kept and desk_path(session.case_path).stat().st_mtime_ns
    return {
        "entries": len(session.entries),
        "head": session.entries[-1].entry_hash,
        "findings": findings_of(session.case),
        "kept": kept and kept.model_dump(mode="json"),
        "kept_ns": kept_ns,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
