"""The page of a trial: everything in one file, nothing from the network."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.trial import page as trial_page
from recist_tool.report.trial.page import write_trial_report
from tests.report.trial_reports import made, registry
from tests.trial.cohorts import measured, on, patient


def ignored(done, total):
    assert done > 0


def written(folder, trial):
    result, patients = trial
    return list(write_trial_report(folder, result, patients, ignored))


def page_of(folder, trial):
    """Return the page of a trial; its figures are not drawn for it."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(trial_page, "_files", lambda folder, picture: ())
        patches.setattr(trial_page, "_embedded", lambda figure: "data:,")
        return written(folder, trial)[-1].read_text("utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return folder, written(folder, registry(24))


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        wanted = {"src", "href", "action", "data", "srcset"}
        self.found += [value for name, value in attrs if name in wanted]


def test_every_figure_is_written_twice_and_can_be_read(report):
    folder, paths = report
    assert {one.name for one in folder.iterdir()} == {one.name for one in paths}
    pngs = [one for one in paths if one.suffix == ".png"]
    assert len(pngs) == len([one for one in paths if one.suffix == ".svg"]) >= 13
    for path in pngs:
        with Image.open(path) as picture:
            assert picture.width >= 1400  # 200 dots an inch on a page of A4
            assert np.asarray(picture.convert("L")).std() > 8, path.name
    for path in paths:
        if path.suffix == ".svg":
            root = ET.parse(path).getroot()  # noqa: S314 - we wrote it
            assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 10


def test_the_page_needs_nothing_from_outside(report):
    links = Links()
    links.feed(report[1][-1].read_text("utf-8"))
    assert links.found
    for link in links.found:
        assert link.startswith(("data:image/png;base64,", "#"))


def test_the_page_holds_every_figure(report):
    html = report[1][-1].read_text("utf-8")
    embedded = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert len(embedded) == len([one for one in report[1] if one.suffix == ".png"])
    assert all(base64.b64decode(one).startswith(b"\x89PNG") for one in embedded)


def test_the_page_prints_every_setting(report):
    html = report[1][-1].read_text("utf-8")
    for name in TrialSettings.model_fields:
        assert f'<td class="quiet">{name}</td>' in html
    for name in ("sd_min_days", "confirm_min_days", "other_criteria.irecist"):
        assert f'<td class="quiet">{name}' in html


def test_the_page_lists_every_patient_with_the_reason(tmp_path):
    html = page_of(
        tmp_path,
        made(
            [
                measured(
                    "S-7",
                    sums=(100, 60, 60, 100),
                    follow_up={"death": on(400)},
                    treatment=[
                        {"date": on(0), "activity_gbq": 2.5, "target": "right lobe"}
                    ],
                    groups={"arm": "A"},
                ),
                patient("S-8"),
            ]
        ),
    )
    for wanted in (
        "<strong>S-7</strong>",
        "2.5 GBq right lobe",
        "arm A",
        "progression on imaging",
        "to 2025-02-04: death",
        "<strong>S-8</strong>",
    ):
        assert wanted in html


def test_settings_that_differ_between_patients_are_all_shown(tmp_path):
    cohort = [
        patient("A", "56 SD"),
        patient("B", "56 SD", settings={"sd_min_days": 35}),
    ]
    html = page_of(tmp_path, made(cohort))
    assert "(1 of 2: patients differ)" in html
    assert '<td class="quiet">sd_min_days</td><td>35</td>' in html


def test_what_stands_in_a_file_cannot_become_markup(tmp_path):
    html = page_of(tmp_path, made([patient("<script>x</script>", "56 SD")]))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_long_list_says_what_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setattr(trial_page, "MOST_LISTED", 2)
    html = page_of(tmp_path, made([patient(f"S{at}", "56 SD") for at in range(5)]))
    assert "3 more patients are not listed here" in html
    assert "<strong>S1</strong>" in html
    assert "<strong>S2</strong>" not in html


@pytest.mark.nightly
def test_the_same_trial_gives_the_same_files(tmp_path, monkeypatch):
    monkeypatch.setattr(trial_page, "_DOTS_PER_INCH", 30)
    monkeypatch.setattr(trial_page, "_DOTS_ON_PAGE", 30)
    trial = made([measured("A", sums=(100, 60, 60))])
    first = [one.read_bytes() for one in written(tmp_path / "a", trial)]
    assert first == [one.read_bytes() for one in written(tmp_path / "b", trial)]
