"""What breaks, and that it comes right: the bot, its clock, and Slack."""

from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.held import HeldRunner

RESTART = "/ecs run restart web-prod --service nginx --reason workers are wedged"


async def test_what_is_not_approved_in_time_expires(desk: Desk) -> None:
    """The bot's clock is moved, and nobody has to wait for fifteen minutes; then it is put right."""
    await desk.types(RESTART)
    await expect(desk.card("Waiting for approval")).to_be_visible()
    await desk.panel.get_by_role("button", name="+16 min").click()
    await expect(desk.card("restart on web-prod", "Not enough people approved it")).to_be_visible()
    await expect(desk.panel).to_contain_text("Its clock is 16 min ahead")
    await desk.panel.get_by_role("button", name="Right again").click()
    await expect(desk.panel).to_contain_text("Its clock is right")
    await expect(desk.panel.locator(".bot-state")).to_contain_text("Serving")


async def test_a_bot_that_is_killed_takes_up_what_it_was_at(desk: Desk) -> None:
    """SIGKILL in the middle of a run; after its start the result is there, and the script ran once."""
    machine = desk.session.region.machine("web-prod-1")
    machine.runner, before = (held := HeldRunner()), machine.runs
    await desk.types("/ecs run mem web-prod")
    await expect(desk.card("mem on web-prod", "Running")).to_be_visible()
    await desk.panel.get_by_role("button", name="Kill the bot").click()
    await expect(desk.panel.locator(".bot-state")).to_contain_text("Not running")
    await desk.types("/ecs help")
    await expect(desk.tab.locator("#toasts")).to_contain_text("dispatch_failed")
    held.release()
    await desk.panel.get_by_role("button", name="Start the bot").click()
    await expect(desk.card("mem on web-prod", "Succeeded")).to_be_visible()
    assert machine.runs == before + 1


async def test_what_slack_missed_is_delivered_when_it_is_back(desk: Desk) -> None:
    """Cut off in the middle of a run: nobody hears a thing, and then everything."""
    region = desk.session.region
    region.machine("web-prod-1").runner = held = HeldRunner()
    await desk.types("/ecs run mem web-prod")
    await expect(desk.card("mem on web-prod", "Running")).to_be_visible()
    knob = desk.panel.get_by_role("button", name="Cut Slack off")
    await knob.click()
    await expect(knob).to_have_attribute("aria-pressed", "true")
    await desk.types("/ecs help")
    await expect(desk.tab.locator("#toasts")).to_contain_text("dispatch_failed")
    held.release()
    await region.wait_for(lambda: region.invocations[-1].final)
    await expect(desk.card("mem on web-prod", "Running")).to_be_visible()
    await knob.click()
    await expect(knob).to_have_attribute("aria-pressed", "false")
    await expect(desk.card("mem on web-prod", "Succeeded")).to_be_visible()
