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


async def prompted(*lines: str) -> str:
    """What is printed at a prompt where these lines are typed, each once what the one before it led to is there: of a
    pair the second is what is waited for."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "sandbox", "--terminal"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "120", "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(90):
        for line in lines:
            typed, _, awaited = line.partition(" → ")
            process.stdin.write(f"{typed}\n".encode())
            seen = len(printed)
            while awaited not in printed[seen:]:
                printed += (await process.stdout.read(4_096)).decode(errors="replace")
        process.stdin.write_eof()
        printed += (await process.stdout.read()).decode()
        assert await process.wait() == 0
    return printed


async def test_a_form_at_the_prompt() -> None:
    """It is shown, and what asks for one text is filled in; names become ids, as Slack's own client makes them."""
    said = await prompted(
        "/ecs run logs → type the whole line instead",
        "/ecs run restart web-prod --service nginx --reason wedged → Waiting for approval",
        "as ben",
        "press deny → fills it in and sends it off",
        "fill not during the sale → Denied",
        "as ada",
        "/ecs role grant @sam oncall → now has",
    )
    assert "A form is open: Deny this run" in said
    assert "not during the sale" in said
    assert "Traceback" not in said
