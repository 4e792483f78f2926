"""Values for the snippets' required parameters, and what would harm the computer that tests run on."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "certs": (("port", "9"),),
    "connect": (("to", "127.0.0.1"), ("port", "9")),
    "dns": (("name", "localhost"),),
    "http": (("port", "9"),),
    "kill": (("process", "4194304"), ("name", "x")),
    "logs": (("service", "nginx"),),
    "ps": (("word", "pytest"),),
    "reload": (("service", "nginx"),),
    "restart": (("service", "nginx"),),
    "rotate-logs": (("service", "nginx"),),
    "service": (("service", "nginx"),),
    "start": (("service", "nginx"),),
    "stop": (("service", "nginx"),),
}

CHANGES = frozenset({"drop-caches", "kill", "reload", "restart", "rotate-logs", "start", "stop"})
"""Run with fakes only."""
