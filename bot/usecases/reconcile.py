"""What ECS runs in the bot's name, held against the database. What should not be there is told, and never touched."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.access import UserId
from bot.domain.change import Event
from bot.domain.invocation import BatchState
from bot.domain.refusal import Refusal, Why
from bot.domain.strays import Listed, Sent, Stray, astray
from bot.errors import ChatError, ChatShut, ChatTryAgain, CloudError
from bot.ports import Cloud
from bot.usecases.desk import Desk
from bot.usecases.dispatch import run_name

log = structlog.get_logger(__name__)

TELLING = timedelta(minutes=2)
"""What could not be told is tried again after so long; so is what a replica that died over it had in hand."""


class Strays(Protocol):
    """Strays in the database. Each method is one transaction."""

    async def batches(self, invocations: Sequence[str]) -> tuple[tuple[str, int, str, BatchState], ...]:
        """The batches of *invocations*, each with its invocation, number, InvokeId and state."""
        ...

    async def add(self, found: Sequence[tuple[Stray, Event]], now: datetime) -> tuple[Stray, ...]:
        """Store those that are new, each with its event; which they were. They are to be told from now on."""
        ...

    async def standing(self, limit: int) -> tuple[Stray, ...]:
        """Those that nobody has settled, the newest first."""
        ...

    async def untold(self) -> datetime | None:
        """When the next of them is to be told."""
        ...

    async def claim_untold(self, now: datetime, again_at: datetime) -> tuple[Stray, ...]:
        """Those to tell now. No replica gets them again before *again_at*."""
        ...

    async def told(self, some: Sequence[Stray], users: Sequence[str], *, all_of_them: bool) -> None:
        """*users* have been written to about *some*; *all_of_them*: nobody else has to be."""
        ...

    async def settle(self, until: datetime, event: Event, now: datetime) -> int:
        """Somebody has looked at all that were found *until* then; how many that settles. None: there is no event."""
        ...


class Warnings(Protocol):
    """Slack, to people who have to know."""

    async def warn(self, user: UserId, strays: Sequence[Stray], now: datetime) -> None:
        """Write to *user* about *strays*. Raises ChatError."""
        ...


async def reconcile(desk: Desk, cloud: Cloud, book: Strays, account: str, region: str) -> int:
    """Hold the newest runs in *region* of *account* against the database; how many strays were new.

    The database is read after ECS was asked: whatever the bot has sent by then is in it.
    """
    try:
        listed = await cloud.listed(account, region)
    except CloudError as error:
        log.warning("not_reconciled", account=account, region=region, code=error.code, fault=type(error).__name__)
        return 0
    known = await book.batches([run.invocation for run in listed if run.invocation])
    sent: dict[str, list[Sent]] = {}
    for invocation, no, invoke_id, state in known:
        sent.setdefault(invocation, []).append(Sent(run_name(invocation, no), invoke_id, state))
    now = desk.clock.now()
    found = [
        Stray(account, region, run, why, now)
        for run in listed
        if (why := astray(run, sent.get(run.invocation, ()))) is not None
    ]
    if not found:
        return 0
    new = await book.add([(stray, _event(stray)) for stray in found], now)
    for stray in new:
        log.error("stray", invocation=stray.run.invocation, account=account, region=region, **_facts(stray.run, stray))
    if new:
        desk.wake()
    return len(new)


def _event(stray: Stray) -> Event:
    facts = {"account": stray.account, "region": stray.region, **_facts(stray.run, stray)}
    return Event("stray_found", "", stray.run.invocation, facts)


def _facts(run: Listed, stray: Stray) -> dict[str, str]:
    return {"invoke_id": run.invoke_id, "name": run.name, "status": run.status, "why": stray.why.value}


async def tell(desk: Desk, book: Strays, chat: Warnings) -> None:
    """Write to every admin of the settings, once, about what is new; who can't be written to is left out.

    Whom it has reached is noted one by one: a death in between doubles one message at most.
    """
    now = desk.clock.now()
    alike: dict[tuple[UserId, ...], list[Stray]] = {}
    for stray in await book.claim_untold(now, now + TELLING):
        alike.setdefault(stray.told, []).append(stray)
    for told, strays in alike.items():
        if not await _tell(desk, book, chat, strays, told):
            return


async def _tell(desk: Desk, book: Strays, chat: Warnings, strays: Sequence[Stray], told: tuple[UserId, ...]) -> bool:
    """The same, of *strays* that the same people were *told* of already. False: Slack takes nothing now."""
    for user in sorted(desk.admins - set(told)):
        try:
            await chat.warn(user, strays, desk.clock.now())
        except (ChatTryAgain, ChatShut) as error:
            log.warning("not_warned", code=error.code)
            return False
        except ChatError as error:
            log.error("not_warned", code=error.code)  # noqa: TRY400 - Slack's word for it says all
        told = (*told, user)
        await book.told(strays, told, all_of_them=False)
    await book.told(strays, told, all_of_them=True)
    return True


async def settle(desk: Desk, book: Strays, user: UserId, until: datetime) -> int | Refusal:
    """*user* has looked at all that were found *until* then; whoever manages roles may say so."""
    now = desk.clock.now()
    allowed = (await desk.roles()).may_manage_roles(user)
    if not allowed.allowed:
        facts = {"verb": "settle strays", "rule": allowed.rule}
        await desk.store.record(Event("not_allowed", user, data=facts), now)
        return Refusal(Why.NOT_ALLOWED, subject="settle strays", rule=allowed.rule, who=allowed.who)
    count = await book.settle(until, Event("strays_settled", user, data={"until": until.isoformat()}), now)
    desk.wake()
    return count
