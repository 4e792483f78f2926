"""Copies in other channels: when they are stale, and where there may be none."""

import pytest

from bot.domain import events as ev
from bot.domain.catalog import ChannelRule, Policy
from bot.domain.change import Change
from bot.domain.decide import Ignored, decide
from bot.domain.invocation import Invocation, Share
from bot.domain.message import MessageKind
from bot.domain.refusal import Why
from bot.domain.result import Outcome
from bot.domain.sharing import MOST, SEEN_BY_OTHERS, Room, hidden, unfit
from tests.unit.domain.given import LATER, NOW, a_plan, after, asked, ended, sent

RUNNING = after(asked(), ev.Planned(a_plan(2)), *sent(1))


def shared(inv: Invocation, channel: str = "C9", *, follow: bool = False) -> Invocation:
    return after(inv, ev.Shared(Share(channel, "U4", NOW, follow=follow)))


def copies(inv: Invocation, event: ev.Event) -> list[tuple[str, bool]]:
    """(channel, final) of the copies that *event* makes stale."""
    decision = decide(inv, event, NOW)
    assert isinstance(decision, Change)
    return [(owed.key, owed.final) for owed in decision.owed if owed.kind is MessageKind.SHARE]


def test_progress_goes_where_it_is_followed_and_the_end_everywhere() -> None:
    """Nothing in any channel says that it runs when it does not."""
    inv = shared(shared(RUNNING), "C8", follow=True)
    assert copies(inv, ev.Seen(1, 1, LATER)) == [("C8", False)]
    assert copies(inv, ended(inv, 1, Outcome.SUCCEEDED)) == [("C9", True), ("C8", True)]


def test_what_is_never_planned_ends_there_too() -> None:
    """It has no card, and is over all the same."""
    inv = shared(asked())
    assert copies(inv, ev.StopAsked("U1")) == [("C9", True)]


def test_one_copy_a_channel() -> None:
    """Asked for again it changes nothing, unless it is to be followed from then on; and there are not too many."""
    inv = shared(RUNNING)
    assert isinstance(decide(inv, ev.Shared(Share("C9", "U5", NOW)), NOW), Ignored)
    assert [share.follow for share in shared(inv, follow=True).shares] == [True]
    assert isinstance(decide(RUNNING, ev.Shared(Share(RUNNING.home, "U5", NOW)), NOW), Ignored)
    for number in range(MOST - 1):
        inv = shared(inv, f"C1{number}")
    full = decide(inv, ev.Shared(Share("C77", "U5", NOW)), NOW)
    assert isinstance(full, Ignored)
    assert full.why.why is Why.SHOWN_ENOUGH


def test_who_follows_it_takes_nobodys_words_away() -> None:
    """The note stands there with its author's name; a new note with the name of who wrote that."""
    noted = after(RUNNING, ev.Shared(Share("C9", "U4", NOW, "look at web-2", link="https://x")))
    assert after(noted, ev.Shared(Share("C9", "U5", LATER, follow=True))).shares == (
        Share("C9", "U4", NOW, "look at web-2", follow=True, link="https://x"),
    )
    [renewed] = after(noted, ev.Shared(Share("C9", "U5", LATER, "mended", follow=True))).shares
    assert (renewed.by, renewed.note, renewed.at) == ("U5", "mended", LATER)
    other = after(noted, ev.Shared(Share("C8", "U4", NOW)), ev.Shared(Share("C9", "U5", NOW, follow=True)))
    assert other.shares[-1].channel == "C9"


def test_what_another_company_would_see_is_deleted() -> None:
    """A copy that stands there, and no other; who shared it is told."""
    inv = shared(RUNNING)
    for code, stands, deleted in (
        (SEEN_BY_OTHERS, "9.1", ["9.1"]),
        (SEEN_BY_OTHERS, "", []),
        ("is_archived", "9.1", []),
    ):
        decision = decide(inv, ev.Unshared("C9", code, stands=stands), NOW)
        assert isinstance(decision, Change)
        assert [owed.key for owed in decision.owed if owed.kind is MessageKind.STALE] == deleted
        assert [owed.key for owed in decision.owed if owed.kind is MessageKind.PRIVATE] == ["U4 C9"]


def test_whose_two_copies_can_not_be_kept_is_told_of_both() -> None:
    """One notice does not take the other's place, however soon after it comes."""
    inv = after(RUNNING, *(ev.Shared(Share(channel, "U4", NOW)) for channel in ("C8", "C9")))
    told = []
    for channel in ("C8", "C9"):
        decision = decide(inv, ev.Unshared(channel, "is_archived"), NOW)
        assert isinstance(decision, Change)
        told += [owed.key for owed in decision.owed if owed.kind is MessageKind.PRIVATE]
    assert told == ["U4 C8", "U4 C9"]


@pytest.mark.parametrize(
    ("roles", "channel", "seen"),
    [
        (("oncall",), "C1", True),
        (("oncall",), "C9", True),
        (("viewer",), "C9", False),
        (("viewer", "oncall"), "C9", True),
        ((), "C9", False),
    ],
)
def test_a_rule_for_roles(roles: tuple[str, ...], channel: str, seen: bool) -> None:
    """It binds whom it binds when they ask; who has no role any more is bound by all."""
    rule = ChannelRule(number=1, channels=("C1",), snippets=("*",), targets=("*",), roles=("viewer",))
    policy = Policy(roles={}, approvals=(), channels=(rule,))
    assert (hidden(policy, RUNNING, channel, roles) is None) is seen


@pytest.mark.parametrize(
    ("room", "hint"),
    [
        (Room("C9", inside=True), ""),
        (Room("C9"), "absent"),
        (Room("C9", inside=True, archived=True), "archived"),
        (Room("C9", inside=True, outside=True), "outside"),
        (Room("C7", inside=True, outside=True), ""),
        (Room("C7", outside=True), "absent"),
        (Room("D9", inside=True, people=True), "people"),
    ],
)
def test_rooms(room: Room, hint: str) -> None:
    """Only a channel of this company or one that policy opens, that the bot is in, and where people write."""
    refusal = unfit(Policy(roles={}, approvals=(), shared_channels=("C7",)), room)
    assert (refusal.hint if refusal else "") == hint
