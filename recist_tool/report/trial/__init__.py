"""The report of a trial: tables, figures, one page."""
