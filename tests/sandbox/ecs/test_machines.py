"""The machines' own world: services, journal, name, and a clean end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from bot.sandbox.ecs import EcsServer, ManualClock, Region, linux
from bot.sandbox.ecs.output import Output
from tests.sandbox.ecs.sdk import gone, results, run, sdk_client

WEB_1, WEB_2 = "i-bp1web1", "i-bp1web2"


async def output(region: Region, ecs: Any, script: str, instance_id: str = WEB_1) -> str:
    invoke_id = await run(ecs, instance_id, script)
    await region.settled(invoke_id)
    return str((await results(ecs, invoke_id))[0].output)


async def test_a_restart_changes_something(region: Region, ecs: Any) -> None:
    """Another pid, one more restart, lines in the journal; the other machine knows nothing of it."""
    before = await output(region, ecs, "systemctl show -p MainPID,NRestarts nginx")
    assert "NRestarts=0" in before
    await output(region, ecs, "systemctl restart nginx && systemctl is-active nginx")
    after = await output(region, ecs, "systemctl show -p MainPID,NRestarts nginx")
    assert "NRestarts=1" in after
    assert before.splitlines()[0] != after.splitlines()[0]
    journal = await output(region, ecs, "journalctl -u nginx -n 2 --no-pager")
    assert [line.partition("]: ")[2] for line in journal.splitlines()] == ["Stopped nginx.", "Started nginx."]
    assert " web-1 nginx[" in journal
    assert "NRestarts=0" in await output(region, ecs, "systemctl show nginx", WEB_2)


async def test_stop_start_and_unknown_services(region: Region, ecs: Any) -> None:
    """With systemd's exit codes."""
    script = "systemctl stop app; systemctl is-active app; echo $?; systemctl start app; systemctl is-active app"
    assert await output(region, ecs, script) == "inactive\n3\nactive\n"
    assert region.machine("web-1").services() == {"nginx": "active", "app": "active"}
    unknown = await output(region, ecs, "systemctl restart postgres; echo $?")
    assert unknown == "Failed to restart postgres.service: Unit postgres.service not found.\n5\n"
    assert await output(region, ecs, "systemctl status postgres 2>/dev/null; echo $?") == "4\n"


async def test_the_journal_can_be_searched(region: Region, ecs: Any) -> None:
    """By unit, time, text and number of lines."""
    await output(region, ecs, "systemctl restart app")
    assert await output(region, ecs, "journalctl -u app --since '1 hour ago' -g Stopp -q | wc -l") == "2\n"
    assert await output(region, ecs, "journalctl --unit=app.service --lines=1 --since -1h | wc -l") == "1\n"
    assert await output(region, ecs, "journalctl -u app --since tomorrow") == "-- No entries --\n"


async def test_a_script_has_a_home_and_a_small_environment(region: Region, ecs: Any) -> None:
    """Nothing of this process's environment reaches it."""
    told = await output(region, ecs, "pwd; env | cut -d= -f1 | sort | tr '\\n' ' '")
    home, names = told.splitlines()
    assert home.endswith(f"{WEB_1}/home")
    assert set(names.split()) == {"HOME", "HOSTNAME", "LOGNAME", "PATH", "PWD", "SHLVL", "USER", "_"}


async def test_a_script_may_name_its_interpreter(region: Region, ecs: Any) -> None:
    """The first line counts, as on ECS."""
    assert await output(region, ecs, "#!/usr/bin/env -S bash -u\necho $-") == "huB\n"


async def test_stopping_leaves_nothing_behind(clock: ManualClock, tmp_path: Path) -> None:
    """No process, not even one that a killed script had started; no folder."""
    fifo = tmp_path / "pids"
    os.mkfifo(fifo)
    machine = linux("web-1")
    region = Region(machines=[machine], clock=clock)
    async with EcsServer(region) as server:
        ecs = sdk_client(server)
        script = f"sleep 1000 & echo $! $$ > {fifo}; wait"
        await run(ecs, WEB_1, script)
        child, parent = (int(pid) for pid in (await asyncio.to_thread(fifo.read_text)).split())
        folder = region.folder
        assert folder.is_dir()
    assert not folder.exists()
    await gone(child)
    await gone(parent)


def test_output_keeps_head_and_tail() -> None:
    """Whatever the sizes of the writes; and counts the rest."""
    for step in (1, 7, 100, 5_000):
        kept = Output(head=10, limit=30)
        data = bytes(index % 251 for index in range(5_000))
        for start in range(0, len(data), step):
            kept.write(data[start : start + step])
        assert kept.result() == (data[:10] + data[-20:], 5_000 - 30)
    small = Output(head=10, limit=30)
    small.write(b"x" * 30)
    assert small.result() == (b"x" * 30, 0)
