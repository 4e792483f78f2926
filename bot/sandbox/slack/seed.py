"""The people and places that every workspace here starts with."""

from dataclasses import replace

from bot.sandbox.slack.records import Channel, User, UserGroup
from bot.sandbox.slack.workspace import Workspace

ONCALL, APPROVER, SECOND, ADMIN, STRANGER = "U0ONCALL", "U0APPROVE", "U0SECOND", "U0ADMIN", "U0STRANGER"
GUEST, GONE = "U0GUEST", "U0GONE"
OPS, INCIDENT, QUIET, PRIVATE, OLD = "C0OPS", "C0INCIDENT", "C0QUIET", "C0PRIVATE", "C0OLD"

PEOPLE = (
    User(ONCALL, "olga", "Olga"),
    User(APPROVER, "ben", "Ben"),
    User(SECOND, "carla", "Carla"),
    User(ADMIN, "ada", "Ada", is_admin=True),
    User(STRANGER, "sam", "Sam"),
    User(GUEST, "gil", "Gil", is_restricted=True, is_ultra_restricted=True),
    User(GONE, "zoe", "Zoe", deleted=True),
)


def seed(workspace: Workspace) -> Workspace:
    """Fill *workspace*: people, channels with and without the bot, one user group. Returns it."""
    for person in PEOPLE:
        workspace.add_user(replace(person))
    bot = workspace.app.user_id
    everyone = [ONCALL, APPROVER, SECOND, ADMIN, STRANGER]
    workspace.add_channel(Channel(OPS, "ops", members=[*everyone, bot]))
    workspace.add_channel(Channel(INCIDENT, "incident-42", members=[*everyone, GUEST, bot]))
    workspace.add_channel(Channel(QUIET, "quiet", members=list(everyone)))
    workspace.add_channel(Channel(PRIVATE, "war-room", "private", [ONCALL, APPROVER]))
    workspace.add_channel(Channel(OLD, "incident-41", members=[ONCALL, bot], archived=True))
    workspace.usergroups["S0ONCALL"] = UserGroup("S0ONCALL", "oncall", "On call", [ONCALL, SECOND])
    return workspace
