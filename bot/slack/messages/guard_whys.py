"""The sentences for what policy's guards refuse: channels, freezes, locks, limits, quorum, break-glass."""

from collections.abc import Mapping

from bot.domain.refusal import Refusal, Why
from bot.slack.messages.escape import code, escape, place
from bot.slack.messages.phrases import Words, fixed, people
from bot.slack.messages.usergroups import unseen
from bot.slack.messages.words import count, moment


def _wrong_channel(why: Refusal) -> tuple[str, str]:
    where = ["a direct message to me" if channel == "dm" else place(channel) for channel in why.near[:10]]
    do = f"Use {' or '.join(where)}." if where else "There is no channel for it."
    return f"{_what(why)} may not be run from here{_rule(why)}.", do


def _frozen(why: Refusal) -> tuple[str, str]:
    do = f"Wait until it is over. In an emergency, {code('--break-glass')} with a {code('--reason')} passes it."
    until = f", until {moment(why.at, why.value)}" if why.at else ""
    return f"{_what(why)} is frozen{_because(why)}{until}{_rule(why)}.", do


def _locked(why: Refusal) -> tuple[str, str]:
    by = f" by {people(why)}" if why.who else ""
    return f"{code(why.target)} is locked{by}{_because(why)}.", "Ask them, or wait: what is low risk still runs."


def _exclusive(why: Refusal) -> tuple[str, str]:
    other = f" {code('/ecs status ' + why.hint)} shows how far it is." if why.hint else ""
    return f"{_what(why)} can't run now: another run has this target to itself.", f"Wait until it is over.{other}"


def _too_many_runs(why: Refusal) -> tuple[str, str]:
    within = f" within {escape(why.hint, 60)}" if why.hint else ""
    return f"You have asked for {count(why.limit, 'run')}{within}: that is the limit.", "Try again a little later."


def _no_quorum(why: Refusal) -> tuple[str, str]:
    who = f" ({people(why)})" if why.who else ""
    could = f"only {count(why.size, 'person', 'people')} could give one" if why.size else "nobody could give one"
    wrong = f"{_what(why)} needs {count(why.limit, 'approval')}, and {could}{who}"
    return f"{wrong}{_rule(why)}.{unseen(why.near)}", "An admin can make somebody an approver."


def _no_break_glass(why: Refusal) -> tuple[str, str]:
    do = f"{people(why)} could." if why.who else "Leave `--break-glass` out and ask for approval."
    return f"You may not break the glass for {_what(why)}{_rule(why)}.{unseen(why.near)}", do


def _not_reviewable(why: Refusal) -> tuple[str, str]:
    return f"{code(why.subject)} can't be reviewed{_because(why)}.", ""


def _what(why: Refusal) -> str:
    on = f" on {escape(why.target, 64)}" if why.target else ""
    return f"{escape(why.subject, 64)}{on}"


def _because(why: Refusal) -> str:
    return f": {escape(why.hint, 300)}" if why.hint else ""


def _rule(why: Refusal) -> str:
    return f" ({escape(why.rule, 120)})" if why.rule else ""


GUARD_WORDS: Mapping[Why, Words] = {
    Why.WRONG_CHANNEL: _wrong_channel,
    Why.FROZEN: _frozen,
    Why.LOCKED: _locked,
    Why.EXCLUSIVE: _exclusive,
    Why.TOO_MANY_RUNS: _too_many_runs,
    Why.NO_QUORUM: _no_quorum,
    Why.NO_BREAK_GLASS: _no_break_glass,
    Why.LOUD_GLASS: fixed("Nobody breaks glass in private: the channel has to see it.", "Leave out `--private`."),
    Why.NOT_REVIEWABLE: _not_reviewable,
    Why.NOT_LOCKED: fixed("{target} is not locked.", "There is nothing to unlock."),
    Why.NOT_HERE: fixed(
        "This button is not on my own message about {subject}. Nothing was done.", "Use the one on its card."
    ),
}
