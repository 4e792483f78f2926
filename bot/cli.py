"""What `python -m bot` can do besides serving."""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
audit = typer.Typer(no_args_is_help=True, help="Prove the audit trail, or export it. Reads DATABASE_URL alone.")
cli.add_typer(audit, name="audit")


class Form(StrEnum):
    """Of an export."""

    JSONL = "jsonl"
    CSV = "csv"


@cli.callback()
def main() -> None:
    """Run allowlisted commands on Alibaba Cloud ECS from Slack. Without a command it serves."""


@cli.command()
def serve() -> None:
    """Serve until SIGTERM. SIGHUP reads the catalogue again. Settings come from the environment and from .env."""
    from bot.serve import serve

    raise typer.Exit(serve())


@cli.command()
def check() -> None:
    """Try everything that serving needs, and say what to mend. Changes nothing, runs nothing. 0: all is well."""
    from bot import check, logs

    logs.silence()
    findings = asyncio.run(check.check(os.environ))
    typer.echo("\n".join(check.lines(findings)))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@cli.command()
def drill(
    *,
    run: Annotated[str, typer.Option(help="What follows `/ecs run`.")] = "drill web-prod",
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Bring Slack, ECS and a bot. So it is without settings.")
    ] = False,
    every: Annotated[
        str | None, typer.Option(metavar="1h", help="Again and again, with a log line for each step.")
    ] = None,
    timeout: Annotated[str, typer.Option(metavar="60s", help="For each step.")] = "60s",
    url: Annotated[str, typer.Option(metavar="URL", help="Where the bot serves; else here, on PORT.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    commands: Annotated[Path, typer.Option(help="The sandbox's catalogue.")] = Path("commands"),
) -> None:
    """Walk the whole path: request, approval, run, readable result; say what took how long, and which step failed."""
    from bot.drill import command

    call = command.Call(run, command.span("--timeout", timeout), command.span("--every", every) if every else None, url)
    raise typer.Exit(asyncio.run(command.drill(call, sandbox=sandbox, as_json=as_json, commands=commands)))


@cli.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")]) -> None:
    """Copy the SQLite database while the bot runs, and prove the copy. Reads DATABASE_URL alone."""
    from bot.settings import database_url
    from bot.store.backup import backup

    with _faults_told():
        report = asyncio.run(backup(database_url(os.environ).get_secret_value(), file))
    count = report.head.count - report.cut.count
    typer.echo(f"{file}: whole, with {count:,} events; head {report.head}")


@cli.command()
def manifest(
    http: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The bot's public address, for HTTP. Without it: for Socket Mode."),
    ] = None,
) -> None:
    """Print the manifest to make the Slack app from."""
    from bot.slack.manifest import manifest, request_url

    try:
        made = manifest(request_url(http) if http is not None else None)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--http") from None
    typer.echo(json.dumps(made, indent=2))


@cli.command()
def ram_policy(
    account: Annotated[str, typer.Option(help="The account of targets.toml that it is for.")] = "default",
    commands: Annotated[Path, typer.Option(envvar="COMMANDS_DIR", help="The catalogue.")] = Path("commands"),
) -> None:
    """Print the RAM policy that the bot's key needs, RunCommand limited to where the catalogue's targets are."""
    from bot.catalog import read_catalog
    from bot.cloud.ram import ram_policy
    from bot.errors import CatalogError

    try:
        targets = [target for target in read_catalog(commands).targets.values() if target.account == account]
    except CatalogError as error:
        typer.echo("\n".join(["The catalogue can't be read:", *(f"  {fault}" for fault in error.faults)]), err=True)
        raise typer.Exit(2) from None
    if not targets:
        typer.echo(f"No target of {commands} is in the account {account}.", err=True)
        raise typer.Exit(2)
    typer.echo(json.dumps(ram_policy(targets), indent=2))


@cli.command()
def sandbox(
    *,
    say: Annotated[str | None, typer.Option(help="One command, such as '/ecs run mem web-prod'; then the end.")] = None,
    person: Annotated[str, typer.Option("--as", help="Who gives it: olga, ben, carla, ada or sam.")] = "olga",
    channel: Annotated[str, typer.Option("--in", help="Where: ops, incident-42 or quiet.")] = "ops",
    http: Annotated[bool, typer.Option("--http", help="Deliver over HTTP instead of Socket Mode.")] = False,
    commands: Annotated[Path, typer.Option(help="The catalogue.")] = Path("commands"),
    terminal: Annotated[bool, typer.Option("--terminal", help="A prompt here, instead of a page.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    port: Annotated[int, typer.Option(help="The page's; 0: a free one.")] = 0,
) -> None:
    """A Slack workspace and an ECS region of its own, in a browser, with machines that really run the scripts."""
    from bot.sandbox import terminal as chat

    console = Console(highlight=False)
    if say is not None:
        work = chat.say(say, person=person, channel=channel, http=http, commands=commands, console=console)
    elif terminal:
        work = chat.prompt(http=http, commands=commands, console=console)
    else:
        from bot.sandbox.page.serve import serve

        work = serve(http=http, commands=commands, port=port, open_it=open_it, console=console)
    raise typer.Exit(asyncio.run(work))


@audit.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE|COUNT:HASH", help="A head that was kept elsewhere, or a file of them."),
    ] = None,
) -> None:
    """Walk the whole trail, and say what is not as it was written. 0: it is whole; 1: it is not; 2: can't be told."""
    from bot import audit as trail

    with _faults_told():
        witnesses = [one for given in head or [] for one in trail.heads(given)]
        report = asyncio.run(trail.verified(os.environ, witnesses))
    typer.echo("\n".join(trail.lines(report)))
    raise typer.Exit(1 if report.count else 0)


@audit.command("head")
def head_() -> None:
    """Print the trail's head, COUNT:HASH. Kept elsewhere, it proves later that nothing before it was changed."""
    from bot import audit as trail

    with _faults_told():
        typer.echo(str(asyncio.run(trail.current_head(os.environ))))


@audit.command()
def export(
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.JSONL,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="From then on: 2026-11-01, or with a time.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Before then; of a day, to its end.")] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file; else standard output.")] = None,
) -> None:
    """Write the events with all that is needed to prove them, times in UTC. See docs/audit.md."""
    from bot import audit as trail

    write = trail.write_csv if form is Form.CSV else trail.write_jsonl
    with _faults_told():
        begin = trail.moment(since) if since is not None else None
        end = trail.moment(until, end=True) if until is not None else None
        with trail.written_to(output) as out:
            count = asyncio.run(trail.exported(os.environ, lambda rows: write(rows, out), begin, end))
    typer.echo(f"{count:,} event{'' if count == 1 else 's'}", err=True)


@contextmanager
def _faults_told() -> Iterator[None]:
    """What keeps a command from its work, on standard error; the exit code is 2."""
    from bot.errors import BotError

    try:
        yield
    except BotError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
