"""What the tests of the adapter say again and again."""

from typing import Any

from bot.cloud.credentials import AccessKey, Credentials
from bot.domain.catalog import Shell, Target
from bot.ports import Order
from bot.sandbox.ecs import SANDBOX_KEY, Region

PLACE = ("default", "cn-hangzhou")
TAG = ("ecs-chatops", "run")


def keys(**more: AccessKey) -> Credentials:
    """Credentials of the sandbox's key for the account `default`, and of *more* accounts."""
    return Credentials({"default": AccessKey(SANDBOX_KEY.id, SANDBOX_KEY.secret), **more})


def order(region: Region, script: str = "echo hello", *names: str, **more: Any) -> Order:
    """One RunCommand of *script* on the machines called *names*."""
    fields: dict[str, Any] = {
        "account": "default",
        "region": region.region_id,
        "name": "ecs-mem-1",
        "shell": Shell.BASH,
        "content": script,
        "instances": tuple(region.machine(name).instance_id for name in names or ("web-1",)),
        "timeout": 60,
        "client_token": "token-1",
        "tags": (TAG,),
    }
    return Order(**{**fields, **more})


def target(**more: Any) -> Target:
    """The target web, by tag unless told otherwise."""
    fields: dict[str, Any] = {"name": "web", "env": "prod", "region": "cn-hangzhou"}
    if "instances" not in more:
        fields["tags"] = (("app", "web"),)
    return Target(**{**fields, **more})
