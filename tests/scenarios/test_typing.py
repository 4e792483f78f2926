"""Lines as Slack's clients really send them are read as they were meant."""

from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from tests.scenarios.world import World, webs

NBSP = "\u00a0"


LINES = (
    "/ecs run logs web-prod --service nginx --lines 1",
    "/ecs run logs web-prod —service nginx —lines 1",
    "/ecs run logs web-prod –service=nginx –lines=1",
    "/ecs run logs web-prod --service=nginx --lines=1",
    "/ecs run logs web-prod service=nginx lines=1",
    "/ecs run logs web-prod --service “nginx” --lines ‘1’",
    "/ecs run logs web-prod --service «nginx» --lines=\u201e1\u201c",
    f"/ecs run{NBSP}logs{NBSP}web-prod --service{NBSP}nginx  --lines 1{NBSP}",
    "/ecs run logs web-prod --service nginx --lines 1\u200b",
    "/ecs Run Logs Web-Prod --Service nginx --LINES 1",
    "/ecs run --service nginx --lines 1 logs web-prod",
    "/ecs `run logs web-prod --service nginx --lines 1`",
    "/ecs /ecs run logs web-prod --service nginx --lines 1",
    "/ecs run logs web-prod\n--service nginx\n--lines 1",
)
"""One command in many hands."""


async def test_whatever_the_keyboard_made_of_it(tmp_path: Path) -> None:
    """Quotes, dashes, spaces and capitals of every kind: the same script is sent."""
    async with World(tmp_path, region=webs(CannedRunner())) as world:
        for line in LINES:
            assert "logs on web-prod: on its way" in await world.asks(world.olga, line), line
        await world.region.wait_for(lambda: world.runs == len(LINES))
        scripts = {invocation.script for invocation in world.region.invocations}
        assert len(scripts) == 1
        assert "lines=1\n" in scripts.pop().replace("'", "")


async def test_links_that_slack_made_of_hosts(quick: World) -> None:
    """A host name arrives as a link with a label, and is the host name again."""
    said = await quick.asks(
        quick.olga, "/ecs run dns web-prod --name <http://localhost.localdomain|localhost.localdomain>"
    )
    assert "on its way" in said
    await quick.card("--name localhost.localdomain")


async def test_entities_are_decoded_once(quick: World) -> None:
    """`&amp;` is an ampersand, in the script and on the card, and `&lt;!channel&gt;` calls nobody."""
    page = "/?a=1&amp;b=2"
    await quick.asks(quick.olga, f"/ecs run http web-prod --page {page}")
    await quick.card("/?a=1&b=2")
    said = await quick.asks(quick.olga, "/ecs run ps web-prod --word &lt;!channel&gt;")
    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said


async def test_mentions_with_and_without_a_label(quick: World) -> None:
    """`<@U1|name>` and `<@U1>` are the same person."""
    for mention in ("<@U0STRANGER>", "<@U0STRANGER|sam>", "U0STRANGER"):
        said = await quick.asks(quick.ada, f"/ecs role grant {mention} viewer")
        assert "<@U0STRANGER> now has `viewer`" in said
    await quick.refuses(quick.ada, "/ecs role grant <#C0OPS|ops> viewer", "is not a person")


async def test_the_reason_is_the_rest_of_the_line(quick: World) -> None:
    """Apostrophes, dashes and quotes in it are letters; it stands in the card as text."""
    line = "/ecs run restart web-prod --service app --reason it won’t answer — “503” since 03:10 &amp; <!here> --really"
    await quick.asks(quick.olga, line)
    card = await quick.card(state="awaiting_approval")
    assert "it won’t answer — “503” since 03:10" in card.words
    assert "<!here>" not in card.words
    assert quick.refusals() == []


async def test_a_word_that_bolt_takes_for_something_else(http: World) -> None:
    """Bolt looks for `payload` anywhere in a request, and reads nothing of a command that has it in its words."""
    said = await http.olga.types("/ecs run mem web-prod --reason payload=too large, payload", channel="C0OPS")
    assert "on its way" in said.text
    await http.ends(said.text)
    assert http.runs == 1
