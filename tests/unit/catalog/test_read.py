"""What is read, and that everything wrong is said at once."""

from datetime import timedelta
from pathlib import Path

from bot.catalog import read_catalog
from bot.domain.catalog import OsType, Param, ParamType, Risk, Rule, Script, Shell
from tests.unit.catalog.conftest import FaultsOf, Write


def test_a_catalogue_becomes_frozen_shapes(folder: Path) -> None:
    """Names, defaults and policy come out as written."""
    catalog = read_catalog(folder)
    mem = catalog.snippets["mem"]
    assert (mem.name, mem.risk, mem.timeout, mem.targets) == ("mem", Risk.LOW, timedelta(seconds=60), ("*",))
    assert mem.scripts == {OsType.LINUX: Script(Shell.BASH, "cat /proc/meminfo")}
    assert catalog.targets["web-prod"].tags == (("app", "web"),)
    assert catalog.targets["db-prod"].instances == ("i-bp1a",)
    assert catalog.policy.roles["oncall"].run == (Rule(("*",), ("web-*",)),)
    assert catalog.policy.approvals[0].number == 1
    assert catalog.policy.approvals[0].expires == timedelta(minutes=30)
    assert catalog.policy.approvals[0].roles == ("approver",)


def test_parameters_of_every_type(folder: Path, write: Write) -> None:
    """`choices` make a choice of it; bounds of a duration are in seconds; defaults stay as users write them."""
    write(
        "logs.toml",
        """
        summary = "Logs"
        risk = "medium"
        timeout = "1h30m"
        exclusive = true
        user = "admin"
        redact = ['password=\\S+']
        [params]
        service = { choices = ["nginx", "app"] }
        lines = { type = "integer", min = 1, max = 2000, default = 100 }
        since = { type = "duration", min = "1m", max = "7d", default = "15m" }
        all = { type = "boolean", default = false }
        unit = { pattern = '^[a-z]+$', optional = true, help = "a unit" }
        [windows]
        shell = "bat"
        script = "echo %service% %lines% %since% %all% %unit%"
        """,
    )
    snippet = read_catalog(folder).snippets["logs"]
    assert snippet.timeout == timedelta(minutes=90)
    assert snippet.exclusive
    assert snippet.scripts[OsType.WINDOWS].shell is Shell.BAT
    assert snippet.params == (
        Param("service", ParamType.CHOICE, choices=("nginx", "app")),
        Param("lines", ParamType.INTEGER, default="100", min=1, max=2000),
        Param("since", ParamType.DURATION, default="15m", min=60, max=604_800),
        Param("all", ParamType.BOOLEAN, default="false"),
        Param("unit", ParamType.STRING, help="a unit", optional=True, pattern="^[a-z]+$"),
    )


def test_every_fault_of_every_file_is_said_at_once(write: Write, faults: FaultsOf) -> None:
    """One start shows all there is to mend, with file and key: wrong keys and types, and what the rest means."""
    write(
        "logs.toml",
        'summary = "x"\nrisk = "lo"\ntimeout = "1s"\n[params.lines]\ntype = "integer"\nmin = "1"\n'
        '[linux]\nscript = "$lines"',
    )
    write("disk.toml", 'summary = "x"\nrisk = "low"\ntimout = "5m"\ntargets = ["web"]\n[linux]\nscrpt = "df"')
    write("targets.toml", '[web-prod]\nenv = 1\nregion = "CN"\ntags = { app = 2 }')
    write("policy.toml", '[roles.On]\n[roles.admin]\nmanage_roles = 1\n[[approvals]]\nneeded = 0\nrisk = ["lo"]')
    keys = "summary, risk, timeout, targets, user, redact, exclusive, params, linux, windows"
    approvals = "commands/policy.toml: approvals"
    assert faults() == [
        "commands/disk.toml: linux.script: is missing",
        'commands/disk.toml: linux.scrpt: unknown key (did you mean "script"?); there are: script',
        'commands/disk.toml: targets: there is no target "web" (did you mean "web-prod"?)',
        f'commands/disk.toml: timout: unknown key (did you mean "timeout"?); there are: {keys}',
        'commands/logs.toml: params.lines.min: must be an integer, not "1"',
        'commands/logs.toml: risk: must be "low", "medium" or "high", not "lo" (did you mean "low"?)',
        'commands/logs.toml: timeout: must be from 10s to 24h, not "1s"',
        f"{approvals}[1].needed: must be at least 1, not 0",
        f'{approvals}[1].risk[1]: must be "low", "medium" or "high", not "lo" (did you mean "low"?)',
        "commands/policy.toml: roles.On: a role's name must be 1 to 40 of a-z, 0-9 and -, and not start with -",
        "commands/policy.toml: roles.admin.manage_roles: must be true or false, not 1",
        "commands/targets.toml: web-prod.env: must be a string, not 1",
        'commands/targets.toml: web-prod.region: must be a region id such as "cn-hangzhou", not "CN"',
        "commands/targets.toml: web-prod.tags.app: must be a string, not 2",
    ]


def test_types_are_strict(write: Write, faults: FaultsOf) -> None:
    """`"true"` is not true, and a number is no string."""
    write("mem.toml", 'summary = 1\nrisk = "low"\nexclusive = "true"\ntargets = "web-prod"\nlinux = "df"')
    assert faults() == [
        'commands/mem.toml: exclusive: must be true or false, not "true"',
        'commands/mem.toml: linux: must be a table, not "df"',
        "commands/mem.toml: summary: must be a string, not 1",
        'commands/mem.toml: targets: must be a list, not "web-prod"',
    ]


def test_unknown_keys_are_named_where_they_stand(write: Write, faults: FaultsOf) -> None:
    """In a parameter, in a list of policy, in a target: with the key that was meant."""
    write("mem.toml", 'summary = "m"\nrisk = "low"\n[params.lines]\ntyp = "integer"\n[linux]\nscript = "$lines"')
    write("targets.toml", '[web-prod]\nenv = "prod"\nregion = "cn-hangzhou"\ntag = { app = "web" }')
    write(
        "policy.toml",
        '[roles.admin]\nmanage_roles = true\napprove = [{ snipets = ["*"], targets = ["*"] }]\n'
        "[[approvals]]\nneded = 1",
    )
    found = faults()
    for expected in (
        'commands/mem.toml: params.lines.typ: unknown key (did you mean "type"?)',
        'commands/targets.toml: web-prod.tag: unknown key (did you mean "tags"?)',
        'commands/policy.toml: roles.admin.approve[1].snipets: unknown key (did you mean "snippets"?)',
        "commands/policy.toml: roles.admin.approve[1].snippets: is missing",
        'commands/policy.toml: approvals[1].neded: unknown key (did you mean "needed"?)',
    ):
        assert any(fault.startswith(expected) for fault in found), (expected, found)
