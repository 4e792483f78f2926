"""The bot's Home tab, as the bot fills it."""

from playwright.async_api import expect

from tests.browser.desk import Desk

RESTART = "/ecs run restart web-prod --service nginx --reason workers are wedged"


async def at_home(desk: Desk, name: str) -> None:
    """*name* looks at it."""
    await desk.becomes(name)
    await desk.goes("ECS")
    await desk.tab.get_by_role("button", name="Home", exact=True).click()
    await expect(desk.tab.locator(".home")).to_contain_text("Your roles")


async def test_an_approver_finds_there_what_waits(desk: Desk) -> None:
    """And says yes to it without leaving."""
    home = desk.tab.locator(".home")
    await desk.types(RESTART)
    await expect(desk.card("Waiting for approval")).to_be_visible()
    await at_home(desk, "Ben")
    await expect(home).to_contain_text("workers are wedged")
    await desk.presses(home, "Approve", "Approve")
    await expect(home.get_by_role("button", name="Approve")).to_have_count(0)
    await desk.becomes("Olga")
    await desk.goes(desk.room)
    await expect(desk.card("restart on web-prod", "approved by @Ben")).to_be_visible()


async def test_something_is_run_from_there(desk: Desk) -> None:
    """Through the form; afterwards it is among one's last runs."""
    home = desk.tab.locator(".home")
    await at_home(desk, "Olga")
    await home.get_by_role("button", name="Run something").click()
    await desk.dialog.get_by_role("combobox", name="What to run").fill("uptime")
    await desk.dialog.get_by_role("option", name="uptime").click()
    await desk.dialog.get_by_role("combobox", name="Where", exact=True).click()
    await desk.dialog.get_by_role("option", name="web-prod").click()
    await expect(desk.dialog).to_contain_text("Runs on 3 machines")
    await desk.dialog.get_by_role("combobox", name="Where to show it").select_option(label=f"#{desk.room}")
    await desk.dialog.get_by_role("button", name="Run", exact=True).click()
    await desk.is_taken()
    await expect(home).to_contain_text("uptime on web-prod")


async def test_a_stranger_is_told_that_there_is_no_role(desk: Desk) -> None:
    """And gets no button."""
    await desk.becomes("Sam")
    await desk.goes("ECS")
    await desk.tab.get_by_role("button", name="Home", exact=True).click()
    await expect(desk.tab.locator(".home")).to_contain_text("You have no role yet")
    await expect(desk.tab.locator(".home").get_by_role("button")).to_have_count(0)
