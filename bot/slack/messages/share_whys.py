"""The sentences for what can't be shared, stopped on one machine, or followed."""

from collections.abc import Mapping

from bot.domain.refusal import Refusal, Why
from bot.slack.messages.escape import code, escape, place
from bot.slack.messages.phrases import Words, people
from bot.slack.messages.words import some

_NO_CHANNEL: Mapping[str, tuple[str, str]] = {
    "people": ("Direct messages are no place to share to.", "Choose a channel."),
    "outside": ("{place} is shared with another company. Nothing was shared.", "Choose a channel of this workspace."),
    "archived": ("{place} is archived.", "Choose another channel."),
    "absent": ("I am not in {place}, so I can't write there.", "Say `/invite @ecs` there, then share it again."),
    "apart": ("You are not in {place}, as Slack sees it. Nothing was shared.", "Choose a channel that you are in."),
    "missing_scope": (
        "Slack does not let me look whether {place} is shared with another company. Nothing was shared.",
        "Admins can install the app anew, with `channels:read` and `groups:read`. Group direct messages show nothing.",
    ),
    "unsaid": ("Slack does not say whether you are in {place}. Nothing was shared.", "Try again in a moment."),
    "late": (
        "Slack did not say in time whether it can be shown in {place}. Nothing was shared.",
        "Try again in a moment.",
    ),
}


def _no_channel(why: Refusal) -> tuple[str, str]:
    silent = ("Slack does not say what {place} is. Nothing was shared.", "Try again in a moment.")
    wrong, do = _NO_CHANNEL.get(why.hint, silent)
    return wrong.format(place=place(why.subject)), do


def _not_for_channel(why: Refusal) -> tuple[str, str]:
    what = f"{escape(why.subject, 64)} on {escape(why.target, 64)}"
    wrong = f"{what} may not be seen in {place(why.hint)} ({escape(why.rule, 60)}). Nothing was shared."
    where = [place(channel) for channel in why.near[:10] if channel != "dm"]
    return wrong, f"It may be seen in {' and '.join(where)}." if where else ""


SHARE_WORDS: Mapping[Why, Words] = {
    Why.NOT_YOURS_TO_SHARE: lambda why: (
        f"{code(why.subject)} was asked for privately: only {people(why) or 'who asked'} can share it.",
        "Ask them.",
    ),
    Why.NO_CHANNEL: _no_channel,
    Why.NOT_FOR_CHANNEL: _not_for_channel,
    Why.SHOWN_THERE: lambda why: (f"{code(why.subject)} is shown in {place(why.hint)} already.", "Look there."),
    Why.SHOWN_ENOUGH: lambda why: (
        f"{code(why.subject)} is shared to {why.limit:,} channels already: no more are kept up to date.",
        "Send a link to one of them.",
    ),
    Why.NOT_STARTED: lambda why: (
        f"Nothing of {code(why.subject)} was sent yet: one machine can't be taken out of it.",
        f"{code(f'/ecs stop {why.subject}')} stops all of it.",
    ),
    Why.MACHINES_OVER: lambda why: (
        f"{code(why.subject)} has ended already on {some(why.near, 300)}.",
        f"{code(f'/ecs status {why.subject}')} shows how it is elsewhere.",
    ),
}
