"""What people do in the chat, in a real browser, with the real bot behind it."""

import re

from playwright.async_api import expect

from bot.sandbox.ecs import CannedRunner
from tests.browser.desk import Desk

RESTART = "/ecs run restart web-prod --service nginx --reason workers are wedged"


async def test_a_command_ends_in_a_thread(desk: Desk) -> None:
    """One line; a private answer, a card for all, and the machines' words in its thread."""
    await desk.types("/ecs run mem web-prod")
    private = desk.tab.locator("#place article.private")
    await expect(private.last).to_contain_text("Only visible to you")
    card = desk.card("mem on web-prod", "Succeeded")
    await expect(card).to_be_visible()
    thread = await desk.opens_thread(card)
    await expect(thread.locator("pre").first).to_contain_text("total")
    await expect(desk.tab.locator("#said")).to_contain_text("mem on web-prod")
    await desk.becomes("Sam")
    await expect(card).to_be_visible()
    await expect(private).to_have_count(0)


async def test_approving_is_one_person_s_yes_after_another_s_question(desk: Desk) -> None:
    """Ben is written to, and says yes; Olga's own yes is refused, and only she reads why."""
    await desk.types(RESTART)
    waiting = desk.card("restart on web-prod", "Waiting for approval")
    await desk.presses(waiting, "Approve", "Approve")
    private = desk.tab.locator("#place article.private")
    await expect(private.get_by_role("img", name="✋").last).to_be_visible()
    await desk.becomes("Ben")
    app = desk.tab.get_by_role("button", name=re.compile("ECS.*new for you"))
    await expect(app).to_be_visible()
    await desk.presses(waiting, "Approve", "Approve")
    done = desk.card("restart on web-prod", "Succeeded")
    await expect(done).to_contain_text("approved by @Ben")
    thread = await desk.opens_thread(done)
    await expect(thread.locator("pre")).to_contain_text("before")
    await app.click()
    await expect(desk.card("restart on web-prod")).to_be_visible()
    await expect(app).to_have_count(0)


async def test_declining_the_question_sends_nothing(desk: Desk) -> None:
    """Not now means that the bot never hears of it."""
    before = len(desk.session.slack.envelopes)
    await desk.types(RESTART)
    await desk.becomes("Ben")
    waiting = desk.card("Waiting for approval")
    await desk.presses(waiting, "Approve", "Not now")
    await desk.becomes("Olga")
    await desk.presses(waiting, "Stop", "Stop")
    await expect(desk.card("restart on web-prod", "Nothing ran")).to_be_visible()
    pressed = [
        one.payload for one, _ in desk.session.slack.envelopes[before:] if one.payload.get("type") == "block_actions"
    ]
    assert [one["actions"][0]["action_id"] for one in pressed] == ["stop"]


async def test_a_denial_has_its_reason(desk: Desk) -> None:
    """Deny asks for the reason in a modal; without one it stays open."""
    await desk.types(RESTART)
    await desk.becomes("Ben")
    await desk.presses(desk.card("Waiting for approval"), "Deny")
    modal = desk.tab.get_by_role("dialog")
    reason = modal.get_by_role("textbox")
    await modal.get_by_role("button", name="Deny").click()
    await expect(reason).to_have_accessible_description(re.compile("Please complete this required field"))
    await expect(reason).to_be_focused()
    await reason.fill("not during the sale <script>")
    await modal.get_by_role("button", name="Deny").click()
    await expect(modal).to_have_count(0)
    await expect(desk.card("Denied by @Ben")).to_contain_text("not during the sale <script>")


async def test_stopping_a_run_that_is_under_way(own: Desk) -> None:
    """A slow machine gives the time to think again."""
    await own.panel.get_by_role("button", name="web-prod-2: Slow").click()
    await own.types("/ecs run mem web-prod")
    card = own.card("mem on web-prod", "Running")
    await own.presses(card, "Stop", "Stop")
    await expect(own.card("mem on web-prod", "Stop asked by @Olga", "2 of 3")).to_be_visible()
    assert own.session.region.machine("web-prod-2").runs == 0


async def test_what_is_not_approved_in_time_expires(own: Desk) -> None:
    """The bot's clock is moved, and nobody has to wait for fifteen minutes."""
    await own.types(RESTART)
    await expect(own.card("Waiting for approval")).to_be_visible()
    await own.panel.get_by_role("button", name="+16 min").click()
    await expect(own.card("restart on web-prod", "Not enough people approved it")).to_be_visible()
    await expect(own.panel).to_contain_text("Its clock is 16 min ahead")


async def test_a_bot_that_is_killed_takes_up_what_it_was_at(own: Desk) -> None:
    """SIGKILL in the middle of a run; after its start the result is there, and the script ran once."""
    machine = own.session.region.machine("web-prod-1")
    machine.start_delay = 3
    await own.types("/ecs run mem web-prod")
    await expect(own.card("mem on web-prod", "Running")).to_be_visible()
    await own.panel.get_by_role("button", name="Kill").click()
    await expect(own.panel.locator(".bot-state")).to_contain_text("Not running")
    await own.types("/ecs help")
    await expect(own.tab.locator("#toasts")).to_contain_text("dispatch_failed")
    await own.panel.get_by_role("button", name="Start", exact=True).click()
    await expect(own.card("mem on web-prod", "Succeeded")).to_be_visible()
    assert machine.runs == 1


async def test_long_output_is_a_file(own: Desk) -> None:
    """Its first lines are shown, all of it on request, and it can be saved."""
    for number in (1, 2, 3):
        runner = CannedRunner("\n".join(f"{number}: line {line} of a long journal" for line in range(400)))
        own.session.region.machine(f"web-prod-{number}").runner = runner
    await own.types("/ecs run mem web-prod")
    thread = await own.opens_thread(own.card("mem on web-prod", "Succeeded"))
    file = thread.locator(".file")
    await expect(file.locator("pre")).not_to_contain_text("line 399")
    await file.get_by_role("button", name="Show all").click()
    await expect(file.locator("pre")).to_contain_text("3: line 399")
    async with own.tab.expect_download() as saving:
        await file.get_by_role("link", name="Download").click()
    path = await (await saving.value).path()
    assert "3: line 399" in path.read_text()
