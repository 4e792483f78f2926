"""For every `Why` a sentence that says what is wrong, and one that says what to do."""

from collections.abc import Mapping

from bot.domain.invocation import State
from bot.domain.refusal import Refusal, Why
from bot.slack.messages.escape import code, escape, one_line, place
from bot.slack.messages.guard_whys import GUARD_WORDS
from bot.slack.messages.phrases import Words, either, fixed, nearest, people
from bot.slack.messages.share_whys import SHARE_WORDS
from bot.slack.messages.usergroups import holder, unseen
from bot.slack.messages.words import STATES, count, machines, obstacle, some


def _unknown(kind: str, otherwise: str) -> Words:
    def words(why: Refusal) -> tuple[str, str]:
        return f"There is no {kind} {code(why.subject)}.", nearest(why, otherwise)

    return words


def _missing_argument(why: Refusal) -> tuple[str, str]:
    if why.subject == "invocation":
        under_way, latest = code("/ecs status"), code("/ecs history")
        return "Something is missing: the id of a run.", f"{under_way} shows what is under way, {latest} the latest."
    choose = f"There are {some(why.near, 400)}." if why.near else f"{code('/ecs help')} shows how it is written."
    return f"Something is missing: {escape(why.subject)}.", choose


def _unknown_param(why: Refusal) -> tuple[str, str]:
    near = tuple(name if name.startswith("--") else f"--{name}" for name in why.near)
    there_are = f"It takes {escape(why.hint, 400)}." if why.hint else ""
    meant = f"Did you mean {either(near)}?" if near else ""
    return f"There is no parameter {code('--' + why.subject)} here.", f"{meant} {there_are}".strip()


def _bad_value(why: Refusal) -> tuple[str, str]:
    must = f"It must be {escape(why.hint, 500)}." if why.hint else ""
    meant = f" Did you mean {either(why.near)}?" if why.near else ""
    return f"{code('--' + why.subject)} can't be {code(why.value, 80)}.", must + meant


def _not_allowed(why: Refusal) -> tuple[str, str]:
    what = f"{escape(why.subject, 120)}" + (f" on {escape(why.target, 64)}" if why.target else "")
    rule = f": {escape(why.rule, 200)}" if why.rule else ""
    could = people(why)
    do = f"{could} could." if could else "Ask an admin for a role that allows it."
    return f"You may not {what}{rule}.{unseen(why.near)}", do


def _not_yours(why: Refusal) -> tuple[str, str]:
    could = f"{people(why)} can, and so can whoever" if why.who else "It takes somebody who"
    return f"{code(why.subject)} is not yours to stop.", f"{could} may run or approve it."


def _already_over(why: Refusal) -> tuple[str, str]:
    return f"{code(why.subject)} is over{_state(why.hint)}.", f"{_status(why)} shows what became of it."


def _changed_since(why: Refusal) -> tuple[str, str]:
    return f"{code(why.subject)} has moved on{_state(why.hint)}. Nothing was done.", f"{_status(why)} shows how it is."


def _state(hint: str) -> str:
    try:
        return f": {STATES[State(hint)][1].lower()}"
    except ValueError:
        return f": {escape(hint, 120)}" if hint else ""


def _status(why: Refusal) -> str:
    return code(f"/ecs status {why.subject}")


def _no_machines(why: Refusal) -> tuple[str, str]:
    if not why.hint:
        return f"{code(why.subject)} fits no machine. Nothing ran.", "Its tags or ids stand in the catalogue."
    which = _obstacles(why.hint)
    return f"No machine of {code(why.subject)} can be reached: {which}. Nothing ran.", "Start one, or mend its agent."


def _obstacles(hint: str) -> str:
    """`web-3: AgentOffline, web-4: Stopped` as web-3 (agent offline), web-4 (stopped); other forms as they are."""
    parts = (one.partition(": ") for one in hint.split(", "))
    return ", ".join(f"{escape(name, 64)}{f' ({obstacle(because)})' if because else ''}" for name, _, because in parts)


