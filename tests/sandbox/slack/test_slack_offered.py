"""A menu of conversations offers what its filter leaves in, of what the person can look into."""

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack import CannotDo, SlackServer
from bot.sandbox.slack.offered import check_conversations
from bot.sandbox.slack.records import View
from bot.sandbox.slack.seed import ADMIN, APPROVER, GUEST, INCIDENT, OLD, ONCALL, OPS, PRIVATE


def menu(**only: Any) -> View:
    """A form with a menu of conversations, and a text beside it that is no conversation."""
    where: dict[str, Any] = {"type": "conversations_select", "action_id": "to"} | ({"filter": only} if only else {})
    text = {"type": "plain_text_input", "action_id": "note"}
    blocks = [{"type": "input", "block_id": e["action_id"], "element": e} for e in (where, text)]
    return View("V1", ONCALL, "modal", {"type": "modal", "blocks": blocks}, "h", "V1")


def chosen(channel: str) -> dict[str, dict[str, Any]]:
    return {"to": {"to": channel}, "note": {"note": "C0NOWHERE"}}


@pytest.mark.parametrize(
    ("person", "channel"),
    [(ONCALL, "C0NOWHERE"), (ONCALL, OLD), (ADMIN, PRIVATE), (GUEST, OPS)],
    ids=["not there", "archived", "private, and they are not in it", "a guest is not in it"],
)
def test_what_they_cant_look_into(slack: SlackServer, person: str, channel: str) -> None:
    """It is not in their menu."""
    with pytest.raises(CannotDo, match=f"{channel} is not offered: they can't see it"):
        check_conversations(slack.workspace, person, menu(), chosen(channel))


@pytest.mark.parametrize(("person", "channel"), [(ADMIN, OPS), (APPROVER, PRIVATE), (GUEST, INCIDENT)])
def test_what_they_can_look_into(slack: SlackServer, person: str, channel: str) -> None:
    """Public channels, for members of the workspace, and what they are in themselves."""
    check_conversations(slack.workspace, person, menu(), chosen(channel))


def test_a_menu_that_nobody_touched(slack: SlackServer) -> None:
    """There is nothing to look at."""
    check_conversations(slack.workspace, ONCALL, menu(), {})


def test_kinds_that_the_menu_leaves_out(slack: SlackServer) -> None:
    """Without a filter none is left out."""
    dm = slack.person(ONCALL).dm.id
    check_conversations(slack.workspace, ONCALL, menu(), chosen(dm))
    only = menu(include=["public"])
    check_conversations(slack.workspace, ONCALL, only, chosen(OPS))
    for channel in (PRIVATE, dm):
        with pytest.raises(CannotDo, match="the menu leaves it out"):
            check_conversations(slack.workspace, ONCALL, only, chosen(channel))


def test_channels_of_other_companies(slack: SlackServer) -> None:
    """They are left out where the menu says so, and only there."""
    channels = slack.workspace.channels
    channels[OPS] = replace(channels[OPS], shared="connected")
    check_conversations(slack.workspace, ONCALL, menu(include=["public"]), chosen(OPS))
    with pytest.raises(CannotDo, match="the menu leaves it out"):
        check_conversations(slack.workspace, ONCALL, menu(exclude_external_shared_channels=True), chosen(OPS))
