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


async def test_a_command_that_succeeds() -> None:
    """0, in both modes; every machine is in what is printed."""
    results = await asyncio.gather(
        says("/ecs run uptime web-prod"), says("/ecs run uptime web-prod", "--http"), says("/ecs whoami", "--as", "sam")
    )
    assert [code for code, _ in results] == [0, 0, 0], results
    for _, printed in results[:2]:
        for word in ("web-prod-1", "web-prod-2", "web-prod-3", "Succeeded", "on its way"):
            assert word in printed
    assert "no role yet" in results[2][1]


async def test_a_command_that_does_not() -> None:
    """1, where it is refused, fails on a machine, or is no command; and it says why."""
    results = await asyncio.gather(
        says("/ecs run mem web-prod", "--as", "sam"), says("/ecs run uptime web-staging"), says("/nope")
    )
    assert [code for code, _ in results] == [1, 1, 1], results
    assert "You may not run mem" in results[0][1]
    assert "agent offline" in results[1][1]
    assert "not a valid command" in results[2][1]
    assert not [printed for _, printed in results if "Traceback" in printed]
