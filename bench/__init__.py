"""What is measured, against what: `python -m bench`. Real processes and sockets, all on loopback."""
