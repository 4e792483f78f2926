"""The port `bot.ports.Cloud`, on Alibaba Cloud."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.cloud import machines, readable, results, runs
from bot.cloud.checks import Check, check
from bot.cloud.credentials import Credentials
from bot.cloud.line import Line, on_the_wall
from bot.domain.catalog import Target
from bot.domain.plan import Instance
from bot.domain.strays import Listed
from bot.ports import Order, Report, Running, Tag


class AliyunCloud:
    """ECS and Cloud Assistant.

    *endpoint* such as `http://127.0.0.1:9000` is used for all regions; None: the SDK's own per
    region, over https. Timeouts in seconds; *concurrency* reads at once, and as many writes. *tag* is the pair that
    every RunCommand of the bot carries: what ECS has of the bot's is listed by it.
    *now* is the clock that an order's end is held against.
    """

    def __init__(
        self,
        credentials: Credentials,
        endpoint: str | None = None,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        concurrency: int = 16,
        tag: Tag | None = ("ecs-chatops", "run"),
        now: Callable[[], datetime] = on_the_wall,
    ) -> None:
        self._line = Line(
            credentials,
            endpoint,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            concurrency=concurrency,
            now=now,
        )
        self._tag = tag

    async def warm_up(self) -> None:
        """Import the SDK now, in a thread: half a second that the first command needn't wait for."""
        await self._line.warm_up()

    async def close(self) -> None:
        """Take no more calls; wait for those under way."""
        await self._line.close()

    @readable.read
    async def instances(self, target: Target) -> tuple[Instance, ...]:
        """All machines that *target* names; see `machines.describe`."""
        return await machines.describe(self._line, target)

    @readable.write
    async def run(self, order: Order) -> str:
        """RunCommand; its InvokeId. See `runs.run`; if the caller is cancelled, `line`."""
        return await runs.run(self._line, order)

    @readable.read
    async def report(self, account: str, region: str, invoke_id: str) -> Report | None:
        """DescribeInvocationResults of one run; see `results.report`."""
        return await results.report(self._line, account, region, invoke_id)

    @readable.read
    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """DescribeInvocationResults of the newest; see `results.newest`."""
        return await results.newest(self._line, account, region, tag)

    @readable.read
    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """DescribeInvocations of those that run, a page; see `runs.running`."""
        return await runs.running(self._line, account, region, tag, token)

    @readable.read
    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """DescribeInvocationResults of those that run, a page; see `results.running`."""
        return await results.running(self._line, account, region, tag, token)

    @readable.write
    async def stop(self, account: str, region: str, invoke_id: str, instances: Sequence[str]) -> None:
        """StopInvocation; see `runs.stop`."""
        await runs.stop(self._line, account, region, invoke_id, instances)

    @readable.read
    async def find(self, account: str, region: str, name: str, tag: Tag) -> str | None:
        """The InvokeId of the newest run with this name and tag; see `runs.find`."""
        return await runs.find(self._line, account, region, name, tag)

    @readable.read
    async def listed(self, account: str, region: str) -> tuple[Listed, ...]:
        """The newest runs with the bot's tag; see `runs.listed`."""
        return () if self._tag is None else await runs.listed(self._line, account, region, self._tag)

    async def checks(self, targets: Sequence[Target]) -> tuple[Check, ...]:
        """What `check` reports: credentials, reachability and every permission, per account and region."""
        return await check(self._line, targets)
