"""What `python -m bot` can do besides serving."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@cli.callback()
def main() -> None:
    """Run allowlisted commands on Alibaba Cloud ECS from Slack. Without a command: serve."""


@cli.command()
def sandbox(
    say: Annotated[str | None, typer.Option(help="One command, such as '/ecs run mem web-prod'; then the end.")] = None,
    person: Annotated[str, typer.Option("--as", help="Who gives it: olga, ben, carla, ada or sam.")] = "olga",
    channel: Annotated[str, typer.Option("--in", help="Where: ops, incident-42 or quiet.")] = "ops",
    http: Annotated[bool, typer.Option("--http", help="Deliver over HTTP instead of Socket Mode.")] = False,
    commands: Annotated[Path, typer.Option(help="The catalogue.")] = Path("commands"),
) -> None:
    """A Slack workspace and an ECS region of its own, with machines that really run the scripts."""
    from bot.sandbox import terminal

    console = Console(highlight=False)
    if say is None:
        work = terminal.prompt(http=http, commands=commands, console=console)
    else:
        work = terminal.say(say, person=person, channel=channel, http=http, commands=commands, console=console)
    raise typer.Exit(asyncio.run(work))
