"""The machine room beside the chat."""

from playwright.async_api import expect

from tests.browser.desk import Desk


async def test_machines_obey_their_knobs(still: Desk) -> None:
    """Agent, power, slow, failing: each is a switch that says how it stands."""
    machine = still.session.region.machine("web-prod-1")
    for name in ("Agent offline", "Stopped", "Slow", "Failing"):
        knob = still.panel.get_by_role("button", name=f"web-prod-1: {name}")
        await knob.click()
        await expect(knob).to_have_attribute("aria-pressed", "true")
        await expect(knob).to_be_focused()
    assert (machine.agent_online, machine.status, machine.start_delay > 0) == (False, "Stopped", True)
    await still.panel.get_by_role("button", name="web-prod-1: Stopped").click()
    await expect(still.panel.locator(".machines li").first).to_contain_text("Running · agent offline")


async def test_what_is_broken_is_said_until_it_is_used_up(still: Desk) -> None:
    """Faults wait for the next calls, and can be taken back."""
    cloud = still.panel.get_by_role("region", name="Break the cloud")
    await cloud.get_by_role("button", name="Lose the answer").click()
    await expect(cloud.get_by_role("status")).to_have_text("Waiting for the next calls: RunCommand: cut_after")
    await cloud.get_by_role("button", name="Mend").click()
    await expect(cloud.get_by_role("status")).to_have_text("Nothing is broken.")
    slack = still.panel.get_by_role("region", name="Break Slack")
    await slack.get_by_label("Times").fill("3")
    await slack.get_by_role("button", name="429").click()
    await expect(slack.get_by_role("status")).to_have_text("Waiting for the next calls: chat.update: 3")


async def test_calls_show_what_was_asked_and_answered(desk: Desk) -> None:
    """A lost answer, the same call once more, and one run all the same; and what Slack refused, by its name."""
    fleet = [desk.session.region.machine(f"web-prod-{number}") for number in (1, 2, 3)]
    before = [machine.runs for machine in fleet]
    desk.session.ecs.faults.cut_after("RunCommand", 1)
    desk.session.slack.faults.error("chat.update", "internal_error")
    await desk.types("/ecs run uptime web-prod")
    await expect(desk.tab.locator("#toasts")).to_contain_text("Slack refused the bot's chat.update: internal_error")
    await expect(desk.card("uptime on web-prod", "Succeeded")).to_be_visible()
    calls = desk.panel.locator(".calls li")
    await expect(calls.filter(has_text="RunCommand").filter(has_text="cut_after")).to_have_count(1)
    await expect(calls.filter(has_text="internal_error").first).to_contain_text("chat.update")
    sent = calls.filter(has_text="RunCommand").first
    await sent.locator("summary").click()
    await expect(sent.locator("pre").first).to_contain_text("ClientToken")
    assert [machine.runs for machine in fleet] == [runs + 1 for runs in before]


async def test_the_socket_is_cut_and_comes_back(desk: Desk) -> None:
    """What is typed afterwards is heard."""
    slack = desk.panel.get_by_role("region", name="Break Slack")
    first = desk.session.slack.sockets.open[0]
    await slack.get_by_role("button", name="Ask to reconnect").click()
    await desk.session.slack.sockets.until_gone(first, 20)
    await desk.session.slack.sockets.connected(timeout=20)
    await desk.types("/ecs whoami")
    await expect(desk.tab.locator("article.private").last).to_contain_text("oncall")
