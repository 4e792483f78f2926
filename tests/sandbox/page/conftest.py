"""The page's server, without a bot and without a browser."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.page import Page
from bot.sandbox.session import Session


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """The page of a session that was not started: its workspace and region are there."""
    async with Page(Session()) as page:
        yield page


@pytest.fixture
async def anybody() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that knows nothing; it keeps cookies of numbered hosts, as browsers do."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield client


@pytest.fixture
async def insider(page: Page, anybody: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """A client that has opened the printed address."""
    async with anybody.get(page.address) as response:
        assert response.status == 200
    return anybody
