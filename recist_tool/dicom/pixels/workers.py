"""Decoding in processes of their own.

Some decoders end their process on damaged bytes; and several processes are faster than
one, where several threads are not.
"""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import numpy as np

from recist_tool.dicom.pixels.decode import (
    ANSWER,
    DONE,
    TAME,
    Frame,
    decode,
    request,
    require_decodable,
)
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from io import FileIO
    from typing import IO

    from numpy.typing import NDArray

    from recist_tool.dicom.header.slice_header import SliceHeader

FEW: Final = 24  # slices that are decoded here sooner than a worker is up
MOST_WORKERS: Final = 4
LONGEST_S: Final = 60.0
PIPE_BYTES: Final = 1 << 20
STAY_S: Final = 60.0
"""How long workers wait for another series."""

Decode: TypeAlias = "Callable[[Frame], NDArray[np.integer[Any]]]"


class Lanes(NamedTuple):
    """How frames are decoded: so many at a time, by `decode`.

    The first one by `first`, which need not wait until a worker is up.
    """

    width: int
    decode: Decode
    first: Decode


def decode_here(frame: Frame) -> NDArray[np.integer[Any]]:
    """Decode in this process, with a library that survives damaged bytes.

    Returns
    -------
    Stored integers, shape (rows, columns).

    Raises
    ------
    DicomError
        If the bytes are damaged.
    """
    require_decodable(frame)
    return decode(frame, TAME[frame.transfer_syntax])


class Worker:
    """A process that decodes; a new one is started where it crashed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process unless it runs; does not wait until it is up."""
        if self._process is None:
            self._process = _started()
        return self._process

    def decode(self, frame: Frame) -> NDArray[np.integer[Any]]:
        """Decode in the worker.

        Returns
        -------
        Stored integers, shape (rows, columns).

        Raises
        ------
        DicomError
            If the bytes are damaged, crash the decoder, or keep it busy for too long.
        """
        require_decodable(frame)
        process = self.start()
        alarm = Timer(LONGEST_S, process.kill)
        alarm.start()
        try:
            verdict, answer = _exchange(process, request(frame))
        finally:
            alarm.cancel()
        if not verdict:
            self.close()
            raise DicomError("its compressed pixels crash the decoder, or keep it busy")
        if verdict != DONE:
            raise DicomError(answer.decode())
        pixels = np.frombuffer(answer, frame.dtype)
        return pixels.reshape(frame.rows, frame.columns)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _started() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "recist_tool.dicom.pixels.decode"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if sys.platform == "linux":
        _widen(process)
    return process


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let a pipe hold a whole slice: 64 kB at a time cost more turns than bytes."""
    import fcntl

    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # a limit of the system's
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _exchange(
    process: subprocess.Popen[bytes], message: bytes
) -> tuple[bytes, bytearray]:
    """Return verdict and answer; both empty if the process ended instead."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the worker was started without pipes")
    try:
        _send(process.stdin, message)
        verdict, size = ANSWER.unpack(_received(process.stdout, ANSWER.size))
        return verdict, _received(process.stdout, size)
    except (OSError, EOFError):
        return b"", bytearray()


def _send(pipe: IO[bytes], message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[pipe.write(view) :]


def _received(pipe: IO[bytes], size: int) -> bytearray:
    """Read so many bytes, straight to where they stay."""
    answer = bytearray(size)
    view = memoryview(answer)
    while view:
        got = cast("FileIO", pipe).readinto(view)
        if not got:
            raise EOFError
        view = view[got:]
    return answer


@contextmanager
def decoding(images: Sequence[SliceHeader]) -> Generator[Lanes]:
    """Give the way to decode slices: here where they are few and tame, else outside."""
    syntaxes = [
        image.header.transfer_syntax
        for image in images
        if image.header.pixel_length is None
    ]
    is_tame = not set(syntaxes) - set(TAME)
    if is_tame and len(syntaxes) <= FEW:
        yield Lanes(1, decode_here, decode_here)
        return
    shared = _STAYING.decode
    _STAYING.take()
    try:
        # one more than workers: it reads a file, or writes values, while they decode
        yield Lanes(_STAYING.width + 1, shared, decode_here if is_tame else shared)
    finally:
        _STAYING.give_back()


class StayingWorkers:
    """Workers that outlive a series: the next one finds them up.

    Several series may be decoded at a time, each frame by the worker that is free. A
    while after the last was, they end, as they do with this process.
    """

    def __init__(self, stay_s: float = STAY_S) -> None:
        # one more than processors: it decodes while another waits for its next frame
        self.width = min(MOST_WORKERS, (os.cpu_count() or 1) + 1)
        self._stay_s = stay_s
        self._workers = [Worker() for _ in range(self.width)]
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._lock = Lock()
        self._users = 0
        self._end: Timer | None = None

    def take(self) -> None:
        """Keep the workers; each starts with the first frame that it is given."""
        with self._lock:
            self._users += 1
            if self._end is not None:
                self._end.cancel()
                self._end = None

    def give_back(self) -> None:
        """Let the workers end after a while, unless somebody takes them before."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._end = Timer(self._stay_s, self._end_idle)
                self._end.daemon = True
                self._end.start()

    def decode(self, frame: Frame) -> NDArray[np.integer[Any]]:
        """Decode in the worker that is free first; several threads may call this.

        Returns
        -------
        Stored integers, shape (rows, columns).

        Raises
        ------
        DicomError
            As `Worker.decode`.
        """
        worker = self._idle.get()
        try:
            return worker.decode(frame)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the workers now."""
        with self._lock:
            self._end_all()

    def _end_idle(self) -> None:
        with self._lock:
            if not self._users:
                self._end_all()

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.close()


_STAYING: Final = StayingWorkers()
atexit.register(_STAYING.close)