def _too_many(why: Refusal) -> tuple[str, str]:
    wrong = f"{code(why.subject)} is {machines(why.size)}; at most {why.limit:,} may be run on at once."
    if why.rule:
        return wrong, f"That is policy's limit ({escape(why.rule, 60)}). Choose a smaller target."
    return wrong, f"Raise {code('max_instances')} in the catalogue, or choose a smaller target."


def _no_such_grant(why: Refusal) -> tuple[str, str]:
    return (
        f"{holder(why.subject)} does not hold the role {code(why.hint)}.",
        f"{code('/ecs role list')} shows who does.",
    )


def _plan_changed(why: Refusal) -> tuple[str, str]:
    if why.rule:
        asks = f"Policy asks for {count(why.limit, 'approval')} of {code(why.subject)} by now"
        wrong = f"{asks} ({escape(why.rule, 120)}), and it has {why.size:,}. Nothing ran."
        return wrong, "Ask for it again: it then waits for them."
    what = f": {_obstacles(one_line(why.hint, 400))}" if why.hint else ""
    wrong = f"{code(why.subject)} is not what was approved any more{what}. Nothing ran."
    return wrong, "Ask for it again: it needs a new approval."


def _role_ended(why: Refusal) -> tuple[str, str]:
    whose = f" of {people(why)}" if why.who else ""
    wrong = f"The role{whose} that allowed {code(why.subject)} has ended since. Nothing ran."
    if why.near:
        wrong = f"The role{whose} that allowed {code(why.subject)} does not count now.{unseen(why.near)} Nothing ran."
    return wrong, "Somebody who may has to ask anew."


def _cloud(wrong: str, do: str) -> Words:
    def words(why: Refusal) -> tuple[str, str]:
        said = f": {escape(why.hint, 400).rstrip('.')}" if why.hint else ""
        return f"{wrong} {code(why.target or why.subject)}{said}. Nothing ran.", do

    return words


def _not_shown_here(why: Refusal) -> tuple[str, str]:
    wrong = f"What {code(why.subject)} printed is for those who are where it is shown."
    if why.hint:
        return wrong, f"Ask in {place(why.hint)}."
    how = "It was asked for privately" if why.value == "private" else "It is shown in direct messages"
    return wrong, f"{how}: ask {people(why) or 'who asked'} to share it."


def _too_large(why: Refusal) -> tuple[str, str]:
    wrong = f"With these parameters the script is {why.size:,} bytes; ECS takes {why.limit:,}."
    return wrong, "Give shorter values."


