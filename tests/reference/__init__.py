"""Every set of criteria once more, small and slow, written from the papers.

Nothing here imports `recist_tool.criteria` or `recist_tool.trial`; each function works
out what it needs from the JSON of the findings every time it is asked.
"""
