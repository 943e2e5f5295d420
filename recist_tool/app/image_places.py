"""How a case remembers where its images lie, without telling whose they are.

A folder can be named after the patient, and a case travels. Below the folder that
``RECIST_IMAGES_ROOT`` names, what is kept is the path from there; anything else is kept
by a digest where that is set or where readers are not told the subject. Which folder a
digest stands for is known on this machine alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from recist_tool.dicom.scan.cache_folder import cache_folder
from recist_tool.model.case import SeriesReference, Timepoint
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.model.commands import Command
    from recist_tool.model.protocol import Protocol

ROOT: Final = "RECIST_IMAGES_ROOT"
"""Environment: the folder of all images of a site."""
_DIGEST: Final = "digest:"


def images_root(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the folder of all images that the site set, or None."""
    named = environment.get(ROOT, "")
    return Path(named).expanduser().absolute() if named else None


def keeps_paths(protocol: Protocol) -> bool:
    """Return whether a case keeps whole paths: no root is set, and nothing is hidden.

    Parameters
    ----------
    protocol
        Says whether readers are told the subject.
    """
    return images_root() is None and Blinded.SUBJECT not in protocol.blinded_to


def kept_folder(folder: str, protocol: Protocol) -> str:
    """Return what a case keeps of the folder of a series.

    Parameters
    ----------
    folder
        Where it lies; empty, and kept forms of it, stay as they are.
    protocol
        Says whether readers are told the subject.
    """
    if not _is_absolute(folder) or keeps_paths(protocol):
        return folder
    root = images_root()
    if root is not None:
        with contextlib.suppress(ValueError):
            return Path(folder).relative_to(root).as_posix()
    return _remembered(folder)


def located(folder: str) -> str:
    """Return where images of a kept folder lie on this machine; empty if unknown."""
    if folder.startswith(_DIGEST):
        with contextlib.suppress(OSError):
            return (_places() / folder.removeprefix(_DIGEST)).read_text("utf-8")
        return ""
    if not folder or _is_absolute(folder):
        return folder
    root = images_root()
    return "" if root is None else str(root / folder)


def here(series: SeriesReference) -> SeriesReference:
    """Return a series of a case with its folder as it is on this machine."""
    folder = located(series.folder)
    return series if folder == series.folder else series.replaced(folder=folder)


def with_kept_places(command: Command, protocol: Protocol) -> Command:
    """Return a command as it may stand in a case: folders and descriptions with care.

    Parameters
    ----------
    protocol
        Of the case: where it hides descriptions of series, none is kept.
    """
    changes: dict[str, Any] = {}
    for name in type(command).model_fields:
        value = getattr(command, name)
        if isinstance(value, SeriesReference):
            changes[name] = _kept(value, protocol)
        elif isinstance(value, Timepoint):
            series = tuple(_kept(one, protocol) for one in value.series)
            changes[name] = value.replaced(series=series)
        elif name == "folders":
            changes[name] = {
                uid: kept_folder(folder, protocol) for uid, folder in value.items()
            }
    same = all(getattr(command, name) == value for name, value in changes.items())
    return command if same else command.replaced(**changes)


def _kept(series: SeriesReference, protocol: Protocol) -> SeriesReference:
    hidden = Blinded.DESCRIPTIONS in protocol.blinded_to
    return series.replaced(
        folder=kept_folder(series.folder, protocol),
        description="" if hidden else series.description,
    )


def _is_absolute(folder: str) -> bool:
    """Return whether a folder is a whole path, of this system or another."""
    both = (PurePosixPath(folder), PureWindowsPath(folder))
    return any(one.is_absolute() for one in both)


def _remembered(folder: str) -> str:
    """Return the digest of a folder, and note on this machine what it stands for.

    It is keyed: who has the case alone cannot try names until one fits. Where this
    machine cannot note it, nothing is kept of the folder.
    """
    places = _places()
    try:
        places.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _key(places / "key")
        digest = hmac.new(key, folder.encode(), hashlib.sha256).hexdigest()[:32]
        _write(places / digest, folder.encode())
    except OSError:
        return ""
    return f"{_DIGEST}{digest}"


def _key(file: Path) -> bytes:
    if not file.exists():
        _write(file, secrets.token_bytes(32))
    return file.read_bytes()


def _write(file: Path, content: bytes) -> None:
    """Write a file for its owner alone, unless it is there."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as new:
            new.write(content)


def _places() -> Path:
    return cache_folder() / "places"
