"""The audit page and the pages of locks, at their largest."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.change import Event
from bot.domain.guards import Lock
from bot.slack.messages import audit
from bot.slack.messages.audit import audit_page
from bot.slack.messages.locks import lock_list, locked, unlocked
from tests.unit.messages import strategies as s
from tests.unit.messages.samples import NOW
from tests.unit.messages.soundness import assert_sound, words
from tests.unit.messages.test_sound_property import few

BOT = Path(audit.__file__).parents[2]


@dataclass(frozen=True)
class Entry:
    """An event in the trail."""

    event: Event
    at: datetime = NOW
    hash: str = "0123456789abcdef" * 4


def of(kind: str, actor: str = "", **data: Any) -> Entry:
    """An event of 7k2m9x."""
    return Entry(Event(kind, actor, "7k2m9x", data))


def test_every_kind_of_event_has_its_words() -> None:
    """Those of one invocation, wherever they are made; roles, locks and strays are nobody's."""
    made: set[str] = set()
    for path in [*(BOT / "domain").glob("*.py"), *(BOT / "usecases").glob("*.py")]:
        text = path.read_text()
        made |= set(re.findall(r'\bEvent\("([a-z_]+)"', text))
        made |= set(re.findall(r'\b(?:change|settle)\(\s*inv,[^"]*?"([a-z_]+)"', text))
    assert {"planned", "denied", "finished", "ended", "asked"} <= made
    assert made - set(audit._WORDS) <= {"locked", "unlocked", "role_granted", "role_revoked", "strays_settled"}


def test_a_line_says_when_who_and_what() -> None:
    """The clock, too, is somebody: the bot."""
    said = words(audit_page("7k2m9x", [of("denied", "U0BEN", reason="not <now>"), of("expired")]))
    assert " · <@U0BEN> · denied it: not &lt;now&gt;" in said
    assert " · the bot · nobody approved it in time" in said
    assert "ends in `01234567`" in said


def test_an_unheard_of_event_is_shown_as_it_is() -> None:
    """One of a newer version, say."""
    assert "`teleported` to=mars, n=2" in words(audit_page("7k2m9x", [of("teleported", to="mars", n=2)]))


@pytest.mark.parametrize(("kind", "name"), [("planned", "unreachable"), ("voided", "who"), ("reminded", "users")])
@pytest.mark.parametrize("value", [None, 7, {"a": 1}, "U0BEN"])
def test_what_should_be_a_list_and_is_none(kind: str, name: str, value: Any) -> None:
    """The page shows the event all the same."""
    assert_sound(audit_page("7k2m9x", [of(kind, **{name: value})]))


@pytest.mark.parametrize("number", [1, 13, 60, 900])
def test_any_number_of_events(number: int) -> None:
    """The beginning and the end are shown; what is between them is counted."""
    entries = [of("asked", "U0OLGA", snippet="mem", target="web-prod", reason="r" * 300)]
    entries += [of("seen", batch=n, finished=n, note="x" * 400) for n in range(number - 1)]
    message = audit_page("7k2m9x", entries)
    assert_sound(message)
    said = words(message)
    assert "asked for mem on web-prod" in said
    assert number == 1 or f"batch {number - 2} goes on" in said
    if number == 900:
        shown = said.count(" goes on") + 1
        assert f"{number - shown:,} events between these are not shown" in said


@few
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*audit._WORDS, "teleported"]) | s.LINE,
            st.just("") | s.USER | s.LINE,
            st.dictionaries(
                st.sampled_from(
                    ["batch", "note", "digest", "machines", "unreachable", "users", "why", "hint", "state", "code",
                     "snippet", "target", "reason", "key", "message", "from", "finished", "succeeded"]
                ),
                s.HOSTILE | st.integers() | st.none() | st.lists(s.LINE, max_size=3),
                max_size=6,
            ),
        ),
        min_size=1,
        max_size=40,
    )
)  # fmt: skip
def test_any_event(events: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Whatever is in it, the page holds."""
    assert_sound(audit_page("7k2m9x", [of(kind, actor, **data) for kind, actor, data in events]))


def test_nothing_recorded_is_said() -> None:
    """No empty page."""
    assert_sound(audit_page("7k2m9x", []))


@few
@given(s.LINE, s.USER, s.HOSTILE, st.sampled_from([None, timedelta(hours=1), timedelta(days=9)]))
def test_locks(target: str, user: str, why: str, span: timedelta | None) -> None:
    """Up to hundreds of them."""
    held = Lock(target, user, NOW, why, NOW + span if span else None)
    pages = [locked(held, NOW), unlocked(held, user), unlocked(held, "W0ENT")]
    for message in (*pages, lock_list([], NOW), lock_list([held] * 200, NOW)):
        assert_sound(message)


def test_what_ecs_never_saw_is_not_its_refusal() -> None:
    """Of a batch that the bot did not send, and of one that is only looked for."""
    entries = [of("batch_refused", batch=1, code="NoLongerAllowed"), of("batch_refused", batch=2, code="NotSent")]
    entries += [of("batch_refused", batch=3, code="Forbidden.RAM"), of("looking_for", batch=4, note="stopped")]
    said = words(audit_page("i1", entries))
    assert "batch 1 was not sent by the bot: it was no longer allowed" in said
    assert "batch 2 was not sent by the bot: ECS took no call in time" in said
    assert "batch 3 was refused by ECS: Forbidden.RAM" in said
    assert "batch 4 is looked for, and not sent again: stopped" in said
