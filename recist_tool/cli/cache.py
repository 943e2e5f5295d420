"""``recist cache``: what is kept on this machine, and removing it."""

from __future__ import annotations

import shutil

from recist_tool.cli.screen import screen
from recist_tool.dicom.scan.cache_folder import cache_folder
from recist_tool.dicom.scan.decoded_cache import clear_decoded, held_bytes
from recist_tool.dicom.scan.image_cache import ImageCache
from recist_tool.errors import StorageError


def run(*, clear: bool) -> int:
    """Print where the cache is and how much it holds, or held until it was cleared."""
    images, decoded = ImageCache(), held_bytes()
    held = images.clear() if clear else images.held()
    if clear:
        _clear_scans()
    verb = "removed" if clear else "holds"
    line = f"{cache_folder()}: {verb} {held.files} files of images, "
    screen().print(
        f"{line}{held.size_bytes / 1e6:.1f} MB, {decoded / 1e6:.1f} MB of decoded "
        "voxels, and what earlier scans read",
        soft_wrap=True,
    )
    return 0


def _clear_scans() -> None:
    scans = cache_folder() / "scans"
    try:
        if scans.is_dir():
            shutil.rmtree(scans)
        clear_decoded()
    except OSError as error:
        what = f"cannot be removed ({error.strerror})"
        raise StorageError.at(
            cache_folder(), what, "Check who may write there"
        ) from None
