"""What is new, and for whom."""

from playwright.async_api import expect

from tests.browser.desk import NARROW, Desk


async def test_news_for_others_is_one_press_away(still: Desk) -> None:
    """Who has something new stands under one's own name; pressing it, one is that person, before it."""
    workspace = still.session.slack.workspace
    workspace.post(workspace.im("U0APPROVE"), "U0BOT", "Olga asks you to approve this")
    await still.tab.get_by_role("button", name="Be Ben 1 new").click()
    await expect(still.card("asks you to approve")).to_be_visible()
    await expect(still.tab.get_by_label("You are")).to_have_value("U0APPROVE")
    await expect(still.tab.get_by_role("button", name="Be Ben")).to_have_count(0)


async def test_what_comes_while_one_looks_elsewhere_is_a_note(still: Desk) -> None:
    """It leads there; the note goes when one is there."""
    workspace = still.session.slack.workspace
    workspace.post(workspace.channel("incident-42"), "U0BOT", "<@U0ONCALL> it is done")
    note = still.tab.locator("#toasts")
    await expect(note).to_contain_text("ECS in incident-42: @Olga it is done")
    await note.get_by_role("button", name="Look").click()
    await expect(still.card("it is done")).to_be_visible()
    await expect(note).to_be_empty()


async def test_a_line_stands_above_what_is_new(still: Desk) -> None:
    """When one comes into a channel; not above what comes while one looks."""
    workspace = still.session.slack.workspace
    incident = workspace.channel("incident-42")
    workspace.post(incident, "U0BOT", "one")
    await still.goes("incident-42")
    await expect(still.tab.locator("#place li.fresh")).to_contain_text("one")
    workspace.post(incident, "U0BOT", "two")
    await expect(still.card("two")).to_be_visible()
    await expect(still.tab.locator("#place li.fresh")).to_have_count(1)
    await still.goes("ops")
    workspace.post(workspace.channel("ops"), "U0BOT", "three")
    await expect(still.card("three")).to_be_visible()
    await expect(still.tab.locator("#place li.fresh")).to_have_count(0)


async def test_links_into_the_workspace_stay_in_it(still: Desk) -> None:
    """A message's address and a channel's name lead there, on this page."""
    workspace = still.session.slack.workspace
    root = workspace.post(workspace.channel("incident-42"), "U0BOT", "the card")
    workspace.post(
        root_channel := workspace.channel("ops"), "U0BOT", f"<{workspace.permalink(root)}|there> <#C0INCIDENT>"
    )
    await still.card("there").get_by_role("link", name="there").click()
    await expect(still.tab.locator("#thread")).to_contain_text("the card")
    await still.tab.go_back()
    await expect(still.tab.get_by_role("heading", name=f"# {root_channel.name}")).to_be_visible()
    await still.card("there").get_by_role("link", name="#incident-42").click()
    await expect(still.tab.get_by_role("heading", name="# incident-42")).to_be_visible()


async def test_a_phone_tells_of_news_at_its_foot(still: Desk) -> None:
    """Where the list of channels is."""
    await still.tab.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    workspace = still.session.slack.workspace
    workspace.post(workspace.im("U0APPROVE"), "U0BOT", "look")
    await still.tab.locator("#screens").get_by_role("button", name="Channels 1 new").click()
    await still.tab.get_by_role("button", name="Be Ben 1 new").click()
    await expect(still.card("look")).to_be_visible()
