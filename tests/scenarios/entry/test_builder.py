"""The builder: whoever leaves a word out is asked for it, and what is sent off is asked for like a line."""

from pathlib import Path
from typing import Any

from bot.sandbox.slack import Person, View
from bot.sandbox.slack.records import Json
from bot.slack.messages import builder
from tests.scenarios.world import World, catalogue, id_of

SNIPPET, REASON, CHANNEL, PRIVATE = builder.SNIPPET, builder.REASON, builder.CHANNEL, builder.PRIVATE


async def opened(world: World, person: Person, line: str, *words: str, channel: str = "C0OPS") -> View:
    """The form that *line* opens before *person*, once it says *words*."""
    seen = await person.types(line, channel=channel)
    assert seen.message is None, seen.text
    return await shows(world, person, *words)


async def shows(world: World, person: Person, *words: str) -> View:
    """The form before *person*, once it says all of *words*."""

    def there() -> View | None:
        modal = person.modal
        return modal if modal is not None and all(word in text(modal) for word in words) else None

    def otherwise() -> str:
        return f"{words} in {text(person.modal) if person.modal else 'no form'}"

    found = await world.slack.workspace.feed.until(there, 20.0, otherwise)
    assert isinstance(found, View)
    return found


def text(view: View) -> str:
    """All that it says, its fields among it."""
    return "\n".join(_strings(view.body))


