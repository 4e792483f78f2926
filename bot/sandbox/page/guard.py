"""Who may talk to the page: the browser that was given its address, and no other page in that browser.

Whoever reaches the page can type as anybody and stop machines, so each start has a key of its own. It is in
the printed address, becomes a cookie, and is asked for once more, in a header, by everything that changes
something. The Host is checked against DNS rebinding, Origin and Sec-Fetch-Site against other pages.
"""

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADER = "X-Sandbox-Key"
CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
"""Nothing from elsewhere, no script in the page itself, and no text that becomes markup (trusted types)."""

_HEADERS = {
    "Content-Security-Policy": CSP,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_READS = frozenset({"GET", "HEAD"})


class Guard:
    """The checks of one start; *port* is known once the page listens."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe(24)
        self.port = 0

    @property
    def origin(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What a person opens: the key is in it."""
        return f"{self.origin}/?key={self.key}"

    def middleware(self) -> Middleware:
        """Every request goes through it."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.headers.get("Host") != f"127.0.0.1:{self.port}":
                raise web.HTTPMisdirectedRequest(text="This is not the address of the sandbox.\n")
            if request.path == "/" and self._same(request.query.get("key")):
                answer = web.HTTPSeeOther("/")
                answer.set_cookie(self._cookie, self.key, httponly=True, samesite="Strict", path="/")
                raise answer
            if not self._same(request.cookies.get(self._cookie)):
                raise web.HTTPForbidden(text="Open the address that the sandbox printed when it started.\n")
            if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
                raise web.HTTPForbidden(text="Another page may not ask for this.\n")
            if request.method not in _READS:
                self._check_change(request)
            return await handler(request)

        return check

    async def dress(self, _: web.Request, response: web.StreamResponse) -> None:
        """Put the headers on every answer."""
        response.headers.update(_HEADERS)

    @property
    def _cookie(self) -> str:
        """Cookies are for all ports of a host: each port has a name of its own."""
        return f"sandbox_{self.port}"

    def _check_change(self, request: web.Request) -> None:
        if request.headers.get("Origin") != self.origin or not self._same(request.headers.get(HEADER)):
            raise web.HTTPForbidden(text="Only the sandbox's own page may change something.\n")
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="JSON, please.\n")

    def _same(self, given: str | None) -> bool:
        return secrets.compare_digest((given or "").encode(), self.key.encode())
