"""Organs found on a CT by themselves: enough of them to take their HU."""
