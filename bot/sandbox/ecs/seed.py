"""Ready-made machines: the sandbox's region, and fleets for tests."""

from __future__ import annotations

from bot.sandbox.ecs.bash import BashRunner
from bot.sandbox.ecs.clock import Clock
from bot.sandbox.ecs.machine import Machine, Os
from bot.sandbox.ecs.region import Region
from bot.sandbox.ecs.runner import CannedRunner, FlakyRunner, Runner


def linux(name: str, tags: dict[str, str] | None = None, number: int = 1) -> Machine:
    """A Linux machine that really runs bash; its id is made of its name."""
    return _machine(name, tags or {}, number, "linux")


def windows(name: str, tags: dict[str, str] | None = None, number: int = 1) -> Machine:
    """A Windows machine, which only says what it was sent."""
    return _machine(name, tags or {}, number, "windows")


def flaky(name: str, tags: dict[str, str] | None = None, number: int = 1, every: int = 2) -> Machine:
    """A Linux machine that fails every *every*-th run with exit code 1."""
    machine = linux(name, tags, number)
    machine.runner = FlakyRunner(BashRunner(), every)
    return machine


def slow(name: str, tags: dict[str, str] | None = None, number: int = 1, seconds: float = 5.0) -> Machine:
    """A Linux machine that takes *seconds* on the region's clock before it starts anything."""
    machine = linux(name, tags, number)
    machine.start_delay = seconds
    return machine


def fleet(
    n: int, tags: dict[str, str] | None = None, runner: Runner | None = None, name: str = "fleet"
) -> list[Machine]:
    """*n* Linux machines that share one runner: canned unless told otherwise, so that 250 are cheap."""
    shared = runner or CannedRunner()
    machines = [linux(f"{name}-{number:03}", tags, number) for number in range(1, n + 1)]
    for machine in machines:
        machine.runner = shared
    return machines


def sandbox_region(clock: Clock | None = None) -> Region:
    """cn-hangzhou as the sandbox shows it.

    web-prod: three that are well. web-staging: one that is well, one whose agent is offline,
    one that fails every second run. db-prod: two Linux, one Windows.
    """
    web_prod, web_staging, db_prod = (
        {"app": app, "env": env} for app, env in (("web", "prod"), ("web", "staging"), ("db", "prod"))
    )
    offline = linux("web-staging-2", web_staging, 12)
    offline.agent_online = False
    return Region(
        "cn-hangzhou",
        [
            *(linux(f"web-prod-{number}", web_prod, number) for number in (1, 2, 3)),
            linux("web-staging-1", web_staging, 11),
            offline,
            flaky("web-staging-3", web_staging, 13),
            *(linux(f"db-prod-{number}", db_prod, 20 + number) for number in (1, 2)),
            windows("db-prod-win-1", db_prod, 23),
        ],
        clock=clock,
    )


def _machine(name: str, tags: dict[str, str], number: int, os: Os) -> Machine:
    return Machine(
        instance_id=f"i-bp1{name.replace('-', '')}",
        name=name,
        os=os,
        tags=dict(tags),
        private_ip=f"10.0.{number // 250}.{number % 250 + 1}",
    )
