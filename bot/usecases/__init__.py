"""Load, decide, apply: one transaction each."""
