from __future__ import annotations

import pytest

from recist_tool.phantom import (
    SAMPLE_PATIENTS,
    SMALL_PATIENT,
    Truth,
    truth,
    write_patient,
)


@pytest.fixture(scope="session")
def small_truth() -> Truth:
    return truth(SMALL_PATIENT)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("small")
    write_patient(SMALL_PATIENT, folder)
    return folder


@pytest.fixture(scope="session")
def oblique_folder(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("oblique")
    write_patient(SAMPLE_PATIENTS[1], folder)
    return folder
