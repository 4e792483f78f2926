"""Which conversations a menu of conversations offers to a person.

The filter: docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object. That only conversations
which the person can look into are offered is from memory.
"""

from bot.sandbox.slack.forms import Values
from bot.sandbox.slack.records import Channel, Json, View
from bot.sandbox.slack.refusal import CannotDo
from bot.sandbox.slack.workspace import Workspace


def check_conversations(workspace: Workspace, person: str, view: View, values: Values) -> None:
    """Raise `CannotDo` for a conversation among *values* that is not offered to *person* in *view*."""
    for block, element in view.elements:
        chosen = values.get(block, {}).get(element["action_id"])
        if element["type"] != "conversations_select" or chosen is None:
            continue
        channel = workspace.channels.get(chosen)
        if channel is None or not workspace.can_look_into(person, channel) or channel.archived:
            raise CannotDo(f"{chosen} is not offered: they can't see it")
        if not _fits(channel, element.get("filter", {})):
            raise CannotDo(f"{chosen} is not offered: the menu leaves it out")


def _fits(channel: Channel, only: Json) -> bool:
    if channel.kind not in only.get("include", ["im", "mpim", "private", "public"]):
        return False
    return not (channel.shared == "connected" and only.get("exclude_external_shared_channels"))
