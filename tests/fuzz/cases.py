"""Mutations of case files and journals: text, lines, and what JSON says."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.fuzz.raw_bytes import BYTES

VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**400, "", "x" * 70_000, [], {}, [[]], "\ud800"),
    *("2024-13-45", "9999-12-31T23:59:59Z", "NaN", "../../x", float("nan"), 2, "2.25."),
)


def drop_line(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def repeat_line(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    return b"".join([*lines[:at], lines[at], *lines[at:]])


def swap_lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def edit_json(rng: random.Random, data: bytes) -> bytes | None:
    """Change, drop or add a value anywhere in the JSON of the file or of a line."""
    lines = data.splitlines(keepends=True)
    is_lines = data.startswith(b"{") and lines[0].endswith(b"}\n")
    at = rng.randrange(len(lines))
    text = lines[at] if is_lines else data
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    _edit(rng, content)
    changed = json.dumps(content).encode("utf-8", "surrogatepass")
    if not is_lines:
        return changed
    return b"".join([*lines[:at], changed + b"\n", *lines[at + 1 :]])


def _edit(rng: random.Random, content: Any) -> None:
    """Walk to a random place and change it."""
    while True:
        keys = list(content) if isinstance(content, dict) else range(len(content))
        if not keys:
            return
        key = rng.choice(keys)
        if (
            isinstance(content[key], dict | list)
            and content[key]
            and rng.random() < 0.8
        ):
            content = content[key]
            continue
        if rng.random() < 0.25:
            del content[key]
        elif isinstance(content, dict) and rng.random() < 0.1:
            content["surplus"] = rng.choice(VALUES)
        else:
            content[key] = rng.choice(VALUES)
        return


def deep_json(rng: random.Random, data: bytes) -> bytes:
    """Nest arrays or objects more deeply than any reader should follow."""
    depth = rng.choice((50, 1000, 200_000))
    opened, closed = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    at = data.find(b":", rng.randrange(max(1, len(data) // 2))) + 1
    return data[:at] + opened * depth + b"1" + closed * depth + b"," + data[at:]


CASES = (
    *(drop_line, repeat_line, swap_lines),
    *(edit_json, edit_json, edit_json, edit_json, deep_json),
    *BYTES,
)
