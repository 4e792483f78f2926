"""Who can't see the page, or has no mouse, or holds it in one hand: nothing serious is in their way."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.desk import NARROW, WIDE, Desk
from tests.browser.gallery import everything

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Everything"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": kind,
            "label": {"type": "plain_text", "text": kind},
            "element": {"type": kind, "action_id": kind, **more},
        }
        for kind, more in (
            ("plain_text_input", {"multiline": True}),
            ("number_input", {"is_decimal_allowed": False}),
            ("external_select", {"min_query_length": 1}),
            ("multi_users_select", {}),
            ("timepicker", {}),
            ("radio_buttons", {"options": [{"text": {"type": "plain_text", "text": "a"}, "value": "a"}]}),
        )
    ],
}


async def check(desk: Desk, within: str = "html") -> None:
    """axe finds nothing serious or critical in what is shown now."""
    results = await Axe().run(desk.tab, context=within)
    assert len(results.response["passes"]) > 5, "axe looked at next to nothing"
    grave = [one for one in results.response["violations"] if one["impact"] in {"serious", "critical"}]
    shown = [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in grave]
    assert shown == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_axe_finds_nothing_serious(still: Desk, scheme: str, size: tuple[int, int]) -> None:
    """Channel and thread with every block, the machine room, the channels, a modal: in both themes and both widths."""
    tab, workspace = still.tab, still.session.slack.workspace
    await tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await tab.set_viewport_size({"width": size[0], "height": size[1]})
    ops = workspace.channel("ops")
    root = workspace.post(ops, "U0BOT", "all", blocks=everything(1_763_900_000)[:-1])
    workspace.post(ops, "U0BOT", "a reply", thread_ts=root.ts)
    workspace.post(ops, "U0BOT", "hush", ephemeral_to="U0ONCALL")
    await expect(tab.locator("article.private")).to_be_visible()
    await check(still)
    await still.opens_thread(still.card("Deploy"))
    await check(still)
    if size == NARROW:
        for name in ("Channels", "Machines"):
            await tab.locator("#screens").get_by_role("button", name=name).click()
            await check(still)
    still.session.slack.modals.open("U0ONCALL", MODAL)
    await expect(tab.get_by_role("dialog")).to_be_visible()
    await check(still)


async def test_axe_finds_nothing_serious_in_what_the_bot_opens(desk: Desk) -> None:
    """Its Home tab, its form with a list that is open, and the menu under results: light and dark."""
    await desk.types("/ecs run mem web-prod")
    thread = await desk.opens_thread(desk.card("mem on web-prod", "Succeeded"))
    await thread.get_by_role("article").last.locator(".actions").get_by_role("button", name="More actions").click()
    await expect(thread.get_by_role("menuitem").first).to_be_focused()
    await in_both_themes(desk, "#thread")
    await desk.tab.keyboard.press("Escape")
    await desk.goes("ECS")
    await desk.tab.get_by_role("button", name="Home", exact=True).click()
    await desk.tab.locator(".home").get_by_role("button", name="Run something").click()
    await desk.dialog.get_by_role("combobox", name="What to run").click()
    await expect(desk.dialog.get_by_role("option").first).to_be_visible()
    await in_both_themes(desk, "dialog")
    await desk.tab.keyboard.press("Escape")
    await desk.tab.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    await in_both_themes(desk, "main")


async def in_both_themes(desk: Desk, within: str) -> None:
    """Light, and dark."""
    await desk.tab.emulate_media(color_scheme="light")
    await check(desk, within)
    await desk.tab.emulate_media(color_scheme="dark")
    await check(desk, within)


async def test_a_phone_shows_one_column_that_fits(still: Desk) -> None:
    """Nothing is wider than 390 pixels, on any of the four screens; Back leads back."""
    tab, workspace = still.tab, still.session.slack.workspace
    await tab.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    root = workspace.post(workspace.channel("ops"), "U0BOT", "all", blocks=everything(1_763_900_000))
    workspace.post(workspace.channel("ops"), "U0BOT", "a" * 300, thread_ts=root.ts)
    thread = await still.opens_thread(still.card("Deploy"))
    for name in ("Thread", "Channels", "Machines", "Messages"):
        await tab.locator("#screens").get_by_role("button", name=name).click()
        assert await tab.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    await tab.locator("#screens").get_by_role("button", name="Thread").click()
    await tab.go_back()
    await expect(thread).to_be_hidden()
    await expect(still.card("Deploy")).to_be_visible()


async def test_a_change_leaves_the_focus_where_it_was(still: Desk) -> None:
    """A card is changed while somebody is on its button: they stay there; if it is gone, they are on the card."""
    workspace = still.session.slack.workspace
    button = {"type": "button", "action_id": "stop", "text": {"type": "plain_text", "text": "Stop"}}
    row = {"type": "actions", "block_id": "row", "elements": [button]}
    said = {"type": "section", "text": {"type": "mrkdwn", "text": "going"}}
    message = workspace.post(workspace.channel("ops"), "U0BOT", "going", blocks=[row])
    stop = still.tab.locator("#place").get_by_role("button", name="Stop", exact=True)
    await stop.focus()
    workspace.edit(message, "going on", [said, row])
    await expect(still.card("going")).to_be_visible()
    await expect(stop).to_be_focused()
    workspace.edit(message, "done", [said])
    await expect(stop).to_have_count(0)
    await expect(still.card("going")).to_be_focused()


async def test_the_theme_can_be_chosen(still: Desk) -> None:
    """Light, dark, or the system's; it is remembered."""
    button = still.tab.get_by_role("button", name="Theme")
    await button.click()
    await button.click()
    await expect(button).to_have_text("Theme: dark")
    await still.tab.reload()
    await expect(button).to_have_text("Theme: dark")
    assert await still.tab.evaluate("getComputedStyle(document.body).colorScheme || 'dark'")
