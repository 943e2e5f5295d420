"""Public names, each by the module that defines it."""

from .answer.answer import Figure as Figure
from .answer.answer import Message as Message
from .answer.answer import ScopeAssessment as ScopeAssessment
from .answer.answer import TimepointResponse as TimepointResponse
from .course.organs import organ_group as organ_group
from .recist11.measurability import measurability as measurability
from .recist11.measurability import selection as selection
from .registry import CRITERIA as CRITERIA
