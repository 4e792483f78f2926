"""Channels, locks, the limit of runs; which of the guards is heard first, and which break-glass passes."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import ChannelRule, Freeze, Limits, Policy, Risk
from bot.domain.guards import Lock, objection, window_start
from bot.domain.refusal import Why
from tests.unit.guards.given import NOW, WEB, around, snippet

CHANNELS = ("C1", "C2", "dm")
ROLES = ("admin", "oncall", "viewer")
RULES = st.lists(
    st.builds(
        ChannelRule,
        number=st.integers(1, 9),
        channels=st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True).map(tuple),
        snippets=st.sampled_from([("*",), ("restart",), ("mem",), ("re*", "mem")]),
        targets=st.sampled_from([("*",), ("web-*",), ("db-prod",)]),
        roles=st.lists(st.sampled_from(ROLES), unique=True).map(tuple),
    ),
    max_size=4,
)
HELD = st.lists(st.sampled_from(ROLES), unique=True).map(tuple)


def why(policy: Policy, risk: Risk = Risk.HIGH, **given: object) -> Why | None:
    """Why *restart* may not be run on web-prod."""
    refusal = objection(policy, snippet(risk), WEB, around(**given))
    return refusal.why if refusal else None


def binds(rule: ChannelRule, roles: tuple[str, ...]) -> bool:
    """Does *rule* speak of restart on web-prod, asked for by the holder of *roles*?"""
    named = rule.snippets != ("mem",) and rule.targets != ("db-prod",)
    return named and (not rule.roles or (roles != () and all(role in rule.roles for role in roles)))


@given(rules=RULES, roles=HELD, channel=st.sampled_from(["C1", "C2", "C3", "D9"]))
def test_every_rule_that_binds_must_name_the_channel(
    rules: list[ChannelRule], roles: tuple[str, ...], channel: str
) -> None:
    """The first that does not is named, with the channels where it would do."""
    here = "dm" if channel == "D9" else channel
    against = [rule for rule in rules if binds(rule, roles) and here not in rule.channels]
    refusal = objection(Policy(channels=tuple(rules)), snippet(), WEB, around(roles=roles, channel=channel))
    if not against:
        assert refusal is None
        return
    assert refusal is not None
    assert refusal.why is Why.WRONG_CHANNEL
    assert (refusal.rule, refusal.near) == (f"channel rule {against[0].number}", against[0].channels)


@given(rules=RULES, roles=HELD)
def test_once_it_was_asked_the_channel_is_not_looked_at(rules: list[ChannelRule], roles: tuple[str, ...]) -> None:
    """Whoever sends it later is in no channel."""
    assert objection(Policy(channels=tuple(rules)), snippet(), WEB, around(roles=roles, channel=None)) is None


def test_a_rule_for_a_role_frees_those_who_have_another() -> None:
    """A viewer may use C2 alone; a viewer who is on call is bound by neither."""
    policy = Policy(channels=(ChannelRule(1, ("C2",), roles=("viewer",)),))
    assert why(policy, roles=("viewer",)) is Why.WRONG_CHANNEL
    assert why(policy, roles=("viewer",), channel="C2") is None
    assert why(policy, roles=("oncall", "viewer")) is None
    assert why(policy, roles=("oncall",)) is None


def test_dm_is_everybodys_and_no_channel() -> None:
    """A channel whose rule does not name dm refuses it there; dm alone refuses every channel."""
    assert why(Policy(channels=(ChannelRule(1, ("C1",)),)), channel="D1") is Why.WRONG_CHANNEL
    assert why(Policy(channels=(ChannelRule(1, ("dm",)),)), channel="D1") is None
    assert why(Policy(channels=(ChannelRule(1, ("dm",)),)), channel="C1") is Why.WRONG_CHANNEL


@given(
    by=st.sampled_from(["U1", "U2"]),
    risk=st.sampled_from(Risk),
    left=st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=1)),
    glass=st.booleans(),
)
def test_a_lock_stops_others_from_changing_anything(by: str, risk: Risk, left: timedelta | None, glass: bool) -> None:
    """Low risk and the holder pass; its end is no longer part of it; break-glass changes nothing."""
    lock = Lock("web-prod", by, NOW - timedelta(days=2), "restoring", None if left is None else NOW + left)
    stands = by == "U2" and risk is not Risk.LOW and (left is None or left > timedelta())
    refusal = objection(Policy(), snippet(risk), WEB, around(lock=lock, break_glass=glass))
    assert (refusal is not None) is stands
    if refusal is not None:
        assert (refusal.why, refusal.who, refusal.hint) == (Why.LOCKED, ("U2",), "restoring")


@given(runs=st.none() | st.integers(1, 50), recent=st.integers(0, 60), glass=st.booleans())
def test_the_limit_of_runs(runs: int | None, recent: int, glass: bool) -> None:
    """So many pass and the next one does not, break-glass or none; the refusal says how many within how long."""
    policy = Policy(limits=Limits(runs, timedelta(seconds=90)))
    refusal = objection(policy, snippet(), WEB, around(recent=recent, break_glass=glass))
    assert (refusal is not None) is (runs is not None and recent >= runs)
    if refusal is not None:
        assert (refusal.why, refusal.limit, refusal.hint) == (Why.TOO_MANY_RUNS, runs, "1m30s")


def test_since_when_runs_count() -> None:
    """No limit, nothing to be counted."""
    assert window_start(Policy(), NOW) is None
    assert window_start(Policy(limits=Limits(5, timedelta(minutes=2))), NOW) == NOW - timedelta(minutes=2)


@pytest.mark.parametrize(("channel", "lock", "freeze", "rate", "glass"), list(product([False, True], repeat=5)))
def test_the_order(channel: bool, lock: bool, freeze: bool, rate: bool, glass: bool) -> None:
    """Channel, lock, freeze, limit: the first that stands is heard, and break-glass passes the freeze alone."""
    policy = Policy(
        channels=(ChannelRule(1, ("C2",)),) if channel else (),
        freezes=(Freeze(1, ("*",), why="x"),) if freeze else (),
        limits=Limits(1 if rate else None),
    )
    held = Lock("web-prod", "U2", NOW, "x") if lock else None
    expected = (
        (Why.WRONG_CHANNEL, channel),
        (Why.LOCKED, lock),
        (Why.FROZEN, freeze and not glass),
        (Why.TOO_MANY_RUNS, rate),
    )
    first = next((one for one, stands in expected if stands), None)
    assert why(policy, lock=held, recent=1, break_glass=glass) is first


def test_nothing_in_the_way() -> None:
    """A policy of roles alone objects to nothing."""
    assert why(Policy(), recent=10_000, break_glass=True) is None
