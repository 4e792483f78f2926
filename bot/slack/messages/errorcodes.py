"""ECS's error codes per machine: what to do about each.

The list of codes is open-ended: one that is not here is shown as it came, with ECS's own text.
"""

from collections.abc import Mapping

from bot.domain.events import Unsent
from bot.slack.messages.escape import escape

_AGENT = "Mend Cloud Assistant's agent on the machine, then run it again."
_NETWORK = "Open the machine's network to Cloud Assistant, then run it again."
_RETRY_ONCE = "The agent was busy with itself. Run it again."
_STATE = "Look at the machine's state in the console."
_FILE = "The snippet's file has to be mended."
_CONTAINER = "Look at the container on the machine."

HINTS: Mapping[str, str] = {
    "ExitCodeNonzero": "It ran, and ended with an error: its output says more.",
    "ExecutionTimeout": "Its time was up. A longer `timeout` goes into the snippet's file.",
    "ExecutionException": "It broke off on the machine: its output may say why.",
    "ExecutionInterrupted": "It was interrupted on the machine. See what it did before you run it again.",
    "DeliveryTimeout": "It never reached the agent: it can safely be run again.",
    "ClientNotRunning": _AGENT,
    "ClientNotOnline": _AGENT,
    "ClientNotResponse": _AGENT,
    "ClientNetworkBlocked": _NETWORK,
    "SecurityGroupRuleDenied": _NETWORK,
    "ClientIsUpgrading": _RETRY_ONCE,
    "ClientRestarted": "The agent restarted under it. See what it did before you run it again.",
    "ClientNeedUpgrade": "The agent is too old. Upgrade it, then run it again.",
    "InstanceNotExists": "The machine is gone. Take it out of the target.",
    "InstanceReleased": "The machine is gone. Take it out of the target.",
    "InstanceDeregistered": "The machine is gone. Take it out of the target.",
    "InstanceNotRunning": "Start the machine, then run it again.",
    "InstanceRestarted": "The machine restarted under it. See what it did before you run it again.",
    "AccountNotExists": f"The account it runs as is not on the machine. {_FILE}",
    "DirectoryNotExists": _FILE,
    "DefaultWorkingDirectoryNotAvailable": "The account has no home directory on the machine.",
    "CommandNotApplicable": f"It does not fit the machine's system. {_FILE}",
    "InvalidCommandText": _FILE,
    "CommandContentDecodeError": _FILE,
    "InvalidSystemBuiltInParameter": _FILE,
    "TaskConcurrencyLimit": "Too much runs on the machine at once. Wait a little, then run it again.",
    "TerminationException": "Stopping it failed: it may still run there. Look at the machine.",
    "UserOrPasswordInvalid": f"The Windows account or its password is wrong. {_FILE}",
    "QueryParameterStoreFailed": f"ECS could not read the account's password. {_FILE}",
    "InstanceRoleInvalid": "The machine lacks the RAM role that this needs.",
    "UnsupportedContainerRuntime": _CONTAINER,
    # of this bot: why a machine was left out before anything ran (`Instance.obstacle`, `NoScript`)
    "AgentOffline": _AGENT,
    "NotFound": "Take the machine out of the target.",
    "NoScript": "The snippet has no script for this system.",
    "Stopped": "Start the machine, then run it again.",
    "Stopping": _STATE,
    "Starting": "Wait until it is up, then run it again.",
    "Pending": "Wait until it is up, then run it again.",
}


def hint(code: str) -> str:
    """What to do about *code*; empty where nothing is known."""
    if code in HINTS:
        return HINTS[code]
    return _CONTAINER if code.startswith(("Container", "InvalidContainer")) else ""


def unsent(code: str, info: str) -> str:
    """Why the bot did not send it."""
    if code == Unsent.NO_LONGER_ALLOWED:
        return f"it is no longer allowed ({escape(info.replace('_', ' '), 100)})"
    return escape(info, 300) or "ECS took no call in time"
