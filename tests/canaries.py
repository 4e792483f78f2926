"""No secret stands anywhere in what a test logs, tells Slack or sends to ECS: looked for in every test of the run."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from bot.sandbox.ecs import SANDBOX_KEY, EcsServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.tokens import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

SECRETS = (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, SANDBOX_KEY.secret)
"""What every bot of a test is given."""

found: list[str] = []
"""Where a secret stood in what emulators were told; emptied by whoever looks."""


def leaks(where: str, said: str) -> list[str]:
    """Every secret that stands in *said*, with where that was."""
    return [
        f"{secret} in {where}: …{said[max(said.index(secret) - 200, 0) :][:400]}"
        for secret in SECRETS
        if secret in said
    ]


def listen() -> None:
    """Look through all that an emulator was told, whenever one is stopped."""
    _before(SlackServer, "stop", _told_slack)
    _before(EcsServer, "stop", _told_ecs)


def _before(server: Any, name: str, told: Callable[[Any], Iterable[tuple[str, str]]]) -> None:
    ended: Callable[[Any], Awaitable[None]] = getattr(server, name)

    async def end(self: Any) -> None:
        for where, said in told(self):
            found.extend(leaks(where, said))
        await ended(self)

    setattr(server, name, end)


def _told_slack(slack: SlackServer) -> Iterable[tuple[str, str]]:
    yield from ((call.method, str(call.args)) for call in slack.journal.all)
    yield from (("an answer to Slack", f"{ack.body}{ack.payload}{ack.headers}") for _, ack in slack.envelopes)
    yield from (("a message", f"{m.words}{m.metadata}") for m in slack.workspace.all_messages())


def _told_ecs(ecs: EcsServer) -> Iterable[tuple[str, str]]:
    return ((call.action, str(call.params)) for call in ecs.journal.calls)
