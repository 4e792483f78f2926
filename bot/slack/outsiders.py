"""Do people of other companies see a channel? One answer, for all who ask it of conversations.info."""

from collections.abc import Mapping

_ABOUT_TO = ("is_pending_ext_shared", "pending_connected_team_ids")
"""Another company was invited: whoever is let in later reads what was written before."""


def seen_by_others(channel: object) -> bool:
    """Is *channel*, as Slack describes it, another company's, too, or about to be? (docs.slack.dev, the conversation
    object, and apis/slack-connect.) A description that does not say is none of Slack's: then it is."""
    if not isinstance(channel, Mapping):
        return True
    return channel.get("is_ext_shared") is not False or any(channel.get(name) for name in _ABOUT_TO)
