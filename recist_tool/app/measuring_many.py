"""Many files of masks, measured at the same time on Dask."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import threading
import time
import uuid
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

from recist_tool.app.measuring import MeasureOptions, measure_masks
from recist_tool.dicom.masks.read import read_masks
from recist_tool.errors import RecistToolError, SetupError, SourceError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from recist_tool.app.mask_folder import ImageIndex, MaskJob
    from recist_tool.errors import Fault


Line: TypeAlias = dict[str, Any]
"""What `recist measure` writes of one file."""

LOCAL: Final = "local"
PROCESSES: Final = "processes"
REMOTE: Final = ("tcp://", "tls://")
WAIT_S: Final = 15
CHECK_S: Final = 2.0
ALONE_S: Final = 30.0
"""How long a cluster without workers is waited for: one may be on its way."""
RESUME: Final = (
    "What was measured is kept with --out: do the same again, and it goes on from there"
)
AHEAD: Final = 2
"""Files that wait for each thread: no more are known to the scheduler at a time."""


class Batch(NamedTuple):
    """Files of masks that are measured alike.

    Attributes
    ----------
    folder
        In which they lie; workers on other machines have to find it there as well.
    images
        Where those are that the masks were drawn on; None to measure without.
    """

    folder: Path
    images: ImageIndex | None
    options: MeasureOptions


def measure_many(
    batch: Batch, jobs: Sequence[MaskJob], scheduler: str = LOCAL
) -> Generator[Line]:
    """Return what each file measures, as soon as it is known: one JSON object a file.

    What is wrong with a file, or makes a worker end, is a fault of its line alone.

    Parameters
    ----------
    scheduler
        ``local``: threads of this process; ``processes``: processes of this machine;
        ``tcp://host:port``: the scheduler of a Dask cluster.

    Raises
    ------
    SourceError
        If the scheduler cannot be reached, or has no workers, or they go away.
    SetupError
        If there is no such kind of scheduler.
    """
    if not jobs:
        return
    with _client(scheduler) as client, _told_if_lost():
        yield from _answers(client, batch, jobs)


@contextlib.contextmanager
def _told_if_lost() -> Generator[None]:
    """Say in a line that the scheduler went away, with which all calls to it end."""
    from concurrent.futures import CancelledError

    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CommClosedError, OSError, TimeoutError, CancelledError):
        raise _lost("its scheduler is gone") from None


def measure_job(batch: Batch, job: MaskJob) -> Line:
    """Return the line of one file; it runs in a worker."""
    try:
        file = read_masks(batch.folder / job.file, batch.options.fraction)
        series = batch.images.series_of(file, job.file) if batch.images else ()
        found = measure_masks(file, series, batch.options)
    except RecistToolError as error:
        return _nothing(batch, job, *_told(error.faults, job))
    except MemoryError:
        return _nothing(batch, job, f"{job.file}: it does not fit into memory")
    on = found.series.series_instance_uid if found.series else None
    return {
        **job._asdict(),
        "series_instance_uid": on,
        **found.as_json(),
        "faults": _told(found.faults, job),
        "remarks": _told(found.remarks, job),
    }


def _told(faults: Iterable[Fault], job: MaskJob) -> list[str]:
    """Return lines that name a file by its path: many have one name."""
    name = job.file.rpartition("/")[2]
    return [
        str(fault._replace(where=job.file + fault.where.removeprefix(name)))
        if fault.where.startswith(name)
        else f"{job.file}: {fault}"
        for fault in faults
    ]


def _nothing(batch: Batch, job: MaskJob, *faults: str) -> Line:
    """Return the line of a file of which nothing was measured."""
    return {
        **job._asdict(),
        "series_instance_uid": None,
        "lesions": [],
        "boundary": str(batch.options.boundary),
        "units": None,
        "faults": list(faults),
        "remarks": [],
    }


def _answers(client: Any, batch: Batch, jobs: Sequence[MaskJob]) -> Generator[Line]:
    """Return answers as they come.

    A worker that ends takes with it what else waits for it: what it had is measured
    once more at the end, each file alone, so that none is blamed for another.
    """
    suspects: list[MaskJob] = []
    with _on_workers(client, batch) as name:
        for job, future in _begun(client, name, jobs):
            if future.status == "finished":
                yield future.result()
            else:
                suspects.append(job)
        for suspect in suspects:
            for job, future in _begun(client, name, [suspect]):
                yield _answer(future, batch, job)


def _begun(
    client: Any, name: str, jobs: Sequence[MaskJob]
) -> Generator[tuple[MaskJob, Any]]:
    """Keep a few files before each thread; return futures as they are done."""
    waiting = iter(jobs)
    job_of: dict[str, MaskJob] = {}
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def begin(count: int) -> None:
        for job in islice(waiting, count):
            future = client.submit(_in_worker, name, job, pure=False)
            job_of[future.key] = job
            future.add_done_callback(answers.put)

    threads = sum(client.nthreads().values())
    begin(AHEAD * max(1, threads))
    while job_of:
        future = _next(answers, client)
        yield job_of.pop(future.key), future
        future.release()
        begin(1)


def _next(answers: queue.SimpleQueue[Any], client: Any) -> Any:
    """Return the next future that is done, while somebody is there to do it.

    Raises
    ------
    SourceError
        If scheduler or workers are gone.
    """
    alone_since: float | None = None
    while True:
        with contextlib.suppress(queue.Empty):
            future = answers.get(timeout=CHECK_S)
            if future.status in ("cancelled", "lost"):
                raise _lost("its scheduler is gone")
            return future
        if client.nthreads():
            alone_since = None
            continue
        now = time.monotonic()
        alone_since = alone_since or now
        if now - alone_since > ALONE_S:
            raise _lost("all its workers are gone")


def _lost(what: str) -> SourceError:
    return SourceError.at("Dask", what, RESUME)


def _answer(future: Any, batch: Batch, job: MaskJob) -> Line:
    if future.status == "finished":
        return future.result()
    error = future.exception() if future.status == "error" else None
    why = f" ({type(error).__name__})" if error is not None else ""
    return _nothing(batch, job, f"{job.file}: its worker failed{why}")


@contextlib.contextmanager
def _on_workers(client: Any, batch: Batch) -> Generator[str]:
    """Give every worker the batch, also those that start later; yield its name."""
    from distributed import WorkerPlugin

    class Holder(WorkerPlugin):
        """Carries the batch to a worker."""

        def __init__(self) -> None:
            self.batch = batch

    name = f"recist-{uuid.uuid4().hex}"
    client.register_plugin(Holder(), name=name)
    try:
        yield name
    finally:
        with contextlib.suppress(Exception):  # it went with the scheduler
            client.unregister_worker_plugin(name)


def _in_worker(name: str, job: MaskJob) -> Line:
    from distributed import get_worker

    holder: Any = get_worker().plugins[name]
    return measure_job(holder.batch, job)


@contextlib.contextmanager
def _client(scheduler: str) -> Generator[Any]:
    """Give a client of the scheduler, and end what was started for it."""
    # what goes wrong is told once, as faults; the import sets the levels anew
    import distributed

    for name in (distributed.__name__, "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler.startswith(REMOTE):
        with _connected(scheduler) as client:
            yield client
        return
    if scheduler not in (LOCAL, PROCESSES):
        raise SetupError.at(
            f"scheduler '{scheduler}'",
            "there is none",
            "Say local, processes or tcp://…",
        )
    with _cluster(processes=scheduler == PROCESSES) as client:
        yield client


@contextlib.contextmanager
def _cluster(*, processes: bool) -> Generator[Any]:
    """Start workers on this machine: as many threads as it has cores.

    Processes speak by TLS with a key of this run alone: whoever reaches the port of a
    scheduler without one has code run by it. Threads open no port.
    """
    from dask.config import set as configured
    from distributed import Client, LocalCluster
    from distributed.security import Security

    count, secured = os.cpu_count() or 1, cast("Any", Security)
    size: dict[str, Any] = {
        "processes": processes,
        "n_workers": count if processes else 1,
        "threads_per_worker": 1 if processes else count,
        "dashboard_address": None,
        "silence_logs": logging.CRITICAL,
        "security": secured.temporary() if processes else None,
    }
    # workers inherit that SIGINT is ignored: Ctrl-C is for this process to handle
    with configured({"distributed.scheduler.allowed-failures": 0}), _sigint_ignored():
        started: Any = LocalCluster(**size)
    with started as cluster, Client(cluster) as client:
        yield client


@contextlib.contextmanager
def _sigint_ignored() -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _connected(address: str) -> Generator[Any]:
    from distributed import Client

    try:
        connected: Any = Client(address, timeout=WAIT_S)
    except (OSError, TimeoutError, ValueError):
        raise SourceError.at(
            address, "no Dask scheduler answers", "Check its address, and that it runs"
        ) from None
    with connected as client:
        try:
            client.wait_for_workers(1, timeout=WAIT_S)
        except TimeoutError:
            raise SourceError.at(
                address, "the scheduler has no workers", "Start dask workers for it"
            ) from None
        yield client
