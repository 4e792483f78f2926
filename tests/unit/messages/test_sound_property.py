"""Whatever people type and machines print, what goes to Slack is valid, complete and harmless."""

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.access import Decision, Grant
from bot.domain.catalog import ApprovalRule
from bot.domain.invocation import Invocation
from bot.domain.output import fold
from bot.domain.refusal import Refusal
from bot.domain.result import Result
from bot.domain.usergroups import Membership
from bot.slack.messages import pages
from bot.slack.messages.card import card
from bot.slack.messages.direct import direct
from bot.slack.messages.files import files
from bot.slack.messages.private import NOTICES, notice
from bot.slack.messages.refusals import refusal
from bot.slack.messages.thread import fitted, thread
from tests.unit.messages import strategies as s
from tests.unit.messages.samples import NOW
from tests.unit.messages.soundness import assert_sound

# No shrinking: of a thousand machines it takes minutes, and what it finds is no clearer.
few = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@few
@given(s.invocations())
def test_cards_and_direct_messages(inv: Invocation) -> None:
    """Of any invocation, in any state."""
    for message in (card(inv, NOW), direct(inv, NOW), pages.status_page(inv, NOW), pages.accepted(inv)):
        assert_sound(message)


@few
@given(s.invocations(), s.RESULTS)
def test_threads(inv: Invocation, results: tuple[Result, ...]) -> None:
    """For any number of machines; and what is not shown is in the file."""
    assert_sound(thread(inv, results))
    plan, _ = fitted(inv, results)
    outputs = files(inv, results)
    assert len(outputs) == plan.cut
    if outputs:
        content = outputs[0].content.decode()
        assert all(group.output in content for group in fold(results))
        assert all(name in content for group in fold(results) for name in group.names)


@few
@given(s.REFUSAL)
def test_refusals(why: Refusal) -> None:
    """With anything in any of their fields."""
    assert_sound(refusal(why))


@few
@given(s.invocations(), s.LINE, s.LINE)
def test_notices(inv: Invocation, channel: str, code: str) -> None:
    """Each of them, and one that nobody knows."""
    for name in (*NOTICES, "unheard of"):
        assert_sound(notice(name, {"channel": channel, "code": code}, inv))


@few
@given(st.lists(s.invocations(), max_size=5), st.integers(1, 60))
def test_lists_of_invocations(some: list[Invocation], times: int) -> None:
    """Up to hundreds of them."""
    assert_sound(pages.history(some * times, NOW))
    assert_sound(pages.open_page(some * times, NOW))


GRANT = st.builds(
    Grant,
    user=s.USER | st.just("S0TEAM"),
    role=s.LINE,
    granted_by=s.USER,
    granted_at=st.just(NOW),
    targets=st.none() | st.lists(s.LINE, max_size=30).map(tuple),
    until=st.sampled_from([None, NOW]),
    why=s.HOSTILE,
    id=st.integers(0, 3),
)


@few
@given(st.lists(GRANT, min_size=1, max_size=5), st.integers(1, 60), s.LINE, st.none() | s.REFUSAL)
def test_roles(grants: list[Grant], times: int, word: str, obstacle: Refusal | None) -> None:
    """However many grants, and whatever reasons were given."""
    group = Membership(frozenset({"U1"}) if times % 2 else frozenset(), "" if times % 2 else word or "no")
    assert_sound(pages.role_list(grants * times, {"S0TEAM": group}, NOW))
    assert_sound(
        pages.whoami("U0OLGA", [replace(g, user="U0OLGA", through="S0TEAM") for g in grants] * times, True, (), ())
    )
    assert_sound(pages.whoami("U0OLGA", (), True, (), (), unknown=[(replace(grants[0], user="S0TEAM"), word)] * times))
    assert_sound(pages.granted(replace(grants[0], user="S0TEAM"), group))
    assert_sound(pages.revoked("U0OLGA", word, 2))
    for allowed in (True, False):
        decision = Decision(allowed, word, grants[0], ("U0BEN",) * 30)
        rule = ApprovalRule(1, roles=(word,) * 30, reason=True)
        doing = ("run", word, word)
        assert_sound(
            pages.can("U0OLGA", doing, decision, NOW, approval=rule, approvers=("U0BEN",) * 90, obstacle=obstacle)
        )
