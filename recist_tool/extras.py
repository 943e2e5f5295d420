"""What a part of the program needs beyond the base install, and what brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from recist_tool.errors import SetupError

EXTRA_OF: Final = {
    "SimpleITK": "registration",
    "cryptography": "cluster",
    "dask": "cluster",
    "distributed": "cluster",
    "dicomweb_client": "pacs",
    "keyring": "pacs",
    "pynetdicom": "pacs",
    "requests": "pacs",
    "jinja2": "figures",
    "matplotlib": "figures",
    "reportlab": "figures",
    "pandas": "xpt",
    "pyreadstat": "xpt",
    "napari": "gui",
    "qtpy": "gui",
    "PySide6": "gui",
}
"""By package: the extra of this program that installs it."""

_OWN: Final = ("recist_tool", "napari_recist")


class MissingLibrary(NamedTuple):
    """A library that is not there, or not as it is needed."""

    package: str
    what: str
    remedy: str


def missing(error: ImportError) -> MissingLibrary | None:
    """Return which library failed an import, and what to do about it.

    None where the import that failed is not of a library: a fault of the program.
    """
    while isinstance(error.__cause__, ImportError):  # said by `public_names` already
        error = error.__cause__
    package = (error.name or "").partition(".")[0]
    if not package or package in _OWN:
        return None
    extra = EXTRA_OF.get(package)
    wanted = f'"recist-tool[{extra}]"' if extra else package
    if isinstance(error, ModuleNotFoundError):
        what = "is not installed"
        if error.name != package:  # of another version: it has no such part
            what = f"is installed, but without {error.name}"
        return MissingLibrary(package, what, f"Install it: pip install {wanted}")
    if error.msg.startswith("cannot import name"):
        what = "is installed, but not in a version that fits this program"
        return MissingLibrary(
            package, what, f"Renew it: pip install --upgrade {wanted}"
        )
    what = f"is installed, but does not load ({error.msg})"
    return MissingLibrary(package, what, f"Install it: pip install {wanted}")


def setup_error(error: ImportError) -> SetupError | None:
    """Return what to install where a library is missing or does not load.

    None where the import that failed is not of a library: a fault of the program.
    """
    from recist_tool.errors import SetupError

    found = missing(error)
    return None if found is None else SetupError.at(*found)
