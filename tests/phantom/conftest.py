from __future__ import annotations

import pytest

from recist_tool.phantom import (
    SAMPLE_PATIENTS,
    SMALL_PATIENT,
    Truth,
    truth,
)


@pytest.fixture(scope="session")
def small_truth() -> Truth:
    return truth(SMALL_PATIENT)


@pytest.fixture(scope="session")
def small_folder(phantoms):
    return phantoms.folder_of(SMALL_PATIENT)


@pytest.fixture(scope="session")
def oblique_folder(phantoms):
    return phantoms.folder_of(SAMPLE_PATIENTS[1])
