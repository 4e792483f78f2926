"""NO_PROXY, which the SDK forgets.

Its sync path hands HTTP_PROXY or HTTPS_PROXY to `requests` for every address, so that a
loopback endpoint, or ECS inside a VPC, would be looked for behind a company's proxy. The
SDK keeps one `requests` session per address in `DaraCore`; the sessions that the bot uses are
made here, and drop the proxy where NO_PROXY or a loopback address says so.
"""

import functools
import ipaddress
import threading
from typing import Any
from urllib.parse import urlsplit

import structlog

logger = structlog.get_logger(__name__)

_making = threading.Lock()
"""Of two threads that ask the SDK for a session at once, each gets its own, and one is lost with its connections."""


def honour_no_proxy(core: Any, client: Any, protocol: str, connections: int) -> None:
    """Make the session that *client* will use, which keeps *connections* open. Blocks; may be called again.

    `_get_session`, its key and `_endpoint` are the SDK's own affair. Should they change, calls still go
    through, with the proxy as the SDK would have it; a test tells.
    """
    with _making:
        try:
            key = f"{protocol}://{client._endpoint}:80:pool={connections}"
            session = core._get_session(session_key=key, protocol=protocol, verify=True, pool_size=connections)
        except (AttributeError, TypeError) as error:
            logger.warning("no_proxy_not_honoured", error=type(error).__name__)
            return
        if not isinstance(session.send, functools.partial):
            session.send = functools.partial(_send, session.send)


def _send(send: Any, request: Any, **options: Any) -> Any:
    if directly(request.url):
        options["proxies"] = {}
    return send(request, **options)


def directly(url: str) -> bool:
    """Is *url* to be reached without a proxy?"""
    from requests.utils import should_bypass_proxies

    host = urlsplit(url).hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    return loopback or bool(should_bypass_proxies(url, no_proxy=None))
