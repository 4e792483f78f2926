"""JSON lines on stdout. Secrets and script output never reach them."""

import json
import logging
import sys
from collections.abc import Iterable
from typing import Any

import structlog

_MASK = "‹secret›"
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def configure(level: str = "info", secrets: Iterable[str] = ()) -> None:
    """Send structlog and the standard library's loggers to stdout as JSON, with every one of *secrets* masked.

    Masking is the second fence: no code of ours logs a secret. It stands for what libraries
    put into their messages.
    """
    masked = _masker([s for s in secrets if len(s) >= 4])
    time, error = structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info
    # An encoder that is made once: json.dumps would make one for each line.
    written = structlog.processors.JSONRenderer(lambda line, **_: _ENCODER.encode(line))
    minimum = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.stdlib.add_logger_name,
            time,
            error,
            written,
            masked,
        ],
        logger_factory=_Named,
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    foreign: list[Any] = [structlog.stdlib.ExtraAdder(allow=()), structlog.stdlib.add_logger_name]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*foreign, structlog.stdlib.add_log_level, time, error],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written, masked],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # What libraries log below a warning can hold whole requests, with their response_urls: it is left out at any level.
    root.setLevel(max(logging.WARNING, minimum))


def silence() -> None:
    """Log nothing: what is printed is the answer itself."""
    logging.disable()
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())


class _Named(structlog.WriteLogger):
    """Writes our own lines, which don't go by way of the standard library: that looks for who called, each time."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name


def _masker(secrets: list[str]) -> Any:
    """In the whole line, as it is written: however deep a secret stands in it, as it is or as an error quotes it."""
    forms = sorted({_ENCODER.encode(form)[1:-1] for one in secrets for form in (one, repr(one)[1:-1])}, key=len)
    forms.reverse()

    def mask(_logger: Any, _name: str, line: str) -> str:
        for form in forms:
            if form in line:
                line = line.replace(form, _MASK)
        return line

    return mask
