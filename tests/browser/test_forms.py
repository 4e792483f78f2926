"""Forms that the bot opens: what to run, and what to look for."""

import re

from playwright.async_api import expect

from tests.browser.desk import Desk


async def test_the_builder_asks_for_what_a_line_leaves_out(desk: Desk) -> None:
    """With the keyboard alone: a snippet, a target, its parameters; the machines stand there before it is sent."""
    await desk.types("/ecs run")
    what = desk.dialog.get_by_role("combobox", name="What to run")
    await expect(what).to_be_focused()
    await what.press_sequentially("logs")
    offered = desk.dialog.get_by_role("listbox", name="What to run").get_by_role("option")
    await expect(offered.first).to_contain_text("Last lines of a service's journal")
    await what.press("Enter")
    await expect(what).to_have_value("logs")
    where = desk.dialog.get_by_role("combobox", name="Where", exact=True)
    await where.press("ArrowDown")
    offered = desk.dialog.get_by_role("listbox", name="Where").get_by_role("option")
    await expect(offered).to_have_text([re.compile("^db-prod"), re.compile("^web-prod"), re.compile("^web-staging")])
    await where.press("ArrowDown")
    await where.press("ArrowDown")
    await where.press("Enter")
    await expect(desk.dialog).to_contain_text("Runs on 3 machines: web-prod-1, web-prod-2, web-prod-3")
    run = desk.dialog.get_by_role("button", name="Run", exact=True)
    await run.click()
    service = desk.dialog.get_by_role("combobox", name="service")
    await expect(service).to_have_accessible_description(re.compile("Please complete this required field"))
    await service.select_option("nginx")
    await run.click()
    await desk.is_taken()
    await expect(desk.card("logs on web-prod", "--service nginx", "Succeeded")).to_be_visible()


async def test_escape_shuts_the_list_first_and_then_the_form(desk: Desk) -> None:
    """What was chosen stays chosen, and is not sent off by Enter on other words."""
    before = len(desk.session.slack.envelopes)
    await desk.types("/ecs run mem")
    where = desk.dialog.get_by_role("combobox", name="Where", exact=True)
    await where.click()
    await desk.dialog.get_by_role("option", name="web-prod").click()
    await expect(desk.dialog).to_contain_text("Runs on 3 machines")
    await where.fill("nowhere")
    await expect(desk.dialog.get_by_text("No results")).to_be_visible()
    await where.press("Enter")
    await where.fill("web")
    await expect(desk.dialog.get_by_role("option")).to_have_count(2)
    await where.press("Escape")
    await expect(where).to_have_value("web-prod")
    await where.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    sent = [one.payload.get("type") for one, _ in desk.session.slack.envelopes[before:]]
    assert "view_submission" not in sent


async def test_search_finds_lines_of_what_was_printed(desk: Desk) -> None:
    """From the button under the results; nothing is run for it."""
    await desk.types("/ecs run logs web-prod --service nginx --lines 20")
    thread = await desk.opens_thread(desk.card("logs on web-prod", "Succeeded"))
    runs = [machine.runs for machine in desk.session.region.machines.values()]
    await thread.get_by_role("button", name="Search").click()
    text = desk.dialog.get_by_role("textbox", name="What to look for")
    await expect(text).to_be_focused()
    await text.fill("no such line")
    await text.press("Enter")
    await expect(desk.dialog.locator("p.unseen")).to_have_text("nothing found in 3 outputs.")
    await text.fill("Connection refused")
    await desk.dialog.get_by_role("button", name="Search").click()
    await expect(desk.dialog).to_contain_text("on 3 machines")
    await expect(desk.dialog.locator("pre").first).to_contain_text("Connection refused")
    assert [machine.runs for machine in desk.session.region.machines.values()] == runs


async def test_the_menu_under_results_is_walked_with_arrows(desk: Desk) -> None:
    """Escape leads back to its button; Enter takes what is marked."""
    await desk.types("/ecs run mem web-prod")
    thread = await desk.opens_thread(desk.card("mem on web-prod", "Succeeded"))
    more = thread.get_by_role("article").last.locator(".actions").get_by_role("button", name="More actions")
    await more.press("Enter")
    items = thread.get_by_role("menuitem")
    await expect(items.first).to_be_focused()
    await items.first.press("ArrowDown")
    await expect(items.nth(1)).to_be_focused()
    await items.nth(1).press("Escape")
    await expect(more).to_be_focused()
    await more.press("Enter")
    await expect(items.first).to_be_focused()
    await items.first.press("End")
    await expect(items.last).to_be_focused()
    await items.filter(has_text="with changes").press("Enter")
    await expect(desk.dialog.get_by_role("heading")).to_be_visible()
    await expect(desk.dialog.get_by_role("combobox", name="What to run")).to_have_value("mem")


async def test_shortcuts_are_where_slack_has_them(desk: Desk) -> None:
    """The app's own after a slash, those about a message in its menu: the results go into that thread."""
    line = desk.tab.locator("#composer-line")
    await line.press_sequentially("/")
    await line.press("ArrowUp")
    await line.press("Enter")
    await expect(desk.dialog.get_by_role("heading", name="Run something")).to_be_visible()
    await desk.tab.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    await desk.types("web-prod swaps, who looks?")
    said = desk.card("who looks?")
    await said.get_by_role("button", name="More actions").press("Enter")
    await said.get_by_role("menuitem", name="Run something about this").press("Enter")
    await desk.dialog.get_by_role("combobox", name="What to run").fill("mem")
    await desk.dialog.get_by_role("option", name="mem").first.click()
    await desk.dialog.get_by_role("combobox", name="Where", exact=True).click()
    await desk.dialog.get_by_role("option", name="web-staging").click()
    await desk.dialog.get_by_role("button", name="Run", exact=True).click()
    await desk.is_taken()
    thread = await desk.opens_thread(said)
    await expect(thread.get_by_role("article").filter(has_text="mem on web-staging").first).to_be_visible()


async def test_a_run_is_shared_into_another_channel(desk: Desk) -> None:
    """With a note; whoever is there reads the results, and gets from there to where it ran."""
    await desk.types("/ecs run mem web-prod")
    thread = await desk.opens_thread(desk.card("mem on web-prod", "Succeeded"))
    await thread.get_by_role("article").last.locator(".actions").get_by_role("button", name="More actions").click()
    await thread.get_by_role("menuitem", name="Share").click()
    note = f"memory looks well, says {desk.room}"
    await desk.dialog.get_by_role("textbox").fill(note)
    await desk.dialog.get_by_role("button", name="Share").click()
    where = desk.dialog.get_by_role("combobox", name="Where to show it, too")
    await expect(where).to_have_accessible_description(re.compile("Please complete this required field"))
    await where.select_option(label="#incident-42")
    await desk.dialog.get_by_role("button", name="Share").click()
    await expect(desk.dialog).to_contain_text("is being shown in #incident-42")
    await desk.tab.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    await desk.becomes("Sam")
    await desk.goes("incident-42")
    copy = desk.card(note, "Shared by @Olga")
    await expect(copy.locator("pre").first).to_contain_text("total")
    await copy.get_by_role("link", name="open it where it runs").click()
    await expect(desk.tab.locator("#place-title")).to_have_text(f"# {desk.room}")
    await expect(desk.tab.locator("#thread")).to_contain_text("mem on web-prod")
