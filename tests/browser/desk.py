"""Somebody in front of the page: a tab of a real browser, and what it must never do."""

import re
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Locator, Page, Request, Response, expect

from bot.sandbox.session import Session

WIDE, NARROW = (1440, 900), (390, 844)


@dataclass
class Desk:
    """One tab, the sandbox behind it, and all that the browser complained of."""

    tab: Page
    session: Session
    origin: str
    room: str = "ops"
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses of answers that this test asks for on purpose."""

    def watch(self) -> None:
        """Note errors on the console, requests that fail, and any that leaves the page's own address."""
        self.tab.on("console", self._console)
        self.tab.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.tab.on("request", self._asked)
        self.tab.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.origin + "/"):
            self.faults.append(f"left loopback: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.url}")

    # --- what one does

    async def types(self, line: str) -> None:
        """A line in the channel, with the keyboard alone."""
        field = self.tab.locator("#composer-line")
        await field.fill(line)
        await field.press("Enter")

    async def becomes(self, name: str) -> None:
        """Another person."""
        select = self.tab.get_by_label("You are")
        value = await select.locator("option", has_text=name).get_attribute("value")
        await select.select_option(value)

    async def goes(self, place: str) -> None:
        """To another channel, or to the bot's own messages."""
        await self.tab.locator("#side").get_by_role("button", name=place).click()

    async def presses(self, where: Locator, name: str, confirm: str | None = None) -> None:
        """A button; *confirm* is the yes of the dialog that it asks with."""
        await where.get_by_role("button", name=re.compile(f"^{name}")).click()
        if confirm is not None:
            await self.tab.get_by_role("dialog").get_by_role("button", name=confirm).click()

    async def opens_thread(self, card: Locator) -> Locator:
        """The thread under a card; returns its column."""
        await card.locator(".replies").click()
        thread = self.tab.locator("#thread")
        await expect(thread).to_be_visible()
        return thread

    async def is_taken(self) -> None:
        """The form says that it is on its way; it is put away."""
        await expect(self.dialog).to_contain_text("on its way")
        await self.tab.keyboard.press("Escape")
        await expect(self.dialog).to_have_count(0)

    # --- what one sees

    def card(self, *words: str) -> Locator:
        """The newest message in the channel, for all to see, that has all *words*."""
        found = self.tab.locator("#place article:not(.private)")
        for word in words:
            found = found.filter(has_text=word)
        return found.last

    @property
    def dialog(self) -> Locator:
        """The modal, or the question that a button asks."""
        return self.tab.get_by_role("dialog")

    @property
    def private(self) -> Locator:
        """The newest message that only this person sees."""
        return self.tab.locator("#place article.private").last

    @property
    def panel(self) -> Locator:
        """The machine room."""
        return self.tab.locator("#panel")
