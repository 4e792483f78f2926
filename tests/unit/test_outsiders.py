"""Whether people of another company see a channel, by what Slack says of it."""

import pytest

from bot.slack.outsiders import seen_by_others

OURS = {"id": "C1", "is_ext_shared": False, "is_pending_ext_shared": False, "pending_connected_team_ids": []}


@pytest.mark.parametrize(
    ("channel", "seen"),
    [
        (OURS, False),
        ({"id": "C1", "is_ext_shared": False}, False),
        (OURS | {"is_ext_shared": True}, True),
        (OURS | {"is_ext_shared": None}, True),
        (OURS | {"is_pending_ext_shared": True}, True),
        (OURS | {"pending_connected_team_ids": ["T2"]}, True),
        ({"id": "C1"}, True),
        ({}, True),
        (None, True),
        ("C1", True),
    ],
)
def test_what_slack_does_not_say_is_seen(channel: object, seen: bool) -> None:
    """Shared, about to be, or not said: then it is closed."""
    assert seen_by_others(channel) is seen
