"""User groups of Slack as holders of roles: who is in one is Slack's to say, and what it does not say counts for
nobody."""

import re
from dataclasses import dataclass

GroupId = str

SILENT = "no_answer"
"""The fault of a group of which Slack has said nothing lately."""

_GROUP = re.compile(r"S(?=[A-Z]*[0-9])[A-Z0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Membership:
    """The members' user ids; none of them where there is a *fault*: Slack's name for an error, or SILENT."""

    users: frozenset[str] = frozenset()
    fault: str = ""


def is_group(holder: str) -> bool:
    """Is it the id of a user group, not of a person?"""
    return _GROUP.fullmatch(holder) is not None
