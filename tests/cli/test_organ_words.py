"""Words for places on the command line: told once a file, settled by the trial."""

from __future__ import annotations

import csv
import json

import pytest

from recist_tool.cli import main


def patient(name, *organs, **changes):
    sizes = {f"T{number}": {"mm": 40} for number in range(len(organs))}
    lesions = [
        {"id": lesion, "role": "target", "organ": organ}
        for lesion, organ in zip(sizes, organs, strict=True)
    ]
    halves = {lesion: {"mm": 20} for lesion in sizes}
    return changes | {
        "id": name,
        "reference_date": "2024-01-01",
        "lesions": lesions,
        "timepoints": [
            {"id": "BL", "date": "2023-12-20", "target": sizes},
            {"id": "TP1", "date": "2024-02-26", "target": halves},
            {"id": "TP2", "date": "2024-04-22", "target": halves},
        ],
    }


@pytest.fixture
def cohort(tmp_path):
    path = tmp_path / "cohort.jsonl"
    every = [
        patient("P-1", "S6", "right lobe"),
        patient("P-2", "s6", "liver segment 5"),
        patient("P-3", "S6", "foie"),
        patient("P-4", "livr"),
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in every), "utf-8")
    return str(path)


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "trial.json"
    path.write_text('{"organ_words": {"S6": "liver", "LIVR": "liver"}}')
    return str(path)


def said(capsys, *arguments):
    assert main(list(arguments)) == 0
    return capsys.readouterr()


@pytest.mark.parametrize("command", ["assess", "trial"])
def test_unknown_places_are_told_once_for_the_file(capsys, cohort, command):
    told = said(capsys, command, cohort, "--json").err.splitlines()
    assert told == [
        'recist: cohort.jsonl: places of no known organ, by patients: "S6" (may be '
        'liver or lung) in 2, "right lobe" (may be liver or lung) in 1, "s6" (may be '
        'liver or lung) in 1, "livr" in 1; each counted as an organ of its own, '
        "outside the liver. Name their organs in organ_words of the settings"
    ]


def test_of_one_patient_the_answer_itself_tells(capsys, tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(patient("P-1", "S6")))
    told = said(capsys, "assess", str(path))
    assert told.err == ""
    assert '"S6" may be liver or lung' in told.out


def test_the_liver_has_whom_the_words_put_there(capsys, cohort, words):
    before = json.loads(said(capsys, "trial", cohort, "--json").out)
    assert before["endpoints"]["liver_orr"]["n"] == 2
    done = said(capsys, "trial", cohort, "--json", "--settings", words)
    assert json.loads(done.out)["endpoints"]["liver_orr"]["n"] == 4
    assert '"right lobe"' in done.err
    assert '"S6"' not in done.err


def test_assess_takes_the_words_of_the_trial_and_says_them(capsys, cohort, words):
    lines = said(capsys, "assess", cohort, "--json", "--settings", words).out
    found = [json.loads(line) for line in lines.splitlines()]
    assert all(one["liver"] for one in found)
    assert found[0]["settings"]["organ_words"] == {"S6": "liver", "LIVR": "liver"}


def test_the_patients_own_words_go_before_the_trials(capsys, tmp_path, words):
    path = tmp_path / "own.json"
    own = patient("P-1", "S6", settings={"organ_words": {"s6": "lung"}})
    path.write_text(json.dumps(own))
    done = said(capsys, "assess", str(path), "--json", "--settings", words)
    assert json.loads(done.out)["liver"] is None


def test_a_word_with_an_unknown_organ_is_refused_in_one_line(capsys, tmp_path, cohort):
    path = tmp_path / "bad.json"
    path.write_text('{"organ_words": {"S6": "livr"}}')
    assert main(["trial", cohort, "--settings", str(path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith("recist: bad.json, organ_words: ")


def test_the_tables_of_cdisc_know_the_segments_and_tell_the_rest(
    capsys, tmp_path, cohort
):
    out = tmp_path / "out"
    told = said(capsys, "export", cohort, str(out), "--to", "csv", "--study", "X")
    assert 'places of no known organ, by patients: "S6"' in told.err
    with (out / "tu.csv").open(encoding="utf-8") as file:
        places = [row["TULOC"] for row in csv.DictReader(file)]
    assert places[:2] == ["S6", "RIGHT LOBE"]
    assert places.count("LIVER") == 2
