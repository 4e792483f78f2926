"""The field to type in."""

from playwright.async_api import Locator, expect

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
    replies = still.tab.get_by_role("button", name="1 reply")
    await expect(replies).to_be_focused()
    await replies.press("Enter")
    await reply.press("Escape")
    await expect(replies).to_be_focused()


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


async def test_the_bot_is_invited_as_in_slack(still: Desk) -> None:
    """Where it is not, that is said; once is enough."""
    still.expected.add(409)
    await still.goes("quiet")
    await still.tab.get_by_role("button", name="/invite @ecs").click()
    await still.tab.keyboard.press("Enter")
    await expect(still.tab.get_by_role("main")).to_contain_text("6 members")
    await expect(still.tab.get_by_role("main")).not_to_contain_text("the bot is not one of them")
    await still.types("/invite @ecs")
    await expect(still.tab.locator("#toasts")).to_contain_text("@ecs is in quiet already")


async def height(field: Locator) -> float:
    """In pixels."""
    box = await field.bounding_box()
    assert box is not None
    return box["height"]


async def test_shift_and_enter_break_the_line(still: Desk) -> None:
    """The field grows with it; nobody writes into a channel that is archived."""
    field = still.tab.locator("#composer-line")
    before = await height(field)
    await field.press_sequentially("one")
    await field.press("Shift+Enter")
    await field.press_sequentially("two")
    assert await height(field) > before
    await field.press("Enter")
    await expect(still.card("one")).to_contain_text("two")
    assert await height(field) == before
    await still.goes("incident-41")
    await expect(field).to_be_hidden()
    await expect(still.tab.get_by_text("This channel is archived")).to_be_visible()
