"""JSON lines on stdout. Secrets and script output never reach them."""

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog

_MASK = "‹secret›"


def configure(level: str = "info", secrets: Iterable[str] = ()) -> None:
    """Send structlog and the standard library's loggers to stdout as JSON, with every one of *secrets* masked.

    Masking is the second fence: no code of ours logs a secret. It stands for what libraries
    put into their messages.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masker([s for s in secrets if len(s) >= 4]),
    ]
    json = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*shared, json],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, json],
        )
    )
    # Our own lines are JSON when they get here; to have them formatted as the libraries' are would double their cost.
    own, plain = logging.getLogger("bot"), logging.StreamHandler(sys.stdout)
    own.handlers, own.propagate = [plain], False
    root = logging.getLogger()
    root.handlers = [handler]
    # What libraries log below a warning can hold whole requests, with their response_urls: it is left out at any level.
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    own.setLevel(level.upper())


def silence() -> None:
    """Log nothing: what is printed is the answer itself."""
    logging.disable()
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger)


def _masker(secrets: list[str]) -> Any:
    def mask(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {key: _masked(value, secrets) for key, value in line.items()}

    return mask


def _masked(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            if secret in value:
                value = value.replace(secret, _MASK)
    return value
