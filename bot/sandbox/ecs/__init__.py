"""An ECS region on loopback that speaks the SDK's protocol and refuses what ECS refuses.

    region = sandbox_region()                       # or Region("cn-hangzhou", [linux("web-1")])
    async with EcsServer(region) as server:         # start() and stop() do the same
        config = Config(
            access_key_id=SANDBOX_KEY.id, access_key_secret=SANDBOX_KEY.secret,
            endpoint=server.endpoint, protocol="http",
        )
        client = Client(config)                     # the real SDK, sync or async
        …
        await region.settled(invoke_id)             # every machine's run is final
        assert region.machine("web-prod-1").ran(script) == 1
        server.faults.cut_after("RunCommand")       # took effect, answer lost
        await server.journal.wait_for("RunCommand", 2)

The SDK's sync methods block: in the same event loop call them through asyncio.to_thread.
Linux machines really run their scripts under bash on this computer, with your rights.
Time is injectable: ``Region(clock=ManualClock())`` and ``await clock.advance(seconds)``.
Nothing here polls.
"""

from bot.sandbox.ecs.clock import Clock, ManualClock, SystemClock
from bot.sandbox.ecs.errors import ApiError
from bot.sandbox.ecs.faults import Faults, Hold
from bot.sandbox.ecs.feed import Feed
from bot.sandbox.ecs.invocations import Invocation, Run
from bot.sandbox.ecs.journal import Call, Journal
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.region import Region
from bot.sandbox.ecs.runner import CannedRunner, FlakyRunner, Job, Process, Runner, WindowsRunner
from bot.sandbox.ecs.seed import flaky, fleet, linux, sandbox_region, slow, windows
from bot.sandbox.ecs.server import SANDBOX_KEY, EcsServer
from bot.sandbox.ecs.signature import AccessKey
from bot.sandbox.ecs.throttle import Throttle

__all__ = [
    "SANDBOX_KEY",
    "AccessKey",
    "ApiError",
    "Call",
    "CannedRunner",
    "Clock",
    "EcsServer",
    "Faults",
    "Feed",
    "FlakyRunner",
    "Hold",
    "Invocation",
    "Job",
    "Journal",
    "Machine",
    "ManualClock",
    "Process",
    "Region",
    "Run",
    "Runner",
    "SystemClock",
    "Throttle",
    "WindowsRunner",
    "flaky",
    "fleet",
    "linux",
    "sandbox_region",
    "slow",
    "windows",
]
