from __future__ import annotations

from napari_recist.viewport.image.volume_cache import VolumeCache
from tests.plugin.volumes import volume

SIZE = volume().voxels.nbytes


def test_what_was_used_longest_ago_goes_first() -> None:
    shelf = VolumeCache(room_bytes=2 * SIZE)
    shelf.put("a", volume())
    shelf.put("b", volume())
    shelf.get("a")
    shelf.put("c", volume())
    assert shelf.get("b") is None
    assert shelf.get("a") is not None
    assert shelf.get("c") is not None


def test_the_newest_is_kept_even_where_there_is_no_room_for_it() -> None:
    shelf = VolumeCache(room_bytes=1)
    shelf.put("a", volume())
    shelf.put("b", volume())
    assert shelf.get("a") is None
    assert shelf.get("b") is not None
