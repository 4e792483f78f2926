"""Block Kit on the page, as Slack draws it; and words that stay words."""

from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.gallery import EVIL, everything, evil


async def test_every_block_is_drawn(still: Desk) -> None:
    """Each in its own form; one that the page can't draw says so."""
    workspace = still.session.slack.workspace
    workspace.post(workspace.channel("ops"), workspace.app.user_id, "all", blocks=everything(1_763_900_000))
    card = still.card("Deploy")
    await expect(card.get_by_role("heading", name="Deploy 🚀")).to_be_visible()
    for tag, words in (
        ("strong", "bold"),
        ("em", "slanted"),
        ("s", "gone"),
        ("blockquote", "quoted 🔥"),
        ("pre", "a\n  b"),
    ):
        await expect(card.locator(tag).filter(has_text=words).first).to_have_text(words)
    for words in ("@Ben", "#ops", "@here", "<b>", "well"):
        await expect(card).to_contain_text(words)
    await expect(card.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com")
    await expect(card.get_by_role("columnheader")).to_have_text("name")
    await expect(card.get_by_role("combobox", name="Pick one")).to_be_visible()
    await expect(card.get_by_role("checkbox")).to_have_count(2)
    await expect(card.get_by_text("does not draw the block “carousel”")).to_be_visible()


async def test_times_are_the_reader_s_own(still: Desk) -> None:
    """A date token is a moment, not a text."""
    workspace = still.session.slack.workspace
    workspace.post(workspace.channel("ops"), "U0BOT", "<!date^1763900000^{date_num} {time}|then>")
    shown = still.card().locator(".section time")
    expected = await still.tab.evaluate("new Date(1763900000000).toTimeString().slice(0, 5)")
    await expect(shown).to_contain_text(expected)


async def test_markup_is_never_taken_as_markup(still: Desk) -> None:
    """From a machine, a person, a channel's name, a file's name or a modal: it stands there as it was written."""
    slack, workspace = still.session.slack, still.session.slack.workspace
    ops = workspace.channel("ops")
    workspace.post(ops, workspace.app.user_id, EVIL, blocks=evil())
    workspace.post(ops, "U0BOT", EVIL)
    slack.person("U0APPROVE").says(EVIL, "ops")
    title = {"type": "plain_text", "text": "x<b>"}
    slack.modals.open("U0ONCALL", {"type": "modal", "title": title, "blocks": evil()})
    await expect(still.tab.get_by_role("dialog")).to_contain_text(EVIL)
    await still.tab.keyboard.press("Escape")
    await expect(still.tab.get_by_role("dialog")).to_have_count(0)
    await expect(still.tab.locator("#place article")).to_have_count(3)
    await expect(still.card()).to_contain_text(EVIL)
    assert await still.tab.locator("script:not([src='/static/js/app.js']), img:not(.emoji), [onerror]").count() == 0
    assert await still.tab.locator("a[href^=javascript]").count() == 0
    await expect(still.tab).not_to_have_title("owned")


async def test_the_policy_holds_if_the_script_does_not(still: Desk) -> None:
    """Were there a hole in the page's script: no text becomes markup, no inline script runs, nothing is sent away."""
    tried = await still.tab.evaluate(
        """async (address) => {
            const tried = {};
            try { document.body.innerHTML = "<b>x</b>"; tried.markup = true; } catch { tried.markup = false; }
            const script = document.createElement("script");
            try { script.textContent = "document.title = 'owned'"; document.body.append(script); } catch { }
            try { await fetch(address); tried.sent = true; } catch { tried.sent = false; }
            return { ...tried, title: document.title };
        }""",
        "http://127.0.0.1:9/",
    )
    assert tried == {"markup": False, "sent": False, "title": "Sandbox"}
    assert still.faults
    assert all("Content Security Policy" in fault or "Trusted" in fault for fault in still.faults), still.faults
    still.faults.clear()


async def test_the_home_tab_is_shown_where_the_app_has_one(still: Desk) -> None:
    """As it was published for this person; opening it is told to the app."""
    slack = still.session.slack
    slack.events.add("app_home_opened")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Waiting for you*: nothing"}}]
    slack.modals.publish("U0ONCALL", {"type": "home", "blocks": blocks})
    await still.tab.reload()
    await still.goes("ECS")
    await still.tab.get_by_role("button", name="Home", exact=True).click()
    await expect(still.tab.locator(".home")).to_contain_text("Waiting for you: nothing")
    slack.modals.publish("U0ONCALL", {"type": "home", "blocks": [{"type": "divider"}, *blocks, *blocks]})
    await expect(still.tab.locator(".home .section")).to_have_count(2)
    opened = [one.payload["event"]["tab"] for one, _ in slack.envelopes if one.type == "events_api"]
    assert opened == ["home"]


async def test_a_private_message_is_one_person_s(still: Desk) -> None:
    """Others don't see it, and it is no news to them."""
    workspace = still.session.slack.workspace
    workspace.post(workspace.channel("ops"), "U0BOT", "only for Ben", ephemeral_to="U0APPROVE")
    workspace.post(workspace.channel("incident-42"), "U0BOT", "<@U0APPROVE> look")
    await expect(still.tab.get_by_role("button", name="incident-42 (unread)")).to_be_visible()
    workspace.post(workspace.channel("ops"), "U0BOT", "<@U0ONCALL> you are looking at it")
    await expect(still.card("looking at it")).to_be_visible()
    await expect(still.tab.get_by_role("button", name="ops", exact=True)).to_be_visible()
    await expect(still.tab.get_by_text("only for Ben")).to_have_count(0)
    await expect(still.tab.get_by_label("You are").locator("option", has_text="Ben")).to_contain_text("(2 new)")
    await still.becomes("Ben")
    await expect(still.tab.locator("article.private")).to_contain_text("Only visible to you")
    await expect(still.tab.get_by_role("button", name="incident-42 1 new for you")).to_be_visible()
