"""targets.toml → Targets."""

import re

from bot.catalog.faults import Faults, show
from bot.catalog.models import TargetModel
from bot.catalog.names import NAME, NAME_RULE
from bot.domain.catalog import Target

_REGION = re.compile(r"[a-z0-9-]+")
_INSTANCE = re.compile(r"i-[a-z0-9]{1,60}")
_TAGS = 20  # that one instance can carry, and DescribeInstances can be asked for


def read_target(name: str, model: TargetModel, faults: Faults) -> Target:
    """Convert one target, adding what is wrong with it to *faults*."""
    if not NAME.fullmatch(name):
        faults.add(name, f"a target's name {NAME_RULE}")
    if not NAME.fullmatch(model.env):
        faults.add(f"{name}.env", f'{NAME_RULE}: such as "prod", not {show(model.env)}')
    if not _REGION.fullmatch(model.region):
        faults.add(f"{name}.region", f'must be a region id such as "cn-hangzhou", not {show(model.region)}')
    if (model.tags is None) == (model.instances is None):
        faults.add(
            name, "needs either tags or instances: " + ("neither is" if model.tags is None else "both are") + " there"
        )
    _tags(f"{name}.tags", model.tags, faults)
    _instances(f"{name}.instances", model.instances, faults)
    if model.max_instances < 1:
        faults.add(f"{name}.max_instances", f"must be at least 1, not {model.max_instances}")
    elif len(model.instances or ()) > model.max_instances:
        faults.add(f"{name}.max_instances", f"is {model.max_instances}, and {len(model.instances or ())} are listed")
    return Target(
        name=name,
        env=model.env,
        region=model.region,
        tags=tuple((model.tags or {}).items()),
        instances=tuple(model.instances or ()),
        max_instances=model.max_instances,
    )


def _tags(key: str, tags: dict[str, str] | None, faults: Faults) -> None:
    if tags is None:
        return
    if not 1 <= len(tags) <= _TAGS:
        faults.add(key, f"must be 1 to {_TAGS} tags, not {len(tags)}")
    for tag, value in tags.items():
        if not 1 <= len(tag) <= 128 or len(value) > 128 or not (tag + value).isprintable():
            faults.add(f"{key}.{tag}", "a tag is a printable key of 1 to 128 characters and a value of at most 128")


def _instances(key: str, instances: list[str] | None, faults: Faults) -> None:
    if instances is None:
        return
    if not instances:
        faults.add(key, 'must not be empty: list instance ids such as "i-bp1a2b3c"')
    if len(set(instances)) < len(instances):
        faults.add(key, "names an instance twice")
    for instance in instances:
        if not _INSTANCE.fullmatch(instance):
            faults.add(key, f'must be instance ids such as "i-bp1a2b3c", not {show(instance)}')
