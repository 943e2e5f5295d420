"""Volumes kept in memory, so that going back and forth needs no loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recist_tool.measure import Volume

ROOM_BYTES = 1_500_000_000
"""The newest volume is kept even if it alone is larger."""


class VolumeCache:
    """The volumes used last, up to so many bytes.

    Parameters
    ----------
    room_bytes
        How much is kept; the volume used longest ago goes first.
    """

    def __init__(self, room_bytes: int = ROOM_BYTES) -> None:
        self._room_bytes = room_bytes
        self._volumes: dict[str, Volume] = {}

    def get(self, key: str) -> Volume | None:
        """Return a volume, or None where it is not (any longer) kept."""
        volume = self._volumes.pop(key, None)
        if volume is not None:
            self._volumes[key] = volume
        return volume

    def put(self, key: str, volume: Volume) -> None:
        """Keep a volume, and let go of what there is no room for."""
        self._volumes.pop(key, None)
        self._volumes[key] = volume
        for oldest in list(self._volumes)[:-1]:
            if sum(one.voxels.nbytes for one in self._volumes.values()) <= (
                self._room_bytes
            ):
                break
            del self._volumes[oldest]

    def drop(self, key: str) -> None:
        """Let go of one volume, if it is kept."""
        self._volumes.pop(key, None)

    def clear(self) -> None:
        """Let go of all volumes."""
        self._volumes.clear()
