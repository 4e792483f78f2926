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


async def test_stopping_a_run_that_is_under_way(desk: Desk) -> None:
    """A slow machine gives the time to think again."""
    slow = desk.session.region.machine("web-prod-2")
    before = slow.runs
    await desk.panel.get_by_role("button", name="web-prod-2: Slow").click()
    await desk.types("/ecs run mem web-prod")
    await desk.presses(desk.card("mem on web-prod", "Running"), "Stop", "Stop")
    await expect(desk.card("mem on web-prod", "Stop asked by @Olga", "2 of 3")).to_be_visible()
    assert slow.runs == before


async def test_long_output_is_a_file(desk: Desk) -> None:
    """Its first lines are shown, all of it on request, and it can be saved."""
    for number in (1, 2, 3):
        runner = CannedRunner("\n".join(f"{number}: line {line} of a long journal" for line in range(400)))
        desk.session.region.machine(f"web-prod-{number}").runner = runner
    await desk.types("/ecs run mem web-prod")
    thread = await desk.opens_thread(desk.card("mem on web-prod", "Succeeded"))
    file = thread.locator(".file")
    await expect(file.locator("pre")).not_to_contain_text("line 399")
    await file.get_by_role("button", name="Show all").click()
    await expect(file.locator("pre")).to_contain_text("3: line 399")
    async with desk.tab.expect_download() as saving:
        await file.get_by_role("link", name="Download").click()
    path = await (await saving.value).path()
    assert "3: line 399" in path.read_text()
