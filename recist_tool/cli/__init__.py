"""The command line: ``recist demo | open | scan | assess | verify | schema``."""

from recist_tool.cli.main import main

__all__ = ["main"]
