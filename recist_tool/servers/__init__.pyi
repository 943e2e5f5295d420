"""Public names, each by the module that defines it."""

from .download import Pulled as Pulled
from .query import Study as Study
from .query import StudyQuery as StudyQuery
from .server import ImageServer as ImageServer
from .server import sign_in as sign_in
