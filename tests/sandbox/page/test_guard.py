"""The page answers the browser that was given its address, and nobody else."""

import socket
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.sandbox.page import Page
from bot.sandbox.page.guard import HEADER

DO = "/knobs/cloud-mend"


def key(page: Page) -> str:
    """The key in the address."""
    return parse_qs(urlsplit(page.address).query)["key"][0]


def rights(page: Page, **other: str) -> dict[str, str]:
    """The headers that the page's own script sends; *other* replaces some."""
    return {"Origin": page.origin, "Sec-Fetch-Site": "same-origin", HEADER: key(page)} | {
        name.replace("_", "-"): value for name, value in other.items()
    }


async def test_the_address_becomes_a_cookie(page: Page, insider: aiohttp.ClientSession) -> None:
    """The key does not stay in the address bar, and no script can read the cookie."""
    async with insider.get(page.address, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")
        assert "HttpOnly" in response.headers["Set-Cookie"]
        assert "SameSite=Strict" in response.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/", "/events", "/log", "/static/js/app.js", "/calls/cloud/1", "/files/F1"])
async def test_without_the_key_nothing_is_read(page: Page, anybody: aiohttp.ClientSession, path: str) -> None:
    """Another account on this computer reaches the port, and gets no further."""
    async with anybody.get(page.origin + path) as response:
        assert response.status == 403
    async with anybody.get(f"{page.origin}/?key=guess") as response:
        assert response.status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1.evil.example:{port}", "[::1]:{port}"]
)
async def test_a_rebound_name_is_refused(page: Page, insider: aiohttp.ClientSession, host: str) -> None:
    """A foreign name that resolves to loopback is not this page."""
    headers = {"Host": host.format(port=urlsplit(page.origin).port)}
    async with insider.get(page.origin, headers=headers) as response:
        assert response.status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"X_Sandbox_Key": "guess"},
    ],
)
async def test_another_page_changes_nothing(
    page: Page, insider: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    """The cookie alone is not enough."""
    async with insider.post(page.origin + DO, json={}, headers=rights(page, **headers)) as response:
        assert response.status == 403


async def test_a_form_is_no_json(page: Page, insider: aiohttp.ClientSession) -> None:
    """What a plain form could send is not taken."""
    async with insider.post(page.origin + DO, data="{}", headers=rights(page, Content_Type="text/plain")) as response:
        assert response.status == 415
    async with insider.post(page.origin + DO, json=[], headers=rights(page)) as response:
        assert response.status == 400
    async with insider.post(page.origin + DO, json={}, headers=rights(page)) as response:
        assert response.status == 200


async def test_every_answer_is_dressed(page: Page, insider: aiohttp.ClientSession) -> None:
    """Errors and static files as well."""
    for path in ("/", "/static/js/app.js", "/nowhere", "/static/../guard.py"):
        async with insider.get(page.origin + path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_it_listens_on_loopback_alone(page: Page) -> None:
    """No other address of this computer answers."""
    port = urlsplit(page.origin).port
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port))
