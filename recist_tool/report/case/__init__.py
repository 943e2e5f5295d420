"""The report of one read: what it says, once, and how HTML and PDF show it."""
