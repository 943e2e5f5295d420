"""What a command needs beyond the base install, and what brings it."""

from __future__ import annotations

from typing import Final

from recist_tool.errors import SetupError

EXTRA_OF: Final = {
    "SimpleITK": "registration",
    "dask": "cluster",
    "distributed": "cluster",
    "dicomweb_client": "pacs",
    "keyring": "pacs",
    "pynetdicom": "pacs",
    "requests": "pacs",
    "jinja2": "figures",
    "matplotlib": "figures",
    "pandas": "xpt",
    "pyreadstat": "xpt",
    "napari": "gui",
    "qtpy": "gui",
    "PySide6": "gui",
}
"""By package: the extra of this program that installs it."""


def setup_error(error: ImportError) -> SetupError | None:
    """Return what to install where a library is missing or does not load.

    None where the import that failed is not of a library: a fault of the program.
    """
    package = (error.name or "").partition(".")[0]
    if not package or package == "recist_tool":
        return None
    extra = EXTRA_OF.get(package)
    wanted = f'"recist-tool[{extra}]"' if extra else package
    what = "is not installed"
    if not isinstance(error, ModuleNotFoundError):
        what = f"is installed, but does not load ({error.msg})"
    return SetupError.at(package, what, f"Install it: pip install {wanted}")
