"""Variables of each table, with the names and labels of SDTMIG 3.4 and ADaMIG."""

from __future__ import annotations

from typing import Final

from recist_tool.cdisc.dataset import DatasetLayout, Kind, Variable

INTEGER, NUMBER = Kind.INTEGER, Kind.NUMBER
ISO_DATE, DATE = Kind.ISO_DATE, Kind.DATE


def _evaluator(prefix: str) -> tuple[Variable, ...]:
    return (
        Variable(f"{prefix}EVAL", "Evaluator", codelist="EVAL"),
        Variable(f"{prefix}EVALID", "Evaluator Identifier", codelist="MEDEVAL"),
        Variable(f"{prefix}ACPTFL", "Accepted Record Flag", codelist="NY"),
    )


def _timing(prefix: str, act: str) -> tuple[Variable, ...]:
    return (
        Variable("VISITNUM", "Visit Number", kind=NUMBER),
        Variable("VISIT", "Visit Name"),
        Variable(f"{prefix}DTC", f"Date/Time of {act}", kind=ISO_DATE),
        Variable(f"{prefix}DY", f"Study Day of {act}", kind=INTEGER),
    )


def _identifiers(domain: str) -> tuple[Variable, ...]:
    return (
        Variable("STUDYID", "Study Identifier", key=1),
        Variable("DOMAIN", "Domain Abbreviation"),
        Variable("USUBJID", "Unique Subject Identifier", key=2),
        Variable(f"{domain}SEQ", "Sequence Number", kind=INTEGER, key=3),
    )


TU: Final = DatasetLayout(
    "TU",
    "Tumor/Lesion Identification",
    (
        *_identifiers("TU"),
        Variable("TUGRPID", "Group ID"),
        Variable("TUSPID", "Sponsor-Defined Identifier"),
        Variable("TULNKID", "Link ID"),
        Variable("TUTESTCD", "Tumor/Lesion ID Short Name", codelist="TUTESTCD"),
        Variable("TUTEST", "Tumor/Lesion ID Test Name"),
        Variable("TUORRES", "Tumor/Lesion ID Result"),
        Variable("TUSTRESC", "Tumor/Lesion ID Result Std. Format", codelist="TUIDRS"),
        Variable("TULOC", "Location of the Tumor/Lesion"),
        Variable("TULAT", "Laterality", codelist="LAT"),
        Variable("TUMETHOD", "Method of Identification", codelist="METHOD"),
        *_evaluator("TU"),
        *_timing("TU", "Tumor/Lesion Identification"),
    ),
    "TUSEQ",
)

TR: Final = DatasetLayout(
    "TR",
    "Tumor/Lesion Results",
    (
        *_identifiers("TR"),
        Variable("TRGRPID", "Group ID"),
        Variable("TRLNKID", "Link ID"),
        Variable("TRLNKGRP", "Link Group ID"),
        Variable("TRTESTCD", "Tumor/Lesion Assessment Short Name", codelist="TRTESTCD"),
        Variable("TRTEST", "Tumor/Lesion Assessment Test Name"),
        Variable("TRORRES", "Result or Finding in Original Units"),
        Variable("TRORRESU", "Original Units", codelist="UNIT"),
        Variable("TRSTRESC", "Character Result/Finding in Std Format"),
        Variable("TRSTRESN", "Numeric Result/Finding in Standard Units", kind=NUMBER),
        Variable("TRSTRESU", "Standard Units", codelist="UNIT"),
        Variable("TRSTAT", "Completion Status", codelist="ND"),
        Variable("TRREASND", "Reason Not Done"),
        Variable(
            "TRMETHOD", "Method Used to Identify the Tumor/Lesion", codelist="METHOD"
        ),
        *_evaluator("TR"),
        *_timing("TR", "Tumor/Lesion Measurement"),
    ),
    "TRSEQ",
)

