"""Every field of a trial's settings and of a protocol, and every number of findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, ValidationError

from recist_tool.cli.main import main
from recist_tool.errors import RecistToolError
from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol
from recist_tool.model.trial_settings import Composite, TrialSettings
from recist_tool.store.protocol_file import read_protocol
from tests.chance.findings import random_findings
from tests.examples import by_day
from tests.hostile.schema_walk import Walk, changed, is_number, is_text
from tests.hostile.test_every_field import TEXTS, require_plain, tags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.schema_walk import Place

COHORT = Path(__file__).parents[2] / "docs" / "examples" / "review-18.jsonl"
NUMBERS = (0, 1, -1, 0.1, -0.0, 1e-300, 1e308, -1e308, 10**25, 10**400)
NO_VALUES: tuple[object, ...] = (None, [], {})
ODD: tuple[object, ...] = (*TEXTS, *NUMBERS, *NO_VALUES)
SEEDS = 120


def settings() -> dict[str, Any]:
    """Return settings in which every list holds something."""
    words = TrialSettings.model_json_schema()["$defs"]
    assert "Landmark" in words
    parts = Composite(name="imaging and CgA", parts=("RECIST 1.1", "biochemical"))
    made = TrialSettings(composites=(parts,), horizon_months=24).model_dump(mode="json")
    return made | {"organ_words": {"Segment VIII": "liver"}}


def protocol() -> dict[str, Any]:
    """Return a protocol in which every list holds something."""
    made = Protocol().model_dump(mode="json")
    made["settings"]["hepatic_node_sites"] = ["hepatic hilum"]
    made["settings"]["organ_words"] = {"Segment VIII": "liver"}
    return made


def accepted(
    record: type[BaseModel],
    sound: dict[str, Any],
    wanted: Callable[[Any], bool],
    values: tuple[object, ...],
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Give the examples with one value in one place that the record takes."""
    walk = Walk(record.model_json_schema(), wanted)
    for place in walk.places(sound):
        for value in values:
            made = changed(sound, place, value)
            try:
                record.model_validate_json(json.dumps(made))
            except ValidationError:
                continue
            yield place, made


def written(path: Path, made: object) -> str:
    path.write_text(json.dumps(made))
    return str(path)


def test_the_examples_hold_something_in_every_list() -> None:
    for record, sound in ((TrialSettings, settings()), (Protocol, protocol())):
        record.model_validate_json(json.dumps(sound))
        for wanted in (is_text, is_number):
            walk = Walk(record.model_json_schema(), wanted)
            missed = walk.fields() - {one.field for one in walk.places(sound)}
            assert missed == set()


@pytest.mark.parametrize("text", TEXTS[:: by_day(2, at_night=1)])
def test_every_text_of_a_trials_settings_comes_out_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    sound, taken = settings(), 0
    while True:
        values = (f"{text}{taken}",)
        made = [one for _, one in accepted(TrialSettings, sound, is_text, values)]
        if taken >= len(made):
            break
        sound, taken = made[taken], taken + 1
    assert taken > 0 or not text.isprintable(), "no setting takes text any more"
    chosen = written(tmp_path / "settings.json", sound)
    report = tmp_path / "report"
    main(["trial", str(COHORT), "--settings", chosen, "--report", str(report)])
    main(["trial", str(COHORT), "--settings", chosen, "--json"])
    told = capsys.readouterr()
    require_plain(told.err)
    for page in report.glob("*.html"):
        assert not {"script", "bold"} & tags_of(page)


def test_every_number_of_a_trials_settings_has_an_answer_or_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = list(accepted(TrialSettings, settings(), is_number, NUMBERS))
    assert len({place.field for place, _ in tried}) > 5
    for place, made in tried:
        chosen = written(tmp_path / "settings.json", made)
        status = main(["trial", str(COHORT), "--settings", chosen])
        told = capsys.readouterr()
        require_plain(told.out + told.err)
        assert status in (0, 1), place
    made = settings() | {"rates_at_months": [10**400]}
    chosen = written(tmp_path / "settings.json", made)
    assert main(["trial", str(COHORT), "--settings", chosen]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "rates_at_months" in line


def test_every_field_of_a_protocol_is_taken_or_refused_in_plain_lines(
    tmp_path: Path,
) -> None:
    def of_any_kind(form: Any) -> bool:
        return "properties" not in form and form.get("type") != "array"

    walk, sound = Walk(Protocol.model_json_schema(), of_any_kind), protocol()
    taken: set[str] = set()
    for place in walk.places(sound):
        for value in ODD:
            path = tmp_path / "protocol.json"
            written(path, changed(sound, place, value))
            if said := refusal_of(path):
                require_plain(said)
                assert len(said) < 3000
            else:
                taken.add(place.field)
    assert len(taken) > 20


def refusal_of(path: Path) -> str:
    """Return why a file is no protocol; nothing where it is one."""
    try:
        read_protocol(path)
    except RecistToolError as error:
        return str(error)
    return ""


def test_every_number_of_findings_has_an_answer_or_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walk, seen = Walk(Findings.model_json_schema(), is_number), set[str]()
    many = tmp_path / "many.jsonl"
    with many.open("w") as lines:
        for seed in range(SEEDS):
            sound = random_findings(seed)
            if sound is None:
                continue
            example = json.loads(sound.model_dump_json(exclude_none=True))
            for place in walk.places(example):
                if place.field in seen:
                    continue
                seen.add(place.field)
                for number, value in enumerate(NUMBERS):
                    made = changed(example, place, value)
                    made["id"] = f"P{len(seen)}-{number}"
                    lines.write(json.dumps(made) + "\n")
    assert len(seen) > 20
    answered = 0
    for line in many.read_text().splitlines()[:: by_day(20, at_night=1)]:
        one = tmp_path / "one.json"
        one.write_text(line)
        answered += main(["assess", str(one)]) == 0
        told = capsys.readouterr()
        require_plain(told.out + told.err)
        assert "fault of the program" not in told.err
    assert answered > 0
    drawn = [[], ["--report", str(tmp_path / "report")]][by_day(0, at_night=1)]
    main(["trial", str(many), "--keep-going", *drawn])
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    assert "fault of the program" not in told.err
