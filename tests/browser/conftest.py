"""A real browser before the sandbox. Where there is none, these tests are skipped, and say so.

One browser and one sandbox are for all tests of a worker: each test has a channel of its own, and what it broke is
mended after it.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

from bot.sandbox.page import Page
from bot.sandbox.session import Session
from bot.sandbox.slack import Channel
from tests.browser.desk import WIDE, Desk
from tests.browser.mended import Pristine

ARGS = (
    "--no-sandbox --disable-gpu --no-first-run",
    "--disable-background-networking --disable-component-update --disable-sync",
)
NONE = "no Chromium here: apt-get install chromium"
COMMANDS = Path(__file__).parents[2] / "commands"

expect.set_options(timeout=20_000)

_rooms = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them: the browser outlives each test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, once for all tests."""
    if shutil.which("chromium") is None:
        pytest.skip(NONE)
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        yield browser
        await browser.close()


async def launched(playwright: Playwright) -> Browser:
    """It, without a window. Raises FileNotFoundError where there is none."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError(NONE)
    return await playwright.chromium.launch(executable_path=path, args=" ".join(ARGS).split())


@asynccontextmanager
async def seated(browser: Browser, session: Session) -> AsyncIterator[Desk]:
    """A tab with the page of *session*; whatever the browser complained of fails the test at the end."""
    async with Page(session) as page:
        context = await browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce")
        try:
            desk = Desk(await context.new_page(), session, page.origin)
            desk.watch()
            await desk.tab.goto(page.address)
            await expect(desk.tab.get_by_role("heading", name="# ops")).to_be_visible()
            yield desk
            assert desk.faults == []
        finally:
            await context.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox(browser: Browser) -> AsyncIterator[Session]:
    """A whole sandbox, with the bot as a process of its own."""
    async with Session(commands=COMMANDS) as session:
        yield session


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, sandbox: Session) -> AsyncIterator[Desk]:
    """The page of it, in a channel where nothing has been said."""
    workspace, pristine = sandbox.slack.workspace, Pristine(sandbox)
    number = next(_rooms)
    room = f"room-{number:03}"
    workspace.add_channel(Channel(f"C0ROOM{number:03}", room, members=list(workspace.channel("ops").members)))
    async with seated(browser, sandbox) as desk:
        desk.room = room
        await desk.goes(room)
        yield desk
    await pristine.restore()


@pytest_asyncio.fixture(loop_scope="session")
async def still(browser: Browser) -> AsyncIterator[Desk]:
    """The page of a sandbox in which no bot runs: the workspace is what the test puts there."""
    async with seated(browser, Session(commands=COMMANDS)) as desk:
        yield desk
