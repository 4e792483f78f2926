"""`/ecs run`: from a parsed line to a recorded invocation, or a refusal."""

from random import SystemRandom

import structlog

from bot.domain.change import Event
from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal
from bot.domain.verb import Run
from bot.usecases.desk import Asker, Desk
from bot.usecases.permit import permit

log = structlog.get_logger(__name__)

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on a phone

_CHANCE = SystemRandom()


def new_id() -> str:
    """An invocation's id: seven characters, 27 thousand million of them, easy to type."""
    return "".join(_CHANCE.choices(_ALPHABET, k=7))


async def ask(
    desk: Desk, asker: Asker, verb: Run, again_of: str = "", only: tuple[str, ...] = ()
) -> Invocation | Refusal:
    """Check *verb*, and record it; *only*: on these instances of its target.

    Once this returns an invocation it is durable: whatever happens to the process, it
    will reach a final state. A redelivery returns the invocation of the first delivery.
    """
    given = await permit(desk, asker.user, verb, channel=asker.channel, first=True)
    if isinstance(given, Refusal):
        if (first := await desk.store.asked(asker.request_key)) is not None:
            return first  # since then something has changed, or it counts itself
        facts = {"snippet": verb.snippet, "target": verb.target, "why": given.why.value, "rule": given.rule}
        await desk.store.record(Event("not_allowed", asker.user, data={"verb": "run", **facts}), desk.clock.now())
        return given
    private = verb.private and not asker.channel.startswith("D")  # with the bot alone it is that already
    invocation = Invocation(
        id=new_id(),
        request_key=asker.request_key,
        snippet=verb.snippet,
        target=verb.target,
        params=verb.params,
        requester=asker.user,
        team=asker.team,
        home=asker.user if private else asker.channel,
        thread="" if private else asker.thread,
        asked_in=asker.channel if private else "",
        created_at=(now := desk.clock.now()),
        reason=verb.reason,
        response_url=asker.response_url,
        again_of=again_of,
        only=only,
        break_glass=given.break_glass,
        next_at=now,
    )
    asked: dict[str, object] = {
        "snippet": verb.snippet,
        "target": verb.target,
        "params": dict(verb.params),
        "reason": verb.reason,
        "channel": asker.channel,
        **({"thread": asker.thread} if asker.thread else {}),
        **({"only": list(only)} if only else {}),
        "break_glass": given.break_glass,
        **({"private": True} if private else {}),
    }
    recorded = await desk.store.add(invocation, [Event("asked", asker.user, invocation.id, asked)])
    if recorded.id != invocation.id:
        return recorded
    state = recorded.state.value
    log.info("asked", invocation=recorded.id, actor=asker.user, snippet=verb.snippet, target=verb.target, state=state)
    desk.wake()
    return recorded


def asked_for(inv: Invocation) -> Run:
    """The verb that *inv* was recorded from."""
    return Run(inv.snippet, inv.target, inv.params, inv.reason, inv.break_glass, inv.private)
