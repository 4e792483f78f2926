"""What can go wrong, at the turn of a knob: at the cloud, on a machine, at Slack, with the bot."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.sandbox.page.switched import fail
from bot.sandbox.session import NotStarted, Session
from bot.sandbox.slack import CannotDo

Given = Mapping[str, Any]
Knob = Callable[[Session, Given], Awaitable[None]]

SLOW = 15.0
"""Seconds that a slow machine takes before it starts a script."""


async def turn(session: Session, knob: str, given: Given) -> None:
    """Turn it. Raises CannotDo, and KeyError where there is no such knob."""
    try:
        await KNOBS[knob](session, given)
    except NotStarted as error:
        raise CannotDo(f"the bot did not start: {error}") from None
    session.feed.tell()


# --- machines


async def _machine(session: Session, given: Given) -> None:
    machine = session.region.machine(str(given["machine"]))
    match given["set"]:
        case "agent":
            machine.set(agent_online=bool(given["on"]))
        case "power":
            machine.set(status="Running" if given["on"] else "Stopped")
        case "slow":
            machine.start_delay = SLOW if given["on"] else 0.0
        case "failing":
            fail(machine, bool(given["on"]))
        case other:
            raise KeyError(other)
    machine.feed.tell()


# --- the cloud


async def _throttle(session: Session, given: Given) -> None:
    session.ecs.faults.throttle(_action(given), _times(given))


async def _lose_answer(session: Session, given: Given) -> None:
    session.ecs.faults.cut_after(_action(given), _times(given))


async def _lose_question(session: Session, given: Given) -> None:
    session.ecs.faults.cut_before(_action(given), _times(given))


async def _fail_cloud(session: Session, given: Given) -> None:
    session.ecs.faults.fail(_action(given), _times(given), 503, "ServiceUnavailable")


async def _slow_cloud(session: Session, given: Given) -> None:
    session.ecs.faults.slow(_action(given), 5.0, _times(given))


async def _mend_cloud(session: Session, _: Given) -> None:
    session.ecs.faults.clear()


# --- Slack


async def _cut_off(session: Session, given: Given) -> None:
    if given.get("on", True):
        await session.slack.cut_off()
    else:
        session.slack.let_through()


async def _disconnect(session: Session, _: Given) -> None:
    await session.slack.sockets.disconnect()


async def _cut(session: Session, _: Given) -> None:
    await session.slack.sockets.cut(abruptly=True)


async def _ratelimit(session: Session, given: Given) -> None:
    session.slack.faults.ratelimit(_method(given), 5, _times(given))


async def _refuse(session: Session, given: Given) -> None:
    session.slack.faults.error(_method(given), str(given.get("error", "internal_error")), _times(given))


async def _down(session: Session, given: Given) -> None:
    session.slack.faults.status(_method(given), 503, _times(given))


async def _lose_ack(session: Session, _: Given) -> None:
    session.slack.lose_acks()


async def _mend_slack(session: Session, _: Given) -> None:
    session.slack.faults.clear()
    session.slack.lose_acks(0)
    session.slack.let_through()


# --- the bot


async def _kill(session: Session, _: Given) -> None:
    await session.kill_bot()


async def _stop(session: Session, _: Given) -> None:
    await session.stop_bot()


async def _start(session: Session, _: Given) -> None:
    await session.start_bot()


async def _later(session: Session, given: Given) -> None:
    await session.restart_later(timedelta(minutes=float(given["minutes"])))


async def _right(session: Session, _: Given) -> None:
    await session.restart_right()


KNOBS: Mapping[str, Knob] = {
    "machine": _machine,
    "cloud-throttle": _throttle,
    "cloud-lose-answer": _lose_answer,
    "cloud-lose-question": _lose_question,
    "cloud-fail": _fail_cloud,
    "cloud-slow": _slow_cloud,
    "cloud-mend": _mend_cloud,
    "slack-cut-off": _cut_off,
    "slack-disconnect": _disconnect,
    "slack-cut": _cut,
    "slack-ratelimit": _ratelimit,
    "slack-refuse": _refuse,
    "slack-down": _down,
    "slack-lose-ack": _lose_ack,
    "slack-mend": _mend_slack,
    "bot-kill": _kill,
    "bot-stop": _stop,
    "bot-start": _start,
    "bot-later": _later,
    "bot-right": _right,
}


def _action(given: Given) -> str:
    return str(given.get("action", "RunCommand"))


def _method(given: Given) -> str:
    return str(given.get("method", "chat.update"))


def _times(given: Given) -> int:
    return max(1, min(100, int(given.get("times", 1))))
