"""The schema's history, for Alembic. A new step is a module in `versions/`, and its name at the end of KNOWN.

What a step creates is written out there, never taken from `tables.py`: that one moves on.
"""

KNOWN = tuple(f"{number:04}" for number in range(1, 16))
"""Every version that this program can start from, oldest first."""

HEAD = KNOWN[-1]
"""The version that this program works with."""
