"""The builder: opened from a line with a word missing, a button, a shortcut; sent off, it asks as a line would."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import UserId
from bot.domain.draft import Draft, faults
from bot.domain.invocation import Invocation, command_line
from bot.domain.refusal import Refusal
from bot.domain.verb import Run
from bot.ports import Cloud
from bot.slack.listeners.filled import Filled, read, told
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.seal import Origin, Seal, snippet_of
from bot.slack.messages import builder, forms, refusals
from bot.slack.messages.rendered import Rendered
from bot.usecases import drafting
from bot.usecases.desk import Asker
from bot.usecases.permit import permit
from bot.usecases.run import ask

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What stands beside the fields: block_id → words."""

    errors: dict[str, str]


def register(app: AsyncApp, building: "Building") -> None:
    """Listen to all that happens in the builder."""

    async def offered(ack: AsyncAck, body: dict[str, Any]) -> None:
        found = await building.reception.bounded("builder_options", building.offered(body))
        await ack(options=[] if isinstance(found, Rendered) else found)

    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        building.reception.errand(building.follow(body))

    for name in (builder.SNIPPET, builder.TARGET):
        app.options(name)(offered)
        app.action(name)(chosen)

    @app.view(builder.BUILDER)
    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        made = await building.reception.bounded("builder_form", building.submit(body, view))
        if isinstance(made, Rendered):
            made = Wrong({builder.SNIPPET: refusals.unmarked(made.text)})
        if isinstance(made, Wrong):
            await ack(response_action="errors", errors=made.errors)
        else:
            await ack(response_action="update", view=made)


@dataclass(frozen=True, slots=True)
class Building:
    """Opens the builder, follows what is chosen in it, and takes it in when it is sent off."""

    reception: Reception
    cloud: Cloud
    seal: Seal

    # ── opening ────────────────────────────────────────────────────────────────

    async def draft(self, user: UserId, run: Run, origin: Origin) -> Draft | Refusal:
        """What the form would start with."""
        return await drafting.draft(self.reception.desk, user, run, origin.channel)

    def open(self, body: Mapping[str, Any], user: UserId, drafted: Draft, origin: Origin, otherwise: Rendered) -> None:
        """Show the form, after the acknowledgement; where Slack does not open it, *otherwise* is said."""
        self.reception.errand(self._open(body, user, drafted, origin, otherwise))

    async def _open(
        self, body: Mapping[str, Any], user: UserId, drafted: Draft, origin: Origin, otherwise: Rendered
    ) -> None:
        view = self._view(user, drafted, origin, looking=True)
        try:
            answer = await self.reception.client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=view)
        except Exception:  # nothing was done yet: they try once more
            log.warning("form_not_opened", exc_info=True)
            self.reception.tell(body, otherwise)
        else:
            await self._look(user, drafted, origin, answer.get("view"))

    def _view(self, user: UserId, drafted: Draft, origin: Origin, *, looking: bool = False) -> forms.View:
        metadata = self.seal.closed(user, origin, drafted.run.snippet)
        looking = looking and drafted.target is not None
        return builder.view(drafted, metadata, elsewhere=not origin.channel, looking=looking)

    async def _look(self, user: UserId, drafted: Draft, origin: Origin, shown: object) -> None:
        """Add the machines to the form that is *shown*, if it still shows the same."""
        if drafted.target is None or not isinstance(shown, Mapping):
            return
        seen = replace(drafted, reach=await drafting.look(self.reception.desk, self.cloud, drafted))
        await self.reception.redraw(shown, self._view(user, seen, origin))

    # ── while it is filled in ──────────────────────────────────────────────────

    async def offered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The choices for what was typed, of what the person may run."""
        user, typed, view = self.reception.member(body), body.get("value"), body.get("view")
        if isinstance(user, Refusal) or not isinstance(view, Mapping):
            return []
        words = typed if isinstance(typed, str) else ""
        if body.get("action_id") == builder.SNIPPET:
            return builder.options(await drafting.snippets(self.reception.desk, user, words))
        snippet = snippet_of(view.get("private_metadata"))
        return builder.options(await drafting.targets(self.reception.desk, user, snippet, words))

    async def follow(self, body: Mapping[str, Any]) -> None:
        """Another snippet has other fields; another target other machines."""
        user, view = self.reception.member(body), body.get("view")
        if isinstance(user, Refusal) or not isinstance(view, Mapping):
            return
        origin = self.seal.opened(user, view.get("private_metadata"))
        if origin is None:
            return
        run = read(view).run
        drafted = await self.draft(user, run, origin)
        if isinstance(drafted, Refusal):
            await self.reception.redraw(view, forms.reply(refusals.refusal(drafted)))
            return
        typed = replace(drafted, run=told(drafted.snippet, drafted.run))
        await self._look(
            user, typed, origin, await self.reception.redraw(view, self._view(user, typed, origin, looking=True))
        )

    # ── when it is sent off ────────────────────────────────────────────────────

    async def submit(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> forms.View | Wrong:
        """Ask for what is in *view*, exactly as if it had been typed there where the form was opened."""
        desk, user = self.reception.desk, self.reception.member(body)
        if isinstance(user, Refusal):
            return Wrong({builder.SNIPPET: refusals.plain(user)})
        origin, filled = self.seal.opened(user, view.get("private_metadata")), read(view)
        channel = filled.channel if origin is not None and not origin.channel else origin.channel if origin else ""
        if origin is None or not channel or not isinstance(view.get("id"), str):
            return Wrong({builder.SNIPPET: builder.OUT_OF_DATE})
        run = told(desk.catalog().snippets.get(filled.run.snippet), filled.run)
        asker = Asker(user, self.reception.team, channel, f"view:{user}:{view['id']}", thread=origin.thread)
        if not origin.channel and (apart := await self._apart(asker, run)) is not None:
            known = apart.hint in {"apart", "absent", "archived"}
            return Wrong({builder.CHANNEL: builder.CHOOSE_ANOTHER if known else builder.NOT_SAID})
        asked = await ask(desk, asker, run)
        return self._wrong(asked, filled) if isinstance(asked, Refusal) else _done(asked)

    async def _apart(self, asker: Asker, run: Run) -> Refusal | None:
        """A refusal where *asker* and the bot are not both in the conversation that was chosen. What is refused anyway
        is not asked about."""
        given = await permit(self.reception.desk, asker.user, run, channel=asker.channel, first=True)
        if isinstance(given, Refusal):
            return None
        return await self.reception.rooms.together(asker.channel, asker.user, builder.shows_here(run).text)

    def _wrong(self, why: Refusal, filled: Filled) -> Wrong:
        snippet = self.reception.desk.catalog().snippets.get(filled.run.snippet)
        found = [why]
        if snippet is not None and why.why in builder.OF_PARAMS:  # they may run it: tell of all that is wrong at once
            found = [*faults(snippet, filled.run.params).values()] or found
        words: dict[str, list[str]] = {}
        for refusal in found:
            block = builder.beside(refusal, filled.run.snippet, filled.blocks)
            words.setdefault(block, []).append(refusals.plain(refusal))
        return Wrong({block: "\n".join(said) for block, said in words.items()})


def _done(asked: Invocation) -> forms.View:
    return builder.done(asked, command_line(asked.snippet, asked.target, asked.params, asked.reason))
