"""Which organ the words of a reader mean, in seven languages."""

# ruff: noqa: RUF001 - wide letters are what is tested

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.model import organ_words
from recist_tool.model.organs import folded, place_of, side_of
from recist_tool.terms import LIVER, LYMPH_NODE, ORGANS

IN_THE_LIVER = """
liver|Liver|LIVER|livers|hepatic|Hepar|liver segment 5|liver segment 6|
right lobe of liver|left hepatic lobe|Seg. VI, liver|liver Seg. VI|liver, seg VII|
hepatic segment IVa|liver S8|S8 liver|liver S5/8|liver S5-S8|liver segments 5 and 6|
segment 4b of the liver|segment IVb liver|caudate lobe|caudate lobe of liver|
quadrate lobe|Couinaud segment VI|intrahepatic|intra-hepatic|liver metastasis|
liver metastases|liver mets|hepatic metastasis|metastasis to liver|
metastatic to the liver|liver lesion|hepatic lesion #2|liver dome|dome of the liver|
liver (left lobe)|liver (segment 7)|liver - segment 6|liver_S6|Liver/segment 6|
right liver|left liver|liver, right|liver, segment 8, adjacent to gallbladder|
liver lesion near portal vein|liver metastasis from colon cancer|rt lobe of liver|
liver RT lobe|hepatic parenchyma|subcapsular liver|liver parenchyma|
left lateral section of liver|right posterior sector liver|liver 20mm|liver 2.5cm|
hemiliver right|CRLM|HCC liver|hepatic dome|Riedel's lobe|right hemiliver, liver|
liver seg4b|seg6 liver|Leber|Leberlappen|rechter Leberlappen|linker Leberlappen|
Lebersegment VI|Lebermetastase|Lebermetastasen|Leber Segment 5|Leber, S6|
Leberrundherd|Leberläsion|Leberlaesion|Lebertumor|Leberparenchym|Leberkuppel|
hepatisch|Leberherde|intrahepatisch|foie|lobe droit du foie|lobe gauche du foie|
foie segment VI|segment VIII du foie|hépatique|métastase hépatique|lésion hépatique|
lobe caudé|dôme hépatique|nodule hépatique|hígado|lóbulo derecho del hígado|
lóbulo hepático derecho|hepático|metástasis hepática|segmento VI hepático|
lesiones hepáticas|lóbulo caudado|fegato|lobo destro del fegato|epatico|
metastasi epatica|segmento epatico VI|lobo epatico sinistro|lesione epatica|
lobo caudato|肝|肝脏|肝臟|肝臓|肝右叶|肝左叶|肝右葉|肝左葉|肝S8|肝Ｓ８|肝 S5|肝转移|
肝转移瘤|肝転移|肝内|肝右后叶|肝左外叶|肝S4a|肝尾状叶|尾状葉|肝外侧段|肝外側区域|
肝後区域|肝段VI|肝（右叶）|肝多发转移|ＬＩＶＥＲ|肝 右葉 S7|肝顶部|肝被膜下|
liver; dome|liver : S2|hepatic seg. II/III|liver IVa|liver 4a|Liver segment VIII.|
(liver)|left lobe, liver|liver?|hepatic lobe|LIVER RIGHT LOBE|
liver left lateral segment|lobus hepatis|liver colorectal metastasis near stomach|
metastase du foie
"""
NOT_THE_LIVER = """
extrahepatic|extra-hepatic|extra hepatic|hepatic flexure|hepatic flexure of colon|
perihepatic node|liver hilum lymph node|肝門部リンパ節|肝门淋巴结|肝門部ﾘﾝﾊﾟ節|
porta hepatis|porta hepatis node|hepatic artery|hepatic vein|hepatorenal recess|
hepatogastric ligament node|hepatogastric ligament|subhepatic peritoneum|subhepatic|
suprahepatic|liver capsule|hepatic capsule|liver surface|liver (capsular implant)|
liver, capsule|perihepatic|peri-hepatic|para-hepatic|infrahepatic IVC|retrohepatic|
gallbladder|falciform ligament|hepatoduodenal ligament|peritoneal implant on liver|
hepatic hilum|liver hilum|hilum of the liver|common hepatic duct|hepatic duct|S6|
segment 7|right lobe|left lobe|Seg. VI|segment IVa|IVa|S8|VII|8|右叶|右葉|
Lappen rechts|lobe droit|segmento 6|caudate|hepatitis|hepatomegaly|hepatocyte|
liverpool|sliver|delivery|deliver|olive|lever|liver and lung|liver/lung|
lung near liver|mass adjacent to liver|below liver|outside the liver|not liver|
non-hepatic|anterior to liver|liver transplant|between liver and stomach|Leberhilus|
Leberpforte|Leberkapsel|Leberarterie|Leberflexur|Leberhiluslymphknoten|
Hiluslymphknoten|Leberbett|extrahepatisch|foie gras|sous-hépatique|péri-hépatique|
extra-hépatique|veine sus-hépatique|angle hépatique|artère hépatique|hile hépatique|
ganglion hépatique|ganglion du hile hépatique|ángulo hepático|arteria hepática|
extrahepático|perihepático|flessura epatica|arteria epatica|ilo epatico|
linfonodo ilo epatico|extraepatico|肝外|肝外转移|肝门|肝门部|肝動脈|肝动脉|肝静脉|
肝曲|结肠肝曲|肝門部|肝彎曲部|肝包膜|肝被膜|肝下|肝周|肝胃韧带|肝胆管|肝内胆管|
肝外胆管|肝肾隐窝|肝附近|邻近肝|心肝|肝十二指腸間膜|肝硬変|liver hilum LN|
intrahepatic bile duct|hepatic LN|hepatic lymph nodes|hepatic artery node|
lymph node near liver|liver, hilar lymph node|liver bed|gallbladder fossa|
hepatic pedicle|hepatobiliary|liver fluke|transhepatic|liver implant|no liver|
Morison's pouch|round ligament of liver|liver cyst wall fluid|extrahepatic liver|
肝転移外|liver stomach
"""
NODES = """
mediastinal LN|lymph node station 7|station 4R|perihepatic node|liver hilum lymph node|
hepatic lymph nodes|hepatic artery node|liver, hilar lymph node|porta hepatis node|
retroperitoneal lymphadenopathy|Lymphknoten mediastinal|Achsellymphknoten|
Leberhiluslymphknoten|LK paraaortal|adénopathie médiastinale|ganglion du hile hépatique|
adenopatías|ganglios retroperitoneales|linfonodo ilo epatico|linfonodi|纵隔淋巴结|
肝门淋巴结|縱隔淋巴結|肝門部リンパ節|肝門部ﾘﾝﾊﾟ節|リンパ節転移|left axillary nodes
"""
LEFT_OPEN = """
S6|segment 7|right lobe|left lobe|Seg. VI|segment IVa|IVa|S8|右叶|右葉|Lappen rechts|
lobe droit|segmento 6|lóbulo derecho|lobo destro|caudate|porta hepatis|liver hilum|
Leberpforte|hile hépatique|肝門部|intrahepatic bile duct
"""
OTHER_ORGANS = {
    "lung (left)": "lung",
    "right upper lobe": "lung",
    "lung S6": "lung",
    "RLL segment 6": "lung",
    "右肺上叶": "lung",
    "Lungenmetastase": "lung",
    "hepatic flexure": "colon",
    "肝弯曲": "colon",
    "liver capsule": "peritoneum",
    "hepatorenal recess": "peritoneum",
    "T12 vertebra": "bone",
    "Nebenniere links": "adrenal",
    "basal ganglia": "brain",
    "head of pancreas": "pancreas",
    "extrahepatic": "other",
}


