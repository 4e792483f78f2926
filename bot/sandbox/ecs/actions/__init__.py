"""What each action does: typed parameters in, the body of the answer out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.ecs.actions.context import Context
from bot.sandbox.ecs.actions.instances import describe_cloud_assistant_status, describe_instances
from bot.sandbox.ecs.actions.invocations import describe_invocation_results, describe_invocations
from bot.sandbox.ecs.actions.run_command import run_command
from bot.sandbox.ecs.actions.stop_invocation import stop_invocation

ACTIONS: Mapping[str, Callable[[Context], Awaitable[dict[str, Any]]]] = {
    "RunCommand": run_command,
    "DescribeInvocations": describe_invocations,
    "DescribeInvocationResults": describe_invocation_results,
    "StopInvocation": stop_invocation,
    "DescribeInstances": describe_instances,
    "DescribeCloudAssistantStatus": describe_cloud_assistant_status,
}

__all__ = ["ACTIONS", "Context"]
