"""What holds for every test."""

from __future__ import annotations

import gc
import os
import tempfile

import pytest
from hypothesis import settings

from tests.examples import PROFILE, draw_the_same_ones
from tests.phantoms import Phantoms

# `make test` tries the same examples each time, so that what passed once passes on the
# next machine too; `make nightly` looks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile(PROFILE)
if PROFILE == "fixed":
    draw_the_same_ones()


def pytest_collection_modifyitems(config, items):
    """Leave the long siblings of quicker tests to the nightly."""
    if PROFILE != "fixed":
        return
    left = {one: None for one in items if one.get_closest_marker("nightly")}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [one for one in items if one not in left]


def pytest_collection_finish():
    """Do not look through all tests for garbage again and again: they stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True, scope="module")
def _collected_between_files():
    """Collect where Python no longer does: once a window of the process does it."""
    yield
    if not gc.isenabled():
        gc.collect()


@pytest.fixture(autouse=True, scope="session")
def a_cache_of_its_own(tmp_path_factory):
    """Keep what tests scan out of the user's cache, and the user's out of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECIST_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def temporary_files_of_its_own(tmp_path_factory):
    """Keep what tests, and programs that they start, leave behind where it is cleared.

    pytest clears it after a run without failures.
    """
    place = str(tmp_path_factory.mktemp("tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", place)
        patch.setattr(tempfile, "tempdir", place)
        yield


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory):
    """Return the synthetic patients of the run, shared by its processes."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / "phantoms"
    kept.mkdir(exist_ok=True)
    return Phantoms(kept)
