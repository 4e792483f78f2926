"""`python -m bot sandbox --say`: one command, the thread as a person reads it, and an exit code to build on."""

import asyncio
import os
import sys

from bot.sandbox.ecs import SANDBOX_KEY


async def says(line: str, *options: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    env = {"PATH": os.environ["PATH"], "COLUMNS": "120", "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "sandbox", "--say", line, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=env,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_commands_that_succeed() -> None:
    """0 for a run over HTTP and for a question; every machine is in what is printed."""
    run, question = await asyncio.gather(says("/ecs run uptime web-prod", "--http"), says("/ecs whoami", "--as", "sam"))
    assert (run[0], question[0]) == (0, 0), (run, question)
    for word in ("web-prod-1", "web-prod-2", "web-prod-3", "Succeeded", "on its way"):
        assert word in run[1]
    assert "no role yet" in question[1]


async def test_commands_that_do_not() -> None:
    """1 where it is refused or fails on a machine; and it says why."""
    refused, failed = await asyncio.gather(
        says("/ecs run mem web-prod", "--as", "sam"), says("/ecs run uptime web-staging")
    )
    assert (refused[0], failed[0]) == (1, 1), (refused, failed)
    assert "You may not run mem" in refused[1]
    assert "agent offline" in failed[1]
    assert "Traceback" not in refused[1] + failed[1]
