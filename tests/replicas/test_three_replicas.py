"""Three replicas on one database: any of them takes any request, and any of them may die."""

import asyncio
import re
import signal

from bot.sandbox.slack import Message
from bot.sandbox.terminal import state_of
from tests.replicas.house import House
from tests.scenarios.world import id_of

AT_ONCE = 3
QUICK, RISKY = "/ecs run uptime web-prod", "/ecs run restart web-prod --service app --reason stuck"


async def asks(house: House, line: str, times: int) -> set[str]:
    """The ids of so many requests that were acknowledged: some at a time, and none waits for any to end."""
    olga = house.slack.person("U0ONCALL")
    ids: set[str] = set()
    while len(ids) < times:  # a slow computer may be told that the bot is busy
        seen = await asyncio.gather(*(olga.types(line, channel="C0OPS") for _ in range(AT_ONCE)))
        ids |= {match[1] for one in seen if (match := re.search(r"id is `([a-z0-9]+)`", one.text))}
    return ids


async def approves(house: House, ids: set[str]) -> None:
    """Ben presses on every card; whichever replica hears it."""
    ben = house.slack.person("U0APPROVE")
    for id_ in ids:

        def waits(m: Message, wanted: str = id_) -> bool:
            return not m.is_reply and id_of(m) == wanted and state_of(m) == "awaiting_approval" and m.channel == "C0OPS"

        await ben.presses(await house.slack.workspace.wait_for(waits, 30), "Approve")


async def test_thirty_at_once(house: House) -> None:
    """All three work, nothing is done twice, and nothing is said twice."""
    await asyncio.gather(*(house.start() for _ in range(3)))
    await house.grant()
    quick, risky = await asks(house, QUICK, 27), await asks(house, RISKY, 3)
    await approves(house, risky)
    await house.over(quick | risky)
    assert house.doubled() == 0
    await house.check()


async def test_one_is_killed_and_one_is_cut_off(house: House) -> None:
    """The others take up what they had; the one that was cut off says so, and comes back."""
    (_, cut), killed = await asyncio.gather(
        asyncio.gather(house.start(), house.start(over_the_wire=True)), house.start_process()
    )
    await house.grant()
    hold = house.ecs.faults.hold("RunCommand")
    asked = asyncio.gather(asks(house, QUICK, 12), asks(house, RISKY, 3))
    await hold.reached.wait()
    quick, risky = await asked
    killed.told(signal.SIGKILL)
    await killed.ended()
    hold.release()
    late = await asks(house, QUICK, 6)
    house.wire.cut()
    assert any("database" in fault for fault in await cut.faults())
    await approves_in_spite_of_busy(house, risky)
    house.wire.mend()
    await house.over(quick | risky | late)
    assert await cut.faults() == []
    assert house.doubled() <= 2  # what the killed one had just sent; what the other could not note
    await house.check()


async def approves_in_spite_of_busy(house: House, ids: set[str]) -> None:
    """Who hears of the replica without a database that it is busy, presses again."""
    ben = house.slack.person("U0APPROVE")
    for id_ in ids:

        def stands(m: Message, wanted: str = id_) -> bool:
            return not m.is_reply and id_of(m) == wanted and m.channel == "C0OPS"

        card = await house.slack.workspace.wait_for(stands, 30)
        while state_of(card := house.slack.workspace.message(card.channel, card.ts)) == "awaiting_approval":
            change = asyncio.ensure_future(anext(house.slack.workspace.changes()))
            await ben.presses(card, "Approve")
            await change
