"""Somebody looks for a line in what machines printed: in a form under it, or by typing. Nothing runs again."""

from datetime import timedelta
from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack import Message, Person, View
from bot.slack.messages import search
from tests.scenarios.entry.test_builder import shows, text
from tests.scenarios.world import World, id_in, webs

LOG = "".join(f"request {n} took {n % 7} ms\n" for n in range(400)) + "ERROR <!channel> & upstream gone\n"


def logging(folder: Path) -> World:
    """Three machines with a long log; the third has no error in it, and another end."""
    region = webs(CannedRunner(LOG), 3)
    region.machine("web-prod-003").runner = CannedRunner(LOG.replace("ERROR", "fine:"))
    return World(folder, region=region)


async def opened(world: World, person: Person, thread: Message) -> View:
    """The form, empty."""
    await person.presses(thread, "Search")
    return await shows(world, person, "What to look for")


def wants(wanted: str, *, expression: bool = False, machine: str = "") -> dict[str, dict[str, object]]:
    """The form filled in."""
    values: dict[str, dict[str, object]] = {search.TEXT: {search.TEXT: wanted}}
    values |= {search.HOW: {search.HOW: [search.EXPRESSION] if expression else []}}
    return values | ({search.MACHINE: {search.MACHINE: machine}} if machine else {})


async def test_lines_are_found_numbered_and_counted(tmp_path: Path) -> None:
    """As a text, as an expression, on one machine; page by page; a colleague with no role who reads along may, too."""
    async with logging(tmp_path) as world:
        thread = await world.ends(await world.asks(world.olga, "/ecs run uptime web-prod"))
        form = await opened(world, world.sam, thread)
        await world.sam.submits(form, wants("error"))
        assert "*1 line* on 2 machines" in text(form)
        assert "▸ 401  ERROR <!channel> & upstream gone" in text(form)
        assert "  399  request 398" in text(form)
        await world.sam.submits(form, wants("^request .*[05] ms$", expression=True))
        assert "Page 1 of" in text(form)
        first = text(form)
        await world.sam.presses(form, "Later")
        await shows(world, world.sam, "Page 2 of")
        assert text(form) != first
        await world.sam.submits(form, wants("error", machine="web-prod-003"))
        assert "nothing found in 1 output" in text(form)
        assert world.runs == 1
        assert world.refusals() == []


async def test_what_can_not_be_looked_for_is_said_beside_the_field(quick: World) -> None:
    """A broken expression, one that is too large, one that looks back; the form stays."""
    thread = await quick.runs_mem()
    form = await opened(quick, quick.olga, thread)
    for wanted in ("(", r"\pL{500}", r"(a)\1"):
        seen = await quick.olga.submits(form, wants(wanted, expression=True))
        assert "RE2 does not take" in (seen.errors or {})[search.TEXT]
    seen = await quick.olga.submits(form, wants("  "))
    assert "missing" in (seen.errors or {})[search.TEXT]
    await quick.olga.submits(form, wants("mem"))
    assert "line" in text(form)


async def test_only_who_is_there_reads(quick: World) -> None:
    """In a private channel: those in it. Nobody by the id alone, with whatever role; not with another's form; and not
    for ever."""
    private = quick.slack.workspace.channels["C0PRIVATE"]
    private.members.append(quick.slack.workspace.app.user_id)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel=private.id)
    thread = await quick.ends(said)
    assert "on 3 machines" in await quick.asks(quick.ben, f"/ecs search {id_in(said)} mem", channel=private.id)
    for person in (quick.carla, quick.ada):
        assert "for those who are where it is shown" in await quick.asks(person, f"/ecs search {id_in(said)} mem")
    assert "There is no run" in await quick.asks(quick.sam, f"/ecs search {id_in(said)} mem")
    form = await opened(quick, quick.olga, thread)
    seen = await quick.olga.submits(form, wants("mem"))
    before = text(form)
    sam = {**seen.envelope.payload["user"], "id": quick.sam.id}
    ack = await quick.slack.replay(seen.envelope, user=sam)
    assert "out of date" in str(ack.payload)
    await quick.later(timedelta(hours=2))
    seen = await quick.olga.submits(form, wants("swap"))
    assert "out of date" in (seen.errors or {})[search.TEXT]
    assert text(form) == before


async def test_typed(tmp_path: Path) -> None:
    """The answer is private; on one machine; as an expression; a machine that is not among them is named."""
    async with logging(tmp_path) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        number = id_in(said)
        await world.ends(said)
        found = await world.asks(world.olga, f"/ecs search {number} error")
        assert "*1 line* on 2 machines, lines that several machines printed alike counted once" in found
        assert "▸ 401  ERROR" in found
        many = await world.asks(world.olga, f"/ecs grep {number} --regex ^request --on web-prod-003")
        assert "*400 lines* on 1 machine." in many
        assert "shows the rest" in many
        assert "one of web-prod-001" in await world.asks(world.olga, f"/ecs search {number} mem --on web-9")
        assert "RE2 does not take" in await world.asks(world.ben, f"/ecs search {number} --regex (")
        assert "nothing found" in await world.asks(world.olga, f"/ecs search {number} no such thing")
        assert world.runs == 1
        assert world.refusals() == []