def each(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", "").split("|")]


@pytest.mark.parametrize("words", each(IN_THE_LIVER))
def test_these_are_in_the_liver(words: str) -> None:
    assert place_of(words) == (LIVER, True, "")


@pytest.mark.parametrize("words", each(NOT_THE_LIVER))
def test_these_are_not_in_the_liver(words: str) -> None:
    assert place_of(words).organ != LIVER


@pytest.mark.parametrize("words", each(NODES))
def test_these_are_lymph_nodes(words: str) -> None:
    assert place_of(words) == (LYMPH_NODE, True, "")


@pytest.mark.parametrize("words", each(LEFT_OPEN))
def test_these_are_left_open(words: str) -> None:
    place = place_of(words)
    assert not place.known
    assert " or " in place.either


@pytest.mark.parametrize(("words", "organ"), OTHER_ORGANS.items())
def test_these_are_other_organs(words: str, organ: str) -> None:
    assert place_of(words) == (organ, True, "")


@pytest.mark.parametrize("organ", sorted({*ORGANS, *organ_words.NAMES}))
def test_each_organ_is_known_by_its_own_name(organ: str) -> None:
    assert place_of(organ) == (organ, True, "")


def test_each_term_stands_once_and_as_it_is_compared() -> None:
    owner: dict[str, str] = {}
    tables = {**organ_words.NAMES, **organ_words.UNSETTLED}
    tables |= {"part": organ_words.PARTS, "beside": organ_words.BESIDE}
    tables |= {"qualifier": organ_words.QUALIFIERS}
    for organ, text in tables.items():
        for term in (" ".join(one.split()) for one in text.split(",")):
            assert term
            assert folded(term) == term
            assert owner.setdefault(term, organ) == organ, term


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("right lobe of liver", "right"),
        ("Leber links", "left"),
        ("lobe gauche du foie", "left"),
        ("肝右叶", "right"),
        ("両側肺", "bilateral"),
        ("liver", ""),
        ("left and right lobe", ""),
    ],
)
def test_a_side_is_known_by_its_word(words: str, side: str) -> None:
    assert side_of(words) == side


def test_the_words_of_the_trial_go_before_the_table() -> None:
    words = (("Seg 6", "liver"), ("porta hepatis", "Leber"), ("lung", "other"))
    assert place_of("SEG. 6", words).organ == LIVER
    assert place_of("porta hepatis", words).organ == LIVER
    assert place_of("lung", words).organ == "other"
    assert place_of("Seg 7", words).known is False


PIECES = st.sampled_from(
    [
        *each(
            "liver|hepatic|Leber|foie|肝|右|叶|S8|lobe|left|near|node|LN|lung|肺|外|門部"
        ),
        *each("capsule|flexure|(|)|,|;|/|extra|peri|hilum|肝外|artery|リンパ節|other"),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=6))
def test_an_organ_that_was_found_is_found_again_by_its_name(pieces: list[str]) -> None:
    place = place_of(" ".join(pieces))
    again = place_of(place.organ)
    assert again.organ == place.organ
    assert again.known == place.known


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(place_of(text).organ, str)


NEGATIVE = st.sampled_from(
    ["外", "extra", "non", "peri", "outside", "capsule", "artery", "flexure", "hilum"]
)


@given(st.lists(PIECES, max_size=4), NEGATIVE, st.lists(PIECES, max_size=4))
def test_with_a_word_that_denies_it_nothing_without_comma_is_liver(
    before: list[str], denied: str, after: list[str]
) -> None:
    free = [one for one in (*before, denied, *after) if one not in "(),;/"]
    if "near" not in free:
        assert place_of(" ".join(free)).organ != LIVER
