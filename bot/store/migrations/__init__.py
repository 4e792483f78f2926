"""The schema's history, for Alembic. A new step is a module in `versions/`, and its name at the end of KNOWN.

What a step creates is written out there, never taken from `tables.py`: that one moves on.
"""

KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014")
"""Every version that this program can start from, oldest first."""

HEAD = KNOWN[-1]
"""The version that this program works with."""
