"""`python -m tests.browser.first_result`: from a fresh clone and `make sandbox` to the first result on the page.

pip has its cache; the virtual environment, the bot and all else are made anew. The browser is open already, as a
person's is.
"""

import asyncio
import os
import re
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright, expect

from tests.browser.conftest import launched

ROOT = Path(__file__).parents[2]
PATIENCE = 300


async def measure(folder: Path) -> tuple[float, float]:
    """Seconds until the address is printed, and until the output of three machines stands on the page."""
    clone = await asyncio.create_subprocess_exec("git", "clone", "-q", str(ROOT), str(folder))
    if await clone.wait():
        raise RuntimeError("git clone failed")
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        tab = await browser.new_page()
        began = time.monotonic()
        sandbox = await asyncio.create_subprocess_exec(
            "make", "sandbox", cwd=folder, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            address = await asyncio.wait_for(_address(sandbox), PATIENCE)
            printed = time.monotonic() - began
            await tab.goto(address)
            await tab.get_by_role("button", name="/ecs run mem web-prod").first.click()
            await tab.keyboard.press("Enter")
            await tab.get_by_role("button", name="1 reply").click()
            await expect(tab.locator("#thread pre").first).to_contain_text("total")
            return printed, time.monotonic() - began
        finally:
            os.killpg(sandbox.pid, signal.SIGINT)
            await sandbox.wait()
            await browser.close()


async def _address(sandbox: asyncio.subprocess.Process) -> str:
    assert sandbox.stdout is not None
    async for line in sandbox.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\S+", line.decode()):
            return found[0]
    raise RuntimeError("make sandbox ended without an address")


async def main() -> None:
    """Once."""
    with tempfile.TemporaryDirectory() as folder:
        printed, result = await measure(Path(folder) / "clone")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(
        f"the address after {printed:.0f} s, the first result after {result:.0f} s; processor time in all "
        f"{used.ru_utime + used.ru_stime:.0f} s, load average {os.getloadavg()[0]:.1f}\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
