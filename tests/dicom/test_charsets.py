"""Text in any character set is shown as well as can be, and never ends in an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom.data import get_charset_files

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.charsets import decoded
from recist_tool.dicom.header.elements import Elements
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.header.slice_header import patient_of

NAMES = {
    "chrArab": "قباني^لنزار",
    "chrFren": "Buc^Jérôme",
    "chrFrenMulti": "Buc^Jérôme",
    "chrGerm": "Äneas^Rüdiger",
    "chrGreek": "Διονυσιος",
    "chrH31": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "chrH32": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrHbrw": "שרון^דבורה",
    "chrI2": "Hong^Gildong=洪^吉洞=홍^길동",
    "chrJapMulti": "やまだ^たろう",
    "chrJapMultiExplicitIR6": "やまだ^たろう",
    "chrKoreanMulti": "김희중",
    "chrRuss": "Люкceмбypг",  # noqa: RUF001 - as the sample mixes them
    "chrX1": "Wang^XiaoDong=王^小東=",
    "chrX2": "Wang^XiaoDong=王^小东=",
}
"""What the sample files say, as PS3.5 annexes H to K print it."""


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_sample_files_are_read_as_they_are_printed(name):
    (path,) = get_charset_files(f"{name}.dcm")
    assert read_header(Path(path)).elements.text(tags.PATIENT_NAME) == NAMES[name]


@pytest.mark.parametrize(
    "charset",
    ["ISO_IR 192", "ISO_IR192", "ISO-IR 192", "iso_ir 192", "UTF-8", "ISO 2022 IR 192"],
)
def test_misspelled_character_sets_are_understood(charset):
    assert decoded("Übergröße 肝".encode(), charset) == "Übergröße 肝"


@pytest.mark.parametrize("charset", ["", "\\", "NONSENSE", "ISO_IR 6", "0"])
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Übergröße 肝"),
        ("latin-1", "Übergröße"),
        ("iso2022_jp", "やまだ^たろう"),
    ],
)
def test_text_without_a_known_character_set_tells_its_own(charset, encoding, text):
    assert decoded(text.encode(encoding), charset) == text


def test_latin_1_that_is_called_utf_8_is_read():
    assert decoded("Rüdiger".encode("latin-1"), "ISO_IR 192") == "Rüdiger"


def test_gb18030_and_gbk_are_read():
    for charset in ("GB18030", "GBK"):
        assert decoded("王^小东".encode("gb18030"), charset) == "王^小东"


def test_a_backslash_inside_a_character_does_not_end_a_value():
    charset, text = "GB18030", "誠a"
    assert b"\\" in text.encode("gb18030")
    found = {
        tags.SPECIFIC_CHARACTER_SET: charset.encode(),
        tags.IMAGE_TYPE: text.encode("gb18030") + b"\\B",
    }
    assert Elements(found).texts(tags.IMAGE_TYPE) == (text, "B")


def test_one_name_in_two_character_sets_is_one_patient():
    keys = set()
    for charset, encoding in (("ISO_IR 100", "latin-1"), ("ISO_IR 192", "utf-8")):
        found = {
            tags.SPECIFIC_CHARACTER_SET: charset.encode(),
            tags.PATIENT_NAME: "Rüdiger^Äneas".encode(encoding),
        }
        keys.add(patient_of(Elements(found)))
    assert len(keys) == 1


@given(st.binary(max_size=40), st.binary(max_size=30))
@example(b"\x1b$B\x7f\xff", b"\\ISO 2022 IR 87")
@example(b"\x1b$)C\xff", b"ISO 2022 IR 149")
@example(b"\xff", b"undefined")
@example(b"\xff", b"utf\x008")
def test_no_bytes_under_no_name_end_in_an_error(value, charset):
    found = {tags.SPECIFIC_CHARACTER_SET: charset, tags.PATIENT_NAME: value}
    assert isinstance(Elements(found).text(tags.PATIENT_NAME), str)
