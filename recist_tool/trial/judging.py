"""What becomes of an error of the program while it judges a read: it is said."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from recist_tool.errors import AssessmentFailed, RecistToolError, unforeseen

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.terms import Criteria


@contextlib.contextmanager
def judging(criteria: Criteria) -> Generator[None]:
    """Name the criteria where anything unforeseen happens inside.

    Whoever answers many patients, or opens a case, goes on with the others.

    Raises
    ------
    AssessmentFailed
        In the place of every error that is not of this program's own tree.
    """
    try:
        yield
    except RecistToolError:
        raise
    except Exception as error:
        raise AssessmentFailed.at(
            criteria.value,
            f"this read could not be judged: {unforeseen(error)}",
            "The read is kept; report this fault of the program",
        ) from error


def tell_reasons(answers: Iterable[TimepointResponse]) -> None:
    """Work out once what answers say only when they are asked, so that it fails now."""
    for one in answers:
        _ = (one.reason, one.citation)


def tell_limits(answers: Iterable[TimepointResponse]) -> None:
    """Work out the limits of answers once, so that it fails now."""
    for one in answers:
        _ = (one.nearest_threshold, one.to_pd_mm, one.to_pr_mm)