WORDS: Mapping[Why, Words] = {
    Why.UNBALANCED_QUOTE: fixed(
        "A quote is opened here and never closed.", "Close it, or enclose the value in other quotes."
    ),
    Why.CONTROL_CHARACTER: fixed("There is a control character in it.", "Type the line anew, without it."),
    Why.TOO_LONG: fixed("That is longer than {limit} characters.", "Make it shorter."),
    Why.UNKNOWN_VERB: lambda why: (
        f"There is no {code('/ecs ' + why.subject)}.",
        nearest(why, f"{code('/ecs help')} shows what there is."),
    ),
    Why.MISSING_ARGUMENT: _missing_argument,
    Why.TOO_MANY_ARGUMENTS: fixed("{subject} is one word too many.", "Quote a value that has blanks in it."),
    Why.NOT_A_USER: fixed(
        "{subject} is not a person.", "Mention them, or a user group, with @, and choose them from Slack's list."
    ),
    Why.BAD_DURATION: fixed("{subject} is not a duration.", "Write it as `30m`, `8h` or `7d`."),
    Why.UNKNOWN_SNIPPET: _unknown("snippet", "`/ecs list` shows what there is."),
    Why.UNKNOWN_TARGET: _unknown("target", "`/ecs list` shows what there is."),
    Why.UNKNOWN_ROLE: _unknown("role", "`/ecs role list` shows who has which."),
    Why.SNIPPET_NOT_FOR_TARGET: fixed("{subject} is not meant for {target}.", "Its file in the catalogue says where."),
    Why.UNKNOWN_PARAM: _unknown_param,
    Why.REPEATED_PARAM: lambda why: (f"{code('--' + why.subject)} is there twice.", "Give it once."),
    Why.MISSING_PARAM: lambda why: (
        f"{code('--' + why.subject)} is missing.",
        f"It must be {escape(why.hint, 500)}." if why.hint else "Add it.",
    ),
    Why.BAD_VALUE: _bad_value,
    Why.SCRIPT_TOO_LARGE: _too_large,
    Why.REASON_NEEDED: fixed("This needs a reason ({rule}).", "Put `--reason` and why at the end of the line."),
    Why.NOT_ALLOWED: _not_allowed,
    Why.NOT_YOURS: _not_yours,
    Why.OWN_REQUEST: fixed("You asked for this yourself: it takes somebody else.", "Ask a colleague."),
    Why.ALREADY_APPROVED: fixed("You have decided on this already.", "Now it is another person's turn."),
    Why.NOT_ENTITLED: fixed("Only full members of this workspace may use this.", "Ask a colleague who is one."),
    Why.UNKNOWN_INVOCATION: fixed("There is no run {subject}.", "`/ecs history` shows the latest."),
    Why.ALREADY_OVER: _already_over,
    Why.NONE_FAILED: fixed(
        "There is no machine of which it is known that {subject} did not succeed there. Nothing was done.",
        "Run all of it again, if it is still needed.",
    ),
    Why.CHANGED_SINCE: _changed_since,
    Why.NO_MACHINES: _no_machines,
    Why.TOO_MANY_MACHINES: _too_many,
    Why.TOO_OLD: fixed(
        "{subject} waited too long for the bot. Nothing ran.", "Ask for it again, if it is still needed."
    ),
    Why.PLAN_CHANGED: _plan_changed,
    Why.ROLE_ENDED: _role_ended,
    Why.CLOUD_REFUSED: _cloud("ECS refused this on", "Whoever looks after the bot can mend its account or target."),
    Why.CLOUD_SILENT: _cloud("ECS gave no answer about", "Try again in a moment."),
    **GUARD_WORDS,
    **SHARE_WORDS,
    Why.NO_SUCH_GRANT: _no_such_grant,
    Why.NOT_SHOWN_HERE: _not_shown_here,
    Why.UNFIT_EXPRESSION: lambda why: (
        f"RE2 does not take {code(why.value)}: {escape(why.hint, 120)}.",
        "Mend it, or look for it as a text.",
    ),
    Why.NOT_FOR_GROUPS: fixed(
        "The role {subject} gives and takes roles: a user group can't have it, as whoever may edit the group would.",
        "Give it to people.",
    ),
    Why.NOTHING_PRINTED: fixed(
        "There is nothing stored of what {subject} printed.", "Look again when the first machine has ended."
    ),
    Why.ALL_AGREE: fixed("All machines of {subject} printed the same.", "There is nothing to compare."),
    Why.STALE_FORM: fixed("This form is out of date.", "Close it, and press the button under the results once more."),
    Why.NO_SUCH_BUTTON: fixed("This button does nothing any more. Nothing was done.", "`/ecs status` shows how it is."),
    Why.ALREADY_AGAIN: lambda why: (
        f"You are running {code(why.subject)} again already.",
        f"It is {code(why.hint)}: wait for its end, or stop it.",
    ),
    Why.BUSY: fixed(
        "The bot could not write this down in time. It may have been taken all the same.",
        "Look at `/ecs status` and `/ecs history` before you try again: trying again could do it twice.",
    ),
}
