"""What the Slack app is: the manifest that it is made from, with no scope that the bot does not use."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

PATH = "/slack/events"
"""Where the bot takes Slack's requests in HTTP mode."""

COMMAND = "/ecs"

METHODS: Mapping[str, str | None] = {
    "auth.test": None,
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "views.open": None,
    "views.publish": None,
    "views.update": None,
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "users.info": "users:read",
    "chat.getPermalink": None,
    "conversations.info": "channels:read",
    "usergroups.users.list": "usergroups:read",
}
"""Every method of the Web API that is called with the bot token, and the scope that it takes."""

BESIDES = ("commands", "groups:read")
"""Scopes that go with no method alone: the slash command, and conversations.info of private channels."""

EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
}
"""Every event that is listened to, and the scope that it takes."""

SHORTCUTS: tuple[Mapping[str, str], ...] = (
    {
        "name": "Run something",
        "type": "global",
        "callback_id": "run_something",
        "description": "Choose a snippet and a target in a form",
    },
    {
        "name": "Run something about this",
        "type": "message",
        "callback_id": "run_about_this",
        "description": "The same; the results go into this thread",
    },
)

WHY: Mapping[str, str] = {
    "commands": "the slash command `/ecs`",
    "app_mentions:read": "`@ecs run …` in channels and threads: only messages that name the bot reach it",
    "im:history": "the same in direct messages to the bot: it is sent those to itself, and no others",
    "chat:write": "cards, threads and private answers, in channels that the bot is a member of, and direct messages",
    "channels:read": "whether a public channel that results are to be shared to is another company's, too",
    "groups:read": "the same of private channels that the bot is in",
    "files:write": "output that is too long for a message, as a file in the thread",
    "users:read": "whether an approver can press a button (active, no guest), before anybody waits for that person",
    "usergroups:read": "who is in a user group that was given a role",
}
"""Every scope that is asked for, and what for."""


def scopes() -> list[str]:
    """The bot token's scopes: those of METHODS and EVENTS, and BESIDES."""
    return sorted({*BESIDES, *filter(None, (*METHODS.values(), *EVENTS.values()))})


def request_url(address: str) -> str:
    """Where Slack is to send requests, from the bot's public *address*. ValueError says what is wrong with it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme != "https" or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{address!r} is no address that Slack can send to: write it as https://bot.example.com")
    return address.rstrip("/").removesuffix(PATH) + PATH


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest: for HTTP with its request *url*, for Socket Mode without."""
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Run an allowlisted command on ECS machines",
        "usage_hint": "run mem web-prod | list | help",
        "should_escape": True,  # people and channels arrive as ids, which names are not
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    settings: dict[str, Any] = {
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
    if EVENTS:
        settings["event_subscriptions"] = {"bot_events": sorted(EVENTS)}
    if url is not None:
        command["url"] = interactivity["request_url"] = url
        if EVENTS:
            settings["event_subscriptions"]["request_url"] = url
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "ECS",
            "description": "Runs allowlisted commands on Alibaba Cloud ECS machines, with approvals",
            "background_color": "#1f2d3d",
        },
        "features": {
            # Approvers and requesters are written to; without this tab Slack refuses direct messages.
            "app_home": {
                "home_tab_enabled": "app_home_opened" in EVENTS,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "ecs", "always_online": True},
            "slash_commands": [command],
            "shortcuts": [dict(shortcut) for shortcut in SHORTCUTS],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": settings,
    }