def _strings(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [s for name, value in node.items() if name not in {"private_metadata", "type"} for s in _strings(value)]
    if isinstance(node, list):
        return [s for value in node for s in _strings(value)]
    return [node] if isinstance(node, str) else []


def blocks(view: View) -> dict[str, Json]:
    """Its fields by their block_id."""
    return {block["block_id"]: block for block in view.blocks if block["type"] == "input"}


def param(snippet: str, name: str, value: object) -> dict[str, dict[str, object]]:
    """What is filled into the field of a parameter."""
    return {f"param:{snippet}:{name}": {f"param:{name}": value}}


async def test_run_with_nothing(world: World) -> None:
    """Choose, see the machines, send it off: one card where it was opened, and the line for the next time."""
    view = await opened(world, world.olga, "/ecs run", "What to run")
    assert list(blocks(view)) == [SNIPPET]
    await world.olga.chooses(view, SNIPPET, "logs")
    view = await shows(world, world.olga, "Where", "systemd unit")
    await world.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(world, world.olga, "Runs on 3 machines: web-prod-1, web-prod-2, web-prod-3")
    fields = blocks(view)
    assert fields["param:logs:service"]["element"]["type"] == "static_select"
    lines = fields["param:logs:lines"]["element"]
    assert (lines["type"], lines["min_value"], lines["max_value"], lines["initial_value"]) == (
        "number_input",
        "1",
        "2000",
        "100",
    )
    values = param("logs", "service", "nginx") | param("logs", "lines", "1")
    seen = await world.olga.submits(view, values)
    assert seen.errors is None
    assert seen.view is not None
    assert "on its way" in text(seen.view)
    assert "/ecs run logs web-prod --service nginx --lines 1" in text(seen.view)
    thread = await world.thread(state="succeeded")
    assert "connect() failed" in thread.words
    card = await world.card("--service nginx --lines 1", state="succeeded")
    assert card.channel == "C0OPS"
    assert world.runs == 1
    assert world.refusals() == []


async def test_what_was_typed_is_in_it(quick: World) -> None:
    """`logs web-prod` lacks its service; what is there stays."""
    view = await opened(quick, quick.olga, "/ecs run logs web-prod --lines 7", "systemd unit")
    assert blocks(view)["param:logs:lines"]["element"]["initial_value"] == "7"
    seen = await quick.olga.submits(view, param("logs", "service", "app"))
    assert seen.errors is None
    await quick.card("/ecs run logs web-prod --service app --lines 7", state="succeeded")


async def test_a_reason_where_policy_wants_one(quick: World) -> None:
    """The card waits for approval with it, as if it had been typed."""
    view = await opened(quick, quick.olga, "/ecs run restart web-prod --service nginx", "Waits for 1 approval")
    assert not blocks(view)[REASON]["optional"]
    assert view.body["submit"]["text"] == "Ask for approval"
    await quick.olga.submits(view, {REASON: {REASON: "wedged since\t03:10"}})
    card = await quick.card("wedged since 03:10", state="awaiting_approval")
    assert quick.runs == 0
    await quick.ben.presses(card, "Approve")
    await quick.thread(state="succeeded")


async def test_one_machine_is_left_out(quick: World) -> None:
    """The preview says which, and why."""
    quick.region.machine("web-prod-2").set(agent_online=False)
    view = await opened(quick, quick.olga, "/ecs run ps web-prod", "Runs on 2 machines", "web-prod-2 (agent offline)")
    seen = await quick.olga.submits(view, param("ps", "word", "nobody"))
    assert seen.errors is None
    await quick.card("Left out", state="failed")


async def test_faults_stand_beside_their_fields(quick: World) -> None:
    """All at once; nothing runs, and the form stays open until they are mended."""
    view = await opened(quick, quick.olga, "/ecs run logs web-prod", "systemd unit")
    values = param("logs", "service", "nginx") | param("logs", "lines", "9999") | param("logs", "since", "yesterday")
    seen = await quick.olga.submits(view, values)
    assert seen.errors is not None
    assert "from 1 to 2000" in seen.errors["param:logs:lines"]
    assert "90s, 15m or 1h30m" in seen.errors["param:logs:since"]
    assert quick.runs == 0
    mended = param("logs", "lines", "3") | param("logs", "since", "1h")
    assert (await quick.olga.submits(view, mended)).errors is None
    await quick.card("--lines 3 --since", state="succeeded")


async def test_another_snippet_has_other_fields(quick: World) -> None:
    """Nothing typed for the one turns up in the other."""
    view = await opened(quick, quick.olga, "/ecs run logs web-prod", "systemd unit")
    await quick.olga.chooses(view, SNIPPET, "mem")
    view = await shows(quick, quick.olga, "/ecs run mem web-prod")
    assert list(blocks(view)) == [SNIPPET, "pick_target:mem", REASON, PRIVATE]
    await quick.olga.submits(view)
    await quick.card("mem", state="succeeded")


async def test_only_what_the_asker_may_run_is_offered(quick: World) -> None:
    """A viewer of staging finds neither restart nor production; a stranger finds no form at all."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> viewer --on web-staging")
    view = await opened(quick, quick.sam, "/ecs run", "What to run")
    assert (await quick.sam.looks_up(view, SNIPPET, "restart")).options == ()
    found = await quick.sam.looks_up(view, SNIPPET, "memory")
    assert [option["value"] for option in found.options] == ["mem"]
    await quick.sam.chooses(view, SNIPPET, "mem")
    view = await shows(quick, quick.sam, "/ecs run mem web-staging")  # the only one there is
    offered = await quick.sam.looks_up(view, builder.TARGET)
    assert [option["value"] for option in offered.options] == ["web-staging"]
    await quick.asks(quick.ada, "/ecs role revoke <@U0STRANGER> viewer")
    seen = await quick.sam.submits(view)
    assert seen.errors is not None
    assert "You may not run mem on web-staging" in seen.errors[SNIPPET]
    await quick.refuses(quick.sam, "/ecs run", "You may not run anything")
    assert quick.runs == 0


async def test_one_form_sent_off_twice_runs_once(quick: World) -> None:
    """A second delivery finds the first one's run."""
    view = await opened(quick, quick.olga, "/ecs run mem", "Where")
    await quick.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    envelope = (await quick.olga.submits(view)).envelope
    ack = await quick.slack.replay(envelope)
    assert "on its way" in str(ack.payload)
    await quick.thread(state="succeeded")
    assert (quick.runs, len(quick.cards())) == (1, 1)


async def test_forged_metadata(quick: World) -> None:
    """Another channel, another person, no seal, nonsense: nothing runs."""
    view = await opened(quick, quick.olga, "/ecs run mem", "Where")
    await quick.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    envelope = (await quick.olga.submits(view)).envelope
    await quick.thread(state="succeeded")
    sealed = envelope.payload["view"]
    good = sealed["private_metadata"]
    forged = ("", "nonsense", "[]", "null", good.replace("C0OPS", "C0QUIET"), good.replace('"t": ""', '"t": "1.2"'))
    for number, metadata in enumerate(forged):
        ack = await quick.slack.replay(envelope, view={**sealed, "id": f"V{number}", "private_metadata": metadata})
        assert "out of date" in str(ack.payload), metadata
    ben = {**envelope.payload["user"], "id": quick.ben.id}
    ack = await quick.slack.replay(envelope, user=ben, view={**sealed, "id": "V77"})
    assert "out of date" in str(ack.payload)
    for number, state in enumerate(({}, None, {"values": 7}, {"values": {SNIPPET: {SNIPPET: {"value": "x" * 9_000}}}})):
        ack = await quick.slack.replay(envelope, view={**sealed, "id": f"V9{number}", "state": state, "blocks": []})
        assert "errors" in str(ack.payload), state
    assert quick.runs == 1


async def test_a_shortcut_asks_where(quick: World) -> None:
    """Where both are members; a channel without the bot is refused beside its field, and so is one of which Slack says
    nothing in time."""
    await quick.olga.uses_shortcut(builder.SHORTCUT)
    view = await shows(quick, quick.olga, "What to run", "Where to show it")
    await quick.olga.chooses(view, SNIPPET, "mem")
    view = await shows(quick, quick.olga, "Where to show it", "Search by name, env or region")
    await quick.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    for channel in ("C0QUIET",):
        seen = await quick.olga.submits(view, {CHANNEL: {CHANNEL: channel}})
        assert seen.errors == {CHANNEL: builder.CHOOSE_ANOTHER}
    hold = quick.slack.faults.hold("chat.postEphemeral")
    seen = await quick.olga.submits(view, {CHANNEL: {CHANNEL: "C0INCIDENT"}})
    hold.release()
    assert seen.errors == {CHANNEL: builder.NOT_SAID}
    assert quick.runs == 0
    assert (await quick.olga.submits(view, {CHANNEL: {CHANNEL: "C0INCIDENT"}})).errors is None
    card = await quick.card("mem", state="succeeded")
    assert card.channel == "C0INCIDENT"


async def test_in_a_messages_menu(quick: World) -> None:
    """Card and results stand in the thread of the message that it is about."""
    alarm = quick.sam.says("web-prod: memory above 90 %", "C0OPS")
    await quick.olga.uses_shortcut(builder.ABOUT, on=alarm)
    view = await shows(quick, quick.olga, "What to run")
    assert CHANNEL not in blocks(view)
    await quick.olga.chooses(view, SNIPPET, "mem")
    view = await shows(quick, quick.olga, "Search by name, env or region")
    await quick.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    await quick.olga.submits(view)
    done = await quick.thread(state="succeeded")
    assert done.thread_ts == alarm.ts
    cards = [m for m in quick.olga.sees("C0OPS") if id_of(m) == id_of(done)]
    assert {m.thread_ts for m in cards} == {alarm.ts}


async def test_a_mention_offers_a_form(quick: World) -> None:
    """A message pulls no trigger; the button under the refusal does, and keeps the thread."""
    alarm = quick.sam.says("slow", "C0OPS")
    await quick.olga.mentions("@ecs run logs web-prod --service nginks", "C0OPS", thread=alarm)
    told = await quick.told(quick.olga, "Did you mean `nginx`?")
    await quick.olga.presses(told, "Open a form")
    view = await shows(quick, quick.olga, "systemd unit")
    await quick.olga.submits(view, param("logs", "service", "nginx"))
    done = await quick.thread(state="succeeded")
    assert done.thread_ts == alarm.ts


async def test_a_slack_that_opens_no_form(quick: World) -> None:
    """The words are said instead."""
    quick.slack.faults.error("views.open", "internal_error")
    await quick.olga.types("/ecs run logs web-prod", channel="C0OPS")
    await quick.told(quick.olga, "`--service` is missing")


async def test_a_role_with_its_own_limits(tmp_path: Path) -> None:
    """What stands in the way right now is said before it is sent off."""
    folder = catalogue(tmp_path)
    policy = (folder / "policy.toml").read_text()
    (folder / "policy.toml").write_text(f'{policy}\n[[channels]]\nchannels = ["C0INCIDENT"]\ntargets = ["*-prod"]\n')
    async with World(tmp_path, commands=folder) as world:
        view = await opened(world, world.olga, "/ecs run disk", "Where")
        await world.olga.chooses(view, builder.TARGET, "web-prod")
        view = await shows(world, world.olga, "may not be run from here")
        seen = await world.olga.submits(view)
        assert seen.errors is not None
        assert "may not be run from here" in seen.errors[SNIPPET]
        assert world.runs == 0


async def test_about_a_message_where_the_bot_is_not(quick: World) -> None:
    """Card and results go to who asked, who is told why; the thread stays behind."""
    alarm = quick.sam.says("slow", "C0QUIET")
    await quick.olga.uses_shortcut(builder.ABOUT, on=alarm)
    view = await shows(quick, quick.olga, "What to run")
    await quick.olga.chooses(view, SNIPPET, "mem")
    view = await shows(quick, quick.olga, "Search by name, env or region")
    await quick.olga.chooses(view, builder.TARGET, "web-prod")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    await quick.olga.submits(view)
    done = await quick.thread(state="succeeded")
    card = await quick.see(lambda m: m.channel == quick.olga.dm.id and not m.is_reply and "Run again" in m.buttons)
    assert (done.channel, done.thread_ts) == (quick.olga.dm.id, card.ts)
