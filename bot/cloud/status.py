"""Every status of Cloud Assistant, and what it means here.

The vocabularies are those of DescribeInvocations and DescribeInvocationResults
(field docs of alibabacloud_ecs20140526 7.0.17). Only `InvocationStatus` is read: the
older fields call a command that ended with exit code 1 `Finished`.

What is in no table counts as still running and is logged: the poller looks again, and
a wrong end is never made up.
"""

from collections.abc import Mapping

import structlog

from bot.domain.result import Outcome

logger = structlog.get_logger(__name__)

OVERALL: Mapping[str, bool] = {
    "Pending": False,
    "Scheduled": False,
    "Running": False,
    "Stopping": False,
    "Success": True,
    "Failed": True,
    "PartialFailed": True,
    "Stopped": True,
    "Finished": True,  # of the older InvokeStatus; the instances say what it hides
}
"""InvocationStatus of the whole run → is it over?"""

PER_INSTANCE: Mapping[str, Outcome | None] = {
    "Pending": None,
    "Scheduled": None,
    "Running": None,
    "Stopping": None,
    "Success": Outcome.SUCCEEDED,
    "Failed": Outcome.FAILED,
    "Error": Outcome.FAILED,
    "Timeout": Outcome.TIMED_OUT,
    "Aborted": Outcome.UNREACHABLE,
    "Invalid": Outcome.NOT_RUN,
    "Cancelled": Outcome.CANCELLED,
    "Terminated": Outcome.CANCELLED,
    "Stopped": Outcome.CANCELLED,  # older word for the two above
    "Finished": Outcome.UNKNOWN,  # older word: it ended, and only the exit code says how
}
"""InvocationStatus on one instance → its outcome; None: still going on."""

BY_ERROR_CODE: Mapping[str, Outcome] = {
    code: outcome
    for outcome, codes in {
        Outcome.UNREACHABLE: """
            DeliveryTimeout ClientNotRunning ClientNotOnline ClientNotResponse ClientNetworkBlocked
            SecurityGroupRuleDenied ClientIsUpgrading ClientNeedUpgrade InstanceNotExists
            InstanceReleased InstanceNotRunning InstanceDeregistered
        """,
        Outcome.NOT_RUN: """
            AccountNotExists DirectoryNotExists DefaultWorkingDirectoryNotAvailable CommandNotApplicable
            InvalidCommandText CommandContentDecodeError InvalidSystemBuiltInParameter
            TaskConcurrencyLimit UserOrPasswordInvalid QueryParameterStoreFailed InstanceRoleInvalid
            InvalidContainerId InvalidContainerName ContainerNotFound ContainerStateAbnormal
            ContainerConnectFailed ContainerNameDuplicated ContainerNameAndIdNotMatch
            UnsupportedContainerRuntime
        """,
        Outcome.TIMED_OUT: "ExecutionTimeout",
    }.items()
    for code in codes.split()
}
"""ErrorCode → what it makes of Failed, Error, Aborted or Timeout. Codes not listed change nothing.

InstanceRestarted, ClientRestarted and ExecutionInterrupted are left out: the script had begun.
"""

_REFINED = frozenset({"Failed", "Error", "Aborted", "Timeout"})


def over(status: str) -> bool:
    """Is a run with this overall InvocationStatus over?"""
    if status not in OVERALL:
        logger.warning("unknown_invocation_status", status=status)
        return False
    return OVERALL[status]


def outcome(status: str, error_code: str = "", exit_code: int | None = None, *, began: bool = False) -> Outcome | None:
    """How it ended on one instance; None: it goes on, or the word is unknown.

    An ErrorCode says "never reached" or "never run" only where nothing shows that the script
    *began* (a start time, output, an exit code): InstanceNotRunning can also be a machine that
    went down halfway, and nobody must be told that such a script is safe to run again.
    `Success` with another exit code than 0 is no success.
    """
    if status not in PER_INSTANCE:
        logger.warning("unknown_instance_status", status=status)
        return None
    plain = PER_INSTANCE[status]
    if status in ("Success", "Finished") and exit_code:
        return Outcome.FAILED
    if status == "Finished" and exit_code == 0:
        return Outcome.SUCCEEDED
    if status in _REFINED and error_code in BY_ERROR_CODE:
        refined = BY_ERROR_CODE[error_code]
        if refined is Outcome.TIMED_OUT or not (began or exit_code):
            return refined
    return plain
