"""What is judged of random findings: an answer in the documented form, or one fault."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator

from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.errors import FindingsError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import Criteria, NewLesions, Response
from recist_tool.trial.extrahepatic import extrahepatic_sums
from recist_tool.trial.patient import as_json, assess, tell_all
from recist_tool.trial.patient_result import patient_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.model.findings import Findings


def _or_null(**schema: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _record(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT: Final = {"type": "string", "minLength": 1}
_NUMBER: Final = _or_null(type="number")
_DATE: Final = _or_null(type="string", pattern=r"^\d{4}-\d\d-\d\d$")
_RESPONSE: Final = {"enum": [one.value for one in Response]}
_FIGURE: Final = _record(
    {
        "name": _TEXT,
        "unit": {"type": "string"},
        **dict.fromkeys(
            ("value", "baseline", "nadir_ref", "pct_from_baseline", "pct_from_nadir"),
            _NUMBER,
        ),
        "lesion": _or_null(type="string"),
        "response": _or_null(**_RESPONSE),
    }
)
_VISIT: Final = _record(
    {
        "date": _DATE,
        **dict.fromkeys(
            (
                "sum_mm",
                "partial_sum_mm",
                "pct_from_baseline",
                "nadir_ref_mm",
                "abs_from_nadir_mm",
                "pct_from_nadir",
            ),
            _NUMBER,
        ),
        "target": _or_null(**_RESPONSE),
        "nontarget": _or_null(**_RESPONSE),
        "new_lesions": _or_null(enum=[one.value for one in NewLesions]),
        "overall": _RESPONSE,
        "restated_overall": _or_null(**_RESPONSE),
        "post_pd": {"type": "boolean"},
        "reason": _TEXT,
        "citation": _TEXT,
    },
    figures={"type": "array", "items": _FIGURE, "minItems": 1},
    override={"type": "object"},
)
_SCOPE: Final = _record(
    {
        "baseline_sum_mm": _NUMBER,
        "timepoints": {"type": "object", "additionalProperties": _VISIT},
        "bor_unconfirmed": _RESPONSE,
        "bor_confirmed": _RESPONSE,
        "pd_date": _DATE,
    }
)
_MESSAGE: Final = _record(
    {
        "level": {"enum": ["error", "warning", "query"]},
        "code": _TEXT,
        "lesion": _or_null(type="string"),
        "timepoint": _or_null(type="string"),
        "text": _TEXT,
    }
)
SCHEMA: Final = _record(
    {
        "id": _TEXT,
        "criteria": {"enum": [one.value for one in Criteria]},
        "overall": _SCOPE,
        "liver": _or_null(**_SCOPE),
        "messages": {"type": "array", "items": _MESSAGE},
        "settings": {"type": "object"},
    }
)
"""The answer of ``recist assess --json`` as the documentation has it."""
_VALIDATOR: Final = Draft202012Validator(SCHEMA)


def judge(findings: Findings) -> Counter[str]:
    """Judge findings under every set of criteria, as each command does it.

    Returns
    -------
    How often there was an answer, and how often the findings were refused.

    Raises
    ------
    Exception
        Whatever is no fault of the findings.
    """
    counts: Counter[str] = Counter()
    for criteria in Criteria:
        judged = findings.model_copy(update={"criteria": criteria})
        if not _refused(lambda one=judged: _check_answer(one)):
            counts["answered"] += 1
            _refused(lambda one=judged: extrahepatic_sums(one))
            _refused(lambda one=judged: patient_result(one, TrialSettings()))
            _refused(lambda one=judged: datasets([subject_of_findings(one)]))
        else:
            counts["refused"] += 1
    return counts


def _check_answer(findings: Findings) -> None:
    assessment = assess(findings)
    tell_all(assessment)
    told = json.loads(json.dumps(as_json(assessment), allow_nan=False))
    _VALIDATOR.validate(told)


def _refused(act: Callable[[], object]) -> bool:
    """Return whether findings were refused, each fault in one line that says it."""
    try:
        act()
    except FindingsError as error:
        if len(str(error).splitlines()) != len(error.faults) or not error.faults:
            raise AssertionError(str(error)) from error
        return True
    return False
