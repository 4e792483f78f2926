"""`python -m bot sandbox`: a session with its page, until it is ended."""

import asyncio
import os
import signal
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.sandbox.page.server import Page
from bot.sandbox.session import NotStarted, Session


async def serve(*, http: bool, commands: Path, port: int, open_it: bool, console: Console) -> int:
    """Print the address, and *open_it* in a browser; then until Ctrl-C or SIGTERM."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        async with Session(http=http, commands=commands) as session, Page(session, port) as page:
            console.print(Text.assemble("The sandbox: ", (page.address, "bold")), soft_wrap=True)
            console.print(Text(f"The bot's log: {session.log}. Ctrl-C ends it all.", "dim"), soft_wrap=True)
            if open_it:
                await asyncio.to_thread(webbrowser.open, page.address)
            await ended.wait()
    except NotStarted as error:
        console.print(Text(f"The bot did not start:\n{error}", "red"))
        return 1
    except OSError as error:
        console.print(Text(f"Port {port} can't be opened: {os.strerror(error.errno or 0)}", "red"))
        return 1
    return 0
