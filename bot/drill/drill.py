"""One drill: a request, an approval, a run and its result, each waited for in its turn.

It knows no way of its own. What it asks for goes through the bot's door as Slack's requests do, signed, in the name of
people who hold roles like anybody: what they may not do, the drill can't. The database tells how far it is.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.invocation import Invocation, State
from bot.domain.result import Outcome
from bot.drill import door
from bot.drill.crew import Crew
from bot.drill.door import Door, NotAnswered
from bot.drill.report import Report, Step, Took
from bot.drill.trail import REASON, Sight, Trail
from bot.errors import BotError, StartError
from bot.slack.messages import actions, refusals

PAUSE = 0.1
"""Seconds between two looks into the database."""


class Failed(BotError):
    """A step did not come out as it should."""


class Drill:
    """One walk; *patience* is in seconds, for each step."""

    def __init__(self, crew: Crew, door: Door, slack: AsyncWebClient, trail: Trail, patience: float) -> None:
        self._crew, self._door, self._slack, self._trail = crew, door, slack, trail
        self._patience = patience
        self._mark = secrets.token_hex(3)
        self._trigger = f"drill.{secrets.token_hex(8)}"
        self._team = ""
        self._sight: Sight | None = None

    async def run(self) -> Report:
        """Every step up to the first that fails; what that leaves under way is stopped."""
        steps: dict[Step, Callable[[], Awaitable[str]]] = {
            Step.READY: self._ready,
            Step.SLACK: self._slack_answers,
            Step.REQUEST: self._request,
            Step.MACHINES: lambda: self._until(_machines),
            Step.CARD: lambda: self._until(self._card),
            Step.APPROVAL: self._approval,
            Step.RUN: lambda: self._until(_over),
            Step.RESULT: self._result,
        }
        took: list[Took] = []
        for step, work in steps.items():
            failed = any(one.ok is False for one in took)
            took.append(Took(step) if failed else await self._tried(step, work))
        left = await self._stop() if any(one.ok is False for one in took) else ""
        return Report(self._mark, tuple(took), self._sight.invocation.id if self._sight else "", left)

    async def _tried(self, step: Step, work: Callable[[], Awaitable[str]]) -> Took:
        start = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience):
                ok, note = True, await work()
        except TimeoutError:
            ok, note = False, f"not within {self._patience:g} s{self._so_far()}"
        except (Failed, NotAnswered, StartError) as error:
            ok, note = False, str(error)
        return Took(step, ok, time.perf_counter() - start, note)

    def _so_far(self) -> str:
        if (sight := self._sight) is None:
            return ""
        tries = max((posted.attempts for posted in (sight.card, sight.thread) if posted), default=0)
        said = f"; Slack did not take a message {tries} times" if tries else ""
        return f": it is still {sight.invocation.state.value}{said}"

    # ── the steps ──────────────────────────────────────────────────────────────

    async def _ready(self) -> str:
        if found := await self._door.faults():
            raise Failed(f"the bot can't serve: {found}")
        return ""

    async def _slack_answers(self) -> str:
        answer = await _asked(self._slack.auth_test())
        self._team = str(answer["team_id"])
        return f"@{answer['user']} in {answer['team']}"

    async def _request(self) -> str:
        if other := await self._trail.under_way(self._crew.user):
            raise Failed(f"another drill is under way: {other}")
        said = await self._says(f"run {self._crew.line} --reason {REASON}{self._mark}", self._trigger)
        if (sight := await self._look()) is None:
            raise Failed(said.removeprefix("✋ ") or "the bot took it for incomplete, and asks for more in a form")
        return f"its id is {sight.invocation.id}"

    def _card(self, sight: Sight) -> str | None:
        if (card := sight.card) is None or (card.place is None and not card.settled):
            return None
        if card.place is None:
            raise Failed("Slack did not take the card: the bot's log says why")
        if card.place.channel != self._crew.channel:
            raise Failed(f"it went to {card.place.channel}: the bot may not write in {self._crew.channel}")
        return f"in {card.place.channel}"

    async def _approval(self) -> str:
        if (sight := self._sight) is None or (invocation := sight.invocation).ask is None:
            return "policy asks for none"
        if (approver := self._crew.approver) is None:
            raise Failed("policy asks for one, and nobody is there to give it: set DRILL_APPROVER")
        if invocation.state is State.AWAITING_APPROVAL and sight.card and sight.card.place:
            at = sight.card.place.channel, sight.card.place.ts or ""
            button = {"action_id": actions.APPROVE, "value": actions.value(invocation)}
            await self._door.sends(door.press(self._team, approver, at, button, f"{self._trigger}.yes"))
        return await self._until(lambda seen: _approved(seen, approver))

    async def _result(self) -> str:
        place = await self._thread()
        answer = await _asked(self._slack.chat_getPermalink(channel=place[0], message_ts=place[1]))
        return str(answer["permalink"])

    async def _thread(self) -> tuple[str, str]:
        found: list[tuple[str, str]] = []

        def there(sight: Sight) -> str | None:
            if (thread := sight.thread) is None or not thread.settled or not thread.final:
                return None
            if thread.place is None or thread.place.ts is None:
                raise Failed("Slack did not take the results: the bot's log says why")
            found.append((thread.place.channel, thread.place.ts))
            return ""

        await self._until(there)
        return found[0]

    # ── what they rest on ──────────────────────────────────────────────────────

    async def _says(self, text: str, trigger: str) -> str:
        form = door.command(self._team, self._crew.user, self._crew.channel, text, trigger)
        return await self._door.sends(form)

    async def _look(self) -> Sight | None:
        self._sight = await self._trail.look(f"command:{self._trigger}") or self._sight
        return self._sight

    async def _until(self, seen: Callable[[Sight], str | None]) -> str:
        """What *seen* says, once it says something."""
        while True:
            sight = await self._look()
            if sight is not None and (said := seen(sight)) is not None:
                return said
            await asyncio.sleep(PAUSE)

    async def _stop(self) -> str:
        """Leave nothing under way: a card that waits would wake people."""
        if (sight := self._sight) is None or sight.invocation.state.final:
            return ""
        try:
            await self._says(f"stop {sight.invocation.id}", f"{self._trigger}.stop")
        except NotAnswered:
            return f"It could not be stopped: /ecs stop {sight.invocation.id}"
        return "It was stopped."


def _machines(sight: Sight) -> str | None:
    invocation = sight.invocation
    if invocation.state is State.PLANNING:
        return None
    if (plan := invocation.plan) is None:
        raise Failed(_why(invocation))
    if away := [f"{one.name or one.instance}: {one.why}" for one in plan.unreachable]:
        raise Failed(f"{plan.size} of {plan.size + len(away)} ready; {', '.join(away)}")
    return f"{plan.size} ready"


def _approved(sight: Sight, approver: str) -> str | None:
    invocation = sight.invocation
    if approver in sight.refused:
        raise Failed(f"{approver} may not approve it: give them a role for it")
    if invocation.state in {State.DENIED, State.EXPIRED, State.CANCELLED}:
        raise Failed(f"it was {invocation.state.value}")
    if invocation.state is State.AWAITING_APPROVAL:
        return None
    return "by " + ", ".join(approval.by for approval in invocation.approvals if approval.yes)


def _over(sight: Sight) -> str | None:
    invocation = sight.invocation
    if not invocation.state.final:
        return None
    if invocation.state is not State.SUCCEEDED:
        raise Failed(_why(invocation) + _odd(sight))
    return f"{len(sight.results)} of {len(sight.results)} succeeded"


def _odd(sight: Sight) -> str:
    odd = [f"{r.name or r.instance}: {r.outcome.value}" for r in sight.results if r.outcome is not Outcome.SUCCEEDED]
    return f" ({', '.join(odd)})" if odd else ""


def _why(invocation: Invocation) -> str:
    if invocation.refusal is not None:
        return refusals.refusal(invocation.refusal).text.removeprefix("✋ ")
    return f"it is {invocation.state.value}" + (f": {invocation.note}" if invocation.note else "")


async def _asked(call: Awaitable[object]) -> dict[str, object]:
    """Slack's answer. Raises Failed with Slack's own word for what is wrong."""
    try:
        answer = await call
    except SlackApiError as error:
        data = getattr(error.response, "data", None)  # over an answer that is no JSON, the response is aiohttp's
        raise Failed(f"Slack says {data.get('error') if isinstance(data, dict) else 'nothing usable'}") from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Failed(f"Slack does not answer ({type(error).__name__})") from None
    return answer  # type: ignore[return-value]  # the SDK's answer reads like a dictionary
