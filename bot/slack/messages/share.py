"""A run shown in another channel as well: the form that asks where, and the copy that stands there."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
)

from bot.domain.invocation import Invocation, Share
from bot.domain.result import Result
from bot.slack.messages import kit
from bot.slack.messages.card import headline, metadata, outcome, request, small_print, standing, subject, warnings
from bot.slack.messages.escape import escape, linked, mention, one_line, place, shortened
from bot.slack.messages.forms import LONGEST, View, asking, page
from bot.slack.messages.more import more
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.thread import fitted, spoken, stops_of_some
from bot.slack.messages.words import machines

FORM = "share"
"""The form's callback_id."""

CHANNEL, NOTE, FOLLOW = "share_to", "share_note", "share_follow"
"""block_id and action_id of its fields."""

SIZES = (800, 400, 150, 60)
"""How long its line, its reason and the note may be, largest first: the first that Slack takes is chosen."""

TEXT = 1_800


def form(invocation: Invocation, metadata: str, *, some_open: bool) -> View:
    """Where, with which words, and whether to be kept up to date there. *some_open*: policy opens channels that other
    companies see: of them all can be chosen, and which it is decides."""
    words = "Whoever is there can read all that it printed, and search in it."
    if invocation.private:
        words = f"It is shown to you alone now. {words}"
    filtered = ConversationFilter(
        include=["public", "private"], exclude_external_shared_channels=not some_open, exclude_bot_users=True
    )
    where = ConversationSelectElement(action_id=CHANNEL, placeholder=_plain("Choose a channel"), filter=filtered)
    note = PlainTextInputElement(action_id=NOTE, multiline=True, max_length=LONGEST)
    blocks = [
        kit.section(f"{headline(invocation)}\n{words}"),
        _input(CHANNEL, "Where to show it, too", where),
        _input(NOTE, "What do you want to say about it?", note, optional=True),
    ]
    if not invocation.state.final:
        tick = Option(text=_plain("Show its progress there, not only its end"), value="true")
        blocks.append(
            _input(FOLLOW, "Until it is over", CheckboxesElement(action_id=FOLLOW, options=[tick]), optional=True)
        )
    return asking(FORM, "Share this run", "Share", blocks, metadata)


def done(invocation: Invocation, channel: str) -> View:
    """What the form becomes when it was sent off."""
    return page("Shared", [kit.section(_told(invocation, channel))])


def followed(invocation: Invocation) -> Rendered:
    """The answer to who has it followed where they are; the newest of its copies is theirs."""
    words = _told(invocation, invocation.shares[-1].channel)
    return Rendered(words, [kit.section(words)])


def _told(invocation: Invocation, channel: str) -> str:
    so = "" if invocation.state.final else " It is kept up to date there until it is over."
    return f"○ {subject(invocation)} is being shown in {place(channel)}.{so}"


def here(invocation: Invocation) -> Rendered:
    """Said to who would share it, in the channel that they chose: Slack takes it only where both are members. Nothing
    is decided yet."""
    words = f"○ Looking whether {subject(invocation)} can be shown here. Only you see this."
    return Rendered(words, [kit.section(words)])


def shared(invocation: Invocation, results: Sequence[Result], share: Share, now: datetime) -> Rendered:
    """The copy, as it stands at *now*: how it goes, what the machines said, who shared it, and why."""
    plan, groups = fitted(invocation, results)
    blocks: list[Block] = []
    for size in SIZES:
        top, foot = _top(invocation, share, size, now), _foot(invocation, share, now)
        foot += more(invocation, plan.groups)
        plan, groups = fitted(invocation, results, kit.WEIGHT - kit.weight([*top, *foot]) - 300)
        cut = [kit.context(_rest(plan.hidden))] if plan.cut else []
        blocks = [*top, *groups, *cut, *foot]
        if kit.weight(blocks) <= kit.WEIGHT:
            break
    said = f": {escape(share.note, LONGEST)}" if share.note else ""
    lines = [outcome(invocation), f"Shared by {mention(share.by)}{said}", *(spoken(shown) for shown in plan.shown[:5])]
    return Rendered(shortened("\n".join(lines), TEXT), blocks, metadata(invocation))


def _top(invocation: Invocation, share: Share, size: int, now: datetime) -> list[Block]:
    lines = [headline(invocation), standing(invocation, now), *stops_of_some(invocation)]
    blocks = [*warnings(invocation), kit.section("\n".join(lines))]
    if share.note:
        blocks.append(kit.said("Note:", one_line(share.note, min(size, LONGEST))))
    return [*blocks, *request(invocation, size)]


def _foot(invocation: Invocation, share: Share, now: datetime) -> list[Block]:
    kept = (
        "" if invocation.state.final else ", followed until it is over" if share.follow else ", its end will show here"
    )
    parts = [f"Shared by {mention(share.by)}{kept}", linked(share.link, "open it where it runs")]
    about = " · ".join(part for part in (*parts, small_print(invocation, now, elsewhere=True)) if part)
    return [kit.context(about)]


def _rest(hidden: Sequence[object]) -> str:
    more_ = sum(len(getattr(group, "instances", ())) for group in hidden)
    what = f"{machines(more_)} more; " if more_ else "Shortened here; "
    return f"{what}Search looks through all of it, and ⋯ has it as a file."


def _input(
    name: str,
    label: str,
    element: ConversationSelectElement | PlainTextInputElement | CheckboxesElement,
    *,
    optional: bool = False,
) -> Block:
    return dict(InputBlock(block_id=name, label=_plain(label), element=element, optional=optional).to_dict())


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
