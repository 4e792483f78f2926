"""A Slack workspace on loopback, speaking Slack's own protocols, for the sandbox and for tests.

    async with SlackServer() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        handler = AsyncSocketModeHandler(app, slack.app_token)   # or HTTP: slack.deliver_to(url)
        await handler.connect_async()
        await slack.sockets.connected()

        olga = slack.person("U0ONCALL")
        seen = await olga.types("/ecs run mem web-prod", channel="C0OPS")
        card = await slack.workspace.wait_for(lambda m: "web-prod" in m.words)
        await slack.person("U0APPROVE").presses(card, "Approve")

``seen.text`` is what Olga reads at once; `Workspace.wait_for` waits for a message without sleeping, and a
message object keeps up with its edits. ``slack.faults`` breaks the next answers, ``slack.journal`` has every
call. ``slack.person(…)`` can also mention the bot, fill in modals and open the Home tab.
"""

from bot.sandbox.slack.clock import ManualClock, SystemClock
from bot.sandbox.slack.delivery import HttpDelivery, Sent, Signing
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.hands import Seen
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.records import Channel, File, Message, Team, User, UserGroup, View
from bot.sandbox.slack.refusal import CannotDo, NotSeen, Refused
from bot.sandbox.slack.seed import seed
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.workspace import Workspace

__all__ = [
    "Ack",
    "CannotDo",
    "Change",
    "Channel",
    "Envelope",
    "File",
    "HttpDelivery",
    "ManualClock",
    "Message",
    "NotSeen",
    "Person",
    "Refused",
    "Seen",
    "Sent",
    "Signing",
    "SlackServer",
    "SystemClock",
    "Team",
    "User",
    "UserGroup",
    "View",
    "Workspace",
    "seed",
]
