"""The RAM policy that the bot needs: the actions that it calls, and no other."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.cloud.line import METHODS
from bot.domain.catalog import Target

ON_INSTANCES = frozenset({"RunCommand"})
"""Actions that RAM can limit to instances (INVOKE help page); the others are granted on `*`."""


def ram_policy(targets: Iterable[Target] = ()) -> Mapping[str, Any]:
    """The policy document. With *targets*, RunCommand is granted in their regions alone, or on their very ids.

    Whoever wants it narrower still: the condition key `ecs:CommandRunAs` limits the user that
    a script runs as.
    """
    wide = sorted(f"ecs:{action}" for action in METHODS if action not in ON_INSTANCES)
    narrow = sorted(f"ecs:{action}" for action in ON_INSTANCES)
    return {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": wide, "Resource": "*"},
            {"Effect": "Allow", "Action": narrow, "Resource": _resources(tuple(targets))},
        ],
    }


def _resources(targets: tuple[Target, ...]) -> list[str]:
    whole = {t.region for t in targets if not t.instances}
    found = {f"acs:ecs:{region}:*:instance/*" for region in whole}
    for target in targets:
        if target.region not in whole:
            found |= {f"acs:ecs:{target.region}:*:instance/{i}" for i in target.instances}
    return sorted(found) or ["acs:ecs:*:*:instance/*"]
