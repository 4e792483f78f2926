"""`make screenshots`: the pictures in docs/screenshots, taken of a real sandbox by a real browser."""

import asyncio
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright, expect

from bot.sandbox.session import Session
from tests.browser.conftest import COMMANDS, launched, seated
from tests.browser.desk import NARROW, Desk

WHERE = Path(__file__).parents[2] / "docs" / "screenshots"
DESKTOP = (1360, 820)
COLOURS = 160
"""A page has few, and a picture of them is a third as large."""
RESTART = "/ecs run restart web-prod --service nginx --reason workers are wedged since 03:10"


async def take(desk: Desk, name: str, size: tuple[int, int], scheme: str) -> None:
    """One picture; the pointer is nowhere, and no note is in the way."""
    await desk.tab.set_viewport_size({"width": size[0], "height": size[1]})
    await desk.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await desk.tab.mouse.move(0, 0)
    for note in await desk.tab.get_by_role("button", name="Dismiss").all():
        await note.click()
    await desk.panel.locator(".scroller").evaluate("panel => panel.scrollTo(0, 0)")
    await desk.tab.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    path = WHERE / f"{name}-{scheme}.png"
    picture = Image.open(BytesIO(await desk.tab.screenshot()))
    picture.quantize(COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(Path.cwd())}: {path.stat().st_size // 1024} KB\n")


async def approval(desk: Desk) -> None:
    """Ben is asked."""
    await desk.types(RESTART)
    await expect(desk.card("Waiting for approval")).to_be_visible()
    await take(desk, "approval-wide", DESKTOP, "light")
    await desk.becomes("Ben")
    await desk.goes("ECS")
    await take(desk, "approval-phone", NARROW, "dark")
    await at_home(desk)
    await take(desk, "home-wide", DESKTOP, "light")
    await take(desk, "home-phone", NARROW, "dark")
    await desk.tab.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await desk.tab.get_by_role("button", name="Messages", exact=True).first.click()
    await desk.presses(desk.card("restart on web-prod"), "Deny")
    await expect(desk.tab.get_by_role("dialog")).to_be_visible()
    await take(desk, "denial-phone", NARROW, "light")
    await desk.tab.keyboard.press("Escape")
    await expect(desk.tab.get_by_role("dialog")).to_have_count(0)


async def at_home(desk: Desk) -> None:
    """The bot's Home tab, as wide as the desk."""
    await desk.tab.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await desk.tab.get_by_role("button", name="Home", exact=True).click()
    await expect(desk.tab.locator(".home")).to_contain_text("Your roles")


async def builder(desk: Desk) -> None:
    """What the form asks, and what would run."""
    await desk.tab.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await desk.becomes("Olga")
    await desk.goes("ops")
    await desk.types("/ecs run")
    what = desk.dialog.get_by_role("combobox", name="What to run")
    await what.fill("service")
    restart = desk.dialog.get_by_role("option", name="Restart a service")
    await expect(restart).to_be_visible()
    await take(desk, "builder-phone", NARROW, "light")
    await restart.click()
    where = desk.dialog.get_by_role("combobox", name="Where", exact=True)
    await where.click()
    await desk.dialog.get_by_role("option", name="web-prod").click()
    await expect(desk.dialog).to_contain_text("3 machines")
    await desk.dialog.get_by_role("combobox", name="service").select_option("nginx")
    await desk.dialog.get_by_role("textbox", name="Why").fill("workers are wedged since 03:10")
    await take(desk, "builder-wide", DESKTOP, "dark")
    await desk.tab.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)


async def thread(desk: Desk) -> None:
    """Two machines agree, one does not: the odd one stands first."""
    await desk.tab.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await desk.becomes("Olga")
    await desk.goes("ops")
    await desk.panel.get_by_role("button", name="web-prod-2: Failing").click()
    await desk.types("/ecs run service web-prod --service nginx")
    card = desk.card("service on web-prod", "2 of 3")
    await expect(card).to_be_visible()
    under = await desk.opens_thread(card)
    await expect(under.locator("pre")).to_have_count(2)
    await expect(card.locator(".replies")).to_be_in_viewport()
    await take(desk, "thread-wide", DESKTOP, "dark")
    await desk.tab.locator("#thread .scroller").evaluate("list => list.scrollTo(0, 0)")
    await take(desk, "thread-phone", NARROW, "light")


async def main() -> None:
    """All of them."""
    WHERE.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        async with Session(commands=COMMANDS) as session, seated(browser, session) as desk:
            await approval(desk)
            await builder(desk)
            await thread(desk)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
