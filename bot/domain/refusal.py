"""Why something was not done, as a value: `slack/messages/refusals.py` has the words."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Each is one sentence, and what to do, in `slack/messages/refusals.py`."""

    # the text
    UNBALANCED_QUOTE = "unbalanced_quote"  # text, at
    CONTROL_CHARACTER = "control_character"  # text (with pictures in their place), at, value: U+0007
    TOO_LONG = "too_long"  # limit, size: characters
    UNKNOWN_VERB = "unknown_verb"  # subject, near
    MISSING_ARGUMENT = "missing_argument"  # subject: what is missing, value: the word before; near: the choice
    TOO_MANY_ARGUMENTS = "too_many_arguments"  # subject
    NOT_A_USER = "not_a_user"  # subject
    BAD_DURATION = "bad_duration"  # subject; limit: days, where it is too long or nothing
    # the catalogue
    UNKNOWN_SNIPPET = "unknown_snippet"  # subject, near
    UNKNOWN_TARGET = "unknown_target"  # subject, near
    UNKNOWN_ROLE = "unknown_role"  # subject, near
    SNIPPET_NOT_FOR_TARGET = "snippet_not_for_target"  # subject: snippet, target
    UNKNOWN_PARAM = "unknown_param"  # subject, near
    REPEATED_PARAM = "repeated_param"  # subject
    MISSING_PARAM = "missing_param"  # subject, hint: what it may be
    BAD_VALUE = "bad_value"  # subject: parameter, value, hint: what it may be
    SCRIPT_TOO_LARGE = "script_too_large"  # limit: bytes, size
    REASON_NEEDED = "reason_needed"  # rule
    # access
    NOT_ALLOWED = "not_allowed"  # subject: the verb, rule, who; near: Decision.unseen
    NOT_YOURS = "not_yours"  # subject: invocation id, who
    OWN_REQUEST = "own_request"  # an approver may not approve what they asked for
    ALREADY_APPROVED = "already_approved"  # by the same person
    NOT_ENTITLED = "not_entitled"  # subject: outsiders, guests, bots
    # the invocation
    UNKNOWN_INVOCATION = "unknown_invocation"  # subject
    ALREADY_OVER = "already_over"  # subject: id, hint: its state
    ALREADY_AGAIN = "already_again"  # subject: id, hint: the invocation of the same person that runs it again
    NONE_FAILED = "none_failed"  # subject: id; there is no machine of which it is known that it did not succeed there
    NOT_STARTED = "not_started"  # subject: id; a machine of it is to be stopped, and nothing was sent yet
    MACHINES_OVER = "machines_over"  # subject: id, near: names; they run it no more
    CHANGED_SINCE = "changed_since"  # a stale button: subject: id, hint: what it is now
    NO_MACHINES = "no_machines"  # subject: target, hint: which and why
    TOO_MANY_MACHINES = "too_many_machines"  # subject: target, limit, size
    TOO_OLD = "too_old"  # subject: id; it waited too long for the bot itself, and must be asked again
    PLAN_CHANGED = "plan_changed"  # subject: id, hint: what is different; or rule, limit, size: asked for by now, given
    ROLE_ENDED = "role_ended"  # subject: id, who: whose, near: Decision.unseen; allowed when asked, not any more
    # the cloud
    CLOUD_REFUSED = "cloud_refused"  # target, hint: ECS's code and message
    CLOUD_SILENT = "cloud_silent"  # target, hint: what went wrong; nothing was run
    # guards
    WRONG_CHANNEL = "wrong_channel"  # subject: snippet, target, rule, near: channel ids where it may be used
    FROZEN = "frozen"  # subject: snippet, target, rule, hint: why; at: its end (Unix time), value: on policy's clock
    LOCKED = "locked"  # target, who: the holder, hint: why
    EXCLUSIVE = "exclusive"  # subject: snippet, target, hint: the invocation that has the target to itself
    TOO_MANY_RUNS = "too_many_runs"  # limit, hint: within how long
    NO_QUORUM = "no_quorum"  # subject: snippet, target, rule, limit: needed, size: how many could, who: those; near
    NO_BREAK_GLASS = "no_break_glass"  # subject: snippet, target, rule, who, near
    LOUD_GLASS = "loud_glass"  # break-glass, asked for privately
    NOT_REVIEWABLE = "not_reviewable"  # subject: id, hint: why
    NOT_LOCKED = "not_locked"  # target
    NOT_HERE = "not_here"  # subject: id; a button on a message that is not the bot's own of it
    NOT_SHOWN_HERE = "not_shown_here"  # subject: id, hint: the channel that it is shown in; else who; value: private?
    NOT_YOURS_TO_SHARE = "not_yours_to_share"  # subject: id, who: the requester; it was asked for privately
    NO_CHANNEL = "no_channel"  # subject: channel; hint: what is the matter with it, as `share_whys.py` names it
    NOT_FOR_CHANNEL = "not_for_channel"  # subject: snippet, target, rule, hint: channel, near: channels that may see it
    SHOWN_THERE = "shown_there"  # subject: id, hint: channel
    SHOWN_ENOUGH = "shown_enough"  # subject: id, limit: channels
    UNFIT_EXPRESSION = "unfit_expression"  # value, hint: why RE2 does not take it
    NOTHING_PRINTED = "nothing_printed"  # subject: id; no machine has ended yet, or what they said is not kept any more
    ALL_AGREE = "all_agree"  # subject: id; there is nothing to compare
    STALE_FORM = "stale_form"  # a form that was open too long, or was never opened by the bot
    NO_SUCH_BUTTON = "no_such_button"  # of an older version of the bot, or forged
    # roles
    NO_SUCH_GRANT = "no_such_grant"  # subject: user, hint: role
    NOT_FOR_GROUPS = "not_for_groups"  # subject: role
    # the bot itself
    BUSY = "busy"  # it could not be recorded in time; nothing was run


@dataclass(frozen=True, slots=True)
class Refusal:
    """A *why* with what its sentence needs; who may use which field stands beside each Why."""

    why: Why
    subject: str = ""
    target: str = ""
    value: str = ""
    hint: str = ""
    rule: str = ""
    text: str = ""
    at: int = 0
    limit: int = 0
    size: int = 0
    near: tuple[str, ...] = ()
    who: tuple[str, ...] = ()  # user ids
