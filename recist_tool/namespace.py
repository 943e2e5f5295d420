"""Public names, written once: in the stub of the package that offers them."""

from __future__ import annotations

import lazy_loader

TYPE_CHECKING = False  # `typing` alone would take longer than all that is here
if TYPE_CHECKING:
    from collections.abc import Callable


def public_names(
    package: str, file: str
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package.

    Each name of the stub is loaded when it is first used, so importing the package is
    light. Where a library is missing, its name is in the error.

    Parameters
    ----------
    package
        Its ``__name__``.
    file
        Its ``__file__``; the stub, ``__init__.pyi``, lies beside it.
    """
    loaded, listed, names = lazy_loader.attach_stub(package, file)

    def get(name: str) -> object:
        try:
            return loaded(name)
        except ImportError as error:
            from recist_tool.extras import missing

            lacking = missing(error)
            if lacking is None:
                raise
            library, what, remedy = lacking
            said = f"{package}.{name} needs {library}, which {what}. {remedy}"
            raise type(error)(said, name=error.name, path=error.path) from error

    return get, listed, names