RS: Final = DatasetLayout(
    "RS",
    "Disease Response and Clin Classification",
    (
        *_identifiers("RS"),
        Variable("RSLNKGRP", "Link Group ID"),
        Variable("RSTESTCD", "Assessment Short Name", codelist="ONCRTSCD"),
        Variable("RSTEST", "Assessment Name"),
        Variable("RSCAT", "Category for Assessment", codelist="ONCRSCAT"),
        Variable("RSSCAT", "Subcategory"),
        Variable("RSORRES", "Result or Finding in Original Units"),
        Variable("RSSTRESC", "Character Result/Finding in Std Format"),
        *_evaluator("RS"),
        *_timing("RS", "Assessment"),
    ),
    "RSSEQ",
)

_PARAMETER: Final = (
    Variable("STUDYID", "Study Identifier", key=1),
    Variable("USUBJID", "Unique Subject Identifier", key=2),
    Variable("ASEQ", "Analysis Sequence Number", kind=INTEGER),
    Variable("PARAMCD", "Parameter Code", key=3),
    Variable("PARAM", "Parameter"),
    Variable("PARCAT1", "Parameter Category 1"),
    Variable("PARCAT2", "Parameter Category 2"),
)
_VISIT: Final = (
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", kind=NUMBER, key=5),
    Variable("ADT", "Analysis Date", kind=DATE),
    Variable("ADY", "Analysis Relative Day", kind=INTEGER),
)
_RESPONSE_EVALUATOR: Final = (
    Variable("RSEVAL", "Evaluator", codelist="EVAL"),
    Variable("RSEVALID", "Evaluator Identifier", codelist="MEDEVAL", key=4),
    Variable("RSACPTFL", "Accepted Record Flag", codelist="NY"),
)

ADRS: Final = DatasetLayout(
    "ADRS",
    "Response Analysis Dataset",
    (
        *_PARAMETER,
        *_RESPONSE_EVALUATOR,
        *_VISIT,
        Variable("AVAL", "Analysis Value", kind=NUMBER),
        Variable("AVALC", "Analysis Value (C)"),
        Variable("RSASREAD", "Response as Read at the Visit"),
        Variable("ANL01FL", "Analysis Flag 01", codelist="NY"),
    ),
    "ASEQ",
)

ADTR: Final = DatasetLayout(
    "ADTR",
    "Tumor Results Analysis Dataset",
    (
        *_PARAMETER,
        Variable("TREVAL", "Evaluator", codelist="EVAL"),
        Variable("TREVALID", "Evaluator Identifier", codelist="MEDEVAL", key=4),
        Variable("TRACPTFL", "Accepted Record Flag", codelist="NY"),
        *_VISIT,
        Variable("AVAL", "Analysis Value", kind=NUMBER),
        Variable("BASE", "Baseline Value", kind=NUMBER),
        Variable("CHG", "Change from Baseline", kind=NUMBER),
        Variable("PCHG", "Percent Change from Baseline", kind=NUMBER),
        Variable("NADIR", "Nadir before the Visit", kind=NUMBER),
        Variable("CHGNAD", "Change from Nadir", kind=NUMBER),
        Variable("PCHGNAD", "Percent Change from Nadir", kind=NUMBER),
        Variable("ABLFL", "Baseline Record Flag", codelist="NY"),
        Variable("ANL01FL", "Analysis Flag 01", codelist="NY"),
    ),
    "ASEQ",
)

ADTTE: Final = DatasetLayout(
    "ADTTE",
    "Time-to-Event Analysis Dataset",
    (
        Variable("STUDYID", "Study Identifier", key=1),
        Variable("USUBJID", "Unique Subject Identifier", key=2),
        Variable("ASEQ", "Analysis Sequence Number", kind=INTEGER),
        Variable("PARAMCD", "Parameter Code", key=3),
        Variable("PARAM", "Parameter"),
        *_RESPONSE_EVALUATOR,
        Variable("AVAL", "Analysis Value", kind=NUMBER),
        Variable("STARTDT", "Time to Event Origin Date for Subject", kind=DATE),
        Variable("ADT", "Analysis Date", kind=DATE),
        Variable("CNSR", "Censor", kind=INTEGER),
        Variable("EVNTDESC", "Event or Censoring Description"),
    ),
    "ASEQ",
)
