"""The field to type in."""

from playwright.async_api import expect

from tests.browser.desk import Desk


async def test_a_slash_offers_the_app_s_command(still: Desk) -> None:
    """With the hint of the manifest, as Slack does; Tab takes it."""
    field = still.tab.locator("#composer-line")
    await field.press_sequentially("/e")
    await expect(still.tab.get_by_role("listbox", name="Suggestions").get_by_role("option")).to_contain_text(
        "run mem web-prod"
    )
    await field.press("Tab")
    await expect(field).to_have_value("/ecs ")


async def test_arrow_up_brings_back_what_was_typed(still: Desk) -> None:
    """Line after line, each person's own."""
    field = still.tab.locator("#composer-line")
    for line in ("first", "second"):
        await still.types(line)
    await expect(still.tab.locator("#place article")).to_have_count(2)
    await field.press("ArrowUp")
    await field.press("ArrowUp")
    await expect(field).to_have_value("first")
    await field.press("ArrowDown")
    await expect(field).to_have_value("second")
    await still.becomes("Ben")
    await field.fill("")
    await field.press("ArrowUp")
    await expect(field).to_have_value("")


async def test_a_reply_stands_in_the_thread(still: Desk) -> None:
    """With the keyboard alone: into the thread, an answer, and back to where one was."""
    await still.types("who looks at web-prod?")
    line = still.tab.get_by_role("button", name="Reply in thread")
    await line.focus()
    await line.press("Enter")
    reply = still.tab.locator("#reply-line")
    await reply.fill("I do")
    await reply.press("Enter")
    await expect(still.tab.locator("#thread article")).to_have_count(2)
    close = still.tab.get_by_role("button", name="Close thread")
    await close.press("Enter")
    await expect(still.tab.get_by_role("button", name="1 reply")).to_be_focused()


async def test_what_slack_would_not_do_is_said(still: Desk) -> None:
    """A slash command in a thread, and one when no bot is there."""
    still.expected.add(409)
    await still.types("hello")
    await still.tab.get_by_role("button", name="Reply in thread").click()
    reply = still.tab.locator("#reply-line")
    await reply.fill("/ecs help")
    await reply.press("Enter")
    await expect(still.tab.locator("#toasts")).to_contain_text("don't work in threads")
    await still.types("/ecs help")
    await expect(still.tab.locator("#toasts")).to_contain_text("dispatch_failed")
