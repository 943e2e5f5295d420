"""The key images of one read on the disk, as this sitting knows them.

Files are read and written in another thread, in the order asked. What is called kept
is kept, or will be in a moment; what the disk refuses is no longer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from qtpy.QtCore import QBuffer, QIODevice, Qt
from qtpy.QtGui import QImage, QImageWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from napari_recist.widgets.background import Loader
    from recist_tool.errors import RecistToolError
    from recist_tool.store import KeyImages

WHAT: Final = "Key images"
SMALL_PX: Final = 192
EDGE: Final = 0.09
"""How much of each side is cut off in little: what is written there is not legible."""

MOST_MADE: Final = 200
"""Images of this sitting that an undo brings back as they were drawn."""


class KeyImageStore:
    """Writes, takes away and reads key images; each shows one content.

    Parameters
    ----------
    changed
        Called when an image was read, or turned out not to be there.
    refused
        Called with why the disk refuses.
    """

    def __init__(
        self,
        images: KeyImages,
        loader: Loader,
        changed: Callable[[], None],
        refused: Callable[[RecistToolError], None],
    ) -> None:
        self._images = images
        self._loader = loader
        self._changed = changed
        self._refused = refused
        self._kept: dict[str, str] | None = None
        self._small: dict[str, QImage] = {}
        self._made: dict[str, bytes] = {}
        self._awaited: set[str] = set()
        self._quietly(partial(_look, images), self._on_found)

    @property
    def is_known(self) -> bool:
        """Whether it was looked what lies on the disk."""
        return self._kept is not None

    def path(self, place: tuple[str, str]) -> Path:
        """Return the file for a lesion at a visit."""
        return self._images.path(*place)

    def holds(self, name: str, content: str) -> bool:
        """Return whether the image of that name is kept, and shows that content."""
        return self._kept is not None and self._kept.get(name) == content

    def small(self, name: str, content: str) -> QImage | None:
        """Return an image in little; None until it is read, which this asks for."""
        is_to_be_read = self.holds(name, content) and content not in self._awaited
        if content not in self._small and is_to_be_read:
            self._awaited.add(content)
            read = partial(_in_little, self._images.folder / name)
            self._quietly(read, partial(self._on_read, name, content))
        return self._small.get(content)

    def keep_only(self, contents: Mapping[str, str]) -> None:
        """Take away each image that shows another content than its name is to."""
        for name, content in list((self._kept or {}).items()):
            if contents.get(name) != content:
                self._drop(name)
                self._quietly(partial(self._images.remove, name), _nothing)

    def put(self, name: str, content: str, image: QImage) -> None:
        """Keep an image, in place of what has its name.

        Parameters
        ----------
        name
            Of the file.
        content
            As `key_image_content` says it; an image of another content is out of date.
        image
            At full size; a small one is kept in memory.
        """
        self._small[content] = _scaled(image)
        self._write(name, content, partial(encoded, image))

    def bring_back(self, name: str, content: str) -> bool:
        """Keep an image of this sitting once more; return whether there was one."""
        png = self._made.get(content)
        if png is not None:
            self._write(name, content, lambda: png)
        return png is not None

    def _write(self, name: str, content: str, png: Callable[[], bytes]) -> None:
        if self._kept is None:
            return
        self._kept[name] = content

        def write() -> bytes:
            encoded = png()
            self._images.write(name, encoded, content)
            return encoded

        def unwritten(error: RecistToolError) -> None:
            self._drop(name)
            self._refused(error)

        done = partial(self._on_written, content)
        self._loader.quietly(WHAT, write, done, unwritten)

    def _quietly(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._loader.quietly(WHAT, work, done, self._refused)

    def _drop(self, name: str) -> None:
        if self._kept is not None:
            self._kept.pop(name, None)

    def _on_found(self, found: dict[str, str]) -> None:
        self._kept = found
        self._changed()

    def _on_written(self, content: str, png: bytes) -> None:
        self._made.pop(content, None)
        self._made[content] = png
        for oldest in list(self._made)[:-MOST_MADE]:
            del self._made[oldest]

    def _on_read(self, name: str, content: str, image: QImage) -> None:
        self._awaited.discard(content)
        if image.isNull():  # damaged: as if it were not there
            self._drop(name)
        else:
            self._small[content] = image
        self._changed()


def _look(images: KeyImages) -> dict[str, str]:
    images.sweep()
    return images.found()


def _in_little(path: Path) -> QImage:
    return _scaled(QImage(str(path)))


def _scaled(image: QImage) -> QImage:
    """Return the inner part of an image in the size in which pages show it."""
    edge = round(EDGE * image.width())
    inner = image.rect().adjusted(edge, edge, -edge, -edge)
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.copy(inner).scaledToWidth(SMALL_PX, smooth)


def encoded(image: QImage) -> bytes:
    """Return an image as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())


def _nothing(_: object) -> None:
    """Need no answer."""
