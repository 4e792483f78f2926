"""One fault each: what is refused, under which key, in which words."""

import pytest

from tests.unit.catalog.conftest import FaultsOf, Write

HEAD = 'summary = "x"\nrisk = "low"\n'
SCRIPT = '\n[linux]\nscript = "echo $p"\n'


@pytest.mark.parametrize(
    ("param", "key", "words"),
    [
        ('type = "string"', "pattern", "is missing: a string needs one"),
        ("pattern = '[a-z]+'", "pattern", "must stand for the whole value"),
        ("pattern = '^a|b$'", "pattern", "must stand for the whole value"),
        ("pattern = '^a$b$'", "", ""),
        ("pattern = '^(['", "pattern", "is no regular expression"),
        ("pattern = '^(a+)+$'", "pattern", "which can take for ever"),
        ('type = "integer"\nmin = 5\nmax = 1', "min", "is above max: 5 and 1"),
        ('type = "integer"\nmin = true', "min", "must be an integer, not true"),
        ('type = "integer"\nmin = 1.5', "min", "must be an integer, not 1.5"),
        (
            'type = "integer"\nmin = 1\ndefault = 0',
            "default",
            '"0" is no value of it: it must be a whole number of at least 1',
        ),
        ('type = "integer"\ndefault = "5"', "default", 'must be an integer, not "5"'),
        ('type = "duration"\nmin = 60', "min", 'must be a duration such as "90s" or "1h30m", not 60'),
        ('type = "duration"\nmax = "1h"\ndefault = "2h"', "default", '"2h" is no value of it'),
        ('type = "duration"\ndefault = 5', "default", "must be a string, not 5"),
        ('type = "boolean"\ndefault = "true"', "default", 'must be true or false, not "true"'),
        ('type = "boolean"\nmin = 1', "min", 'belongs to type = "integer" or "duration", not "boolean"'),
        ('type = "choice"', "choices", "is missing: list what may be chosen"),
        ("choices = []", "choices", "is missing: list what may be chosen"),
        ('choices = ["a", "a"]', "choices", "names something twice"),
        ('choices = ["a", "b"]\ndefault = "c"', "default", '"c" is no value of it: it must be one of a, b'),
        ('type = "string"\nchoices = ["a"]\npattern = "^a$"', "choices", 'belongs to type = "choice", not "string"'),
        ('choices = ["a"]\npattern = "^a$"', "pattern", 'belongs to type = "string", not "choice"'),
        ('choices = ["a\\nb"]', "choices", "can't be given to a script"),
        ('choices = ["a"]\ndefault = "a"\noptional = true', "optional", "a parameter with a default is never missing"),
        ('type = "number"', "type", 'must be "string", "integer", "choice", "boolean" or "duration", not "number"'),
        ('type = "boolean"\nhelp = "a\\nb"', "help", "must be one line"),
    ],
)
def test_parameter(write: Write, faults: FaultsOf, param: str, key: str, words: str) -> None:
    """A fault of a parameter names its key; `^a$b$` is odd, and anchored."""
    write("x.toml", f"{HEAD}[params.p]\n{param}{SCRIPT}")
    found = faults()
    if not key:
        assert found == []
        return
    assert len(found) == 1
    assert found[0].startswith(f"commands/x.toml: params.p.{key}: ")
    assert words in found[0]


@pytest.mark.parametrize(
    "name",
    (
        "path PATH Lines my-lines 1st home ifs pwd ps1 bash_env ld_preload _x pid host args input errorlevel comspec"
        f" erroractionpreference http_proxy é reason {'a' * 31}"
    ).split(),
)
def test_dangerous_and_impossible_names_of_parameters(write: Write, faults: FaultsOf, name: str) -> None:
    """Names that a shell, or the bot itself, takes for its own; capitals, so that no two names differ in case alone."""
    write("x.toml", f'{HEAD}[params."{name}"]\ntype = "boolean"\n[linux]\nscript = "echo ${name}"')
    assert [fault for fault in faults() if fault.startswith(f"commands/x.toml: params.{name}: ")]


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("timeout = '5s'", "timeout", 'must be from 10s to 24h, not "5s"'),
        ("timeout = '25h'", "timeout", "must be from 10s to 24h"),
        ("timeout = '1m1h'", "timeout", 'must be a duration such as "60s", "5m" or "1h30m", not "1m1h"'),
        ("timeout = '60'", "timeout", "must be a duration"),
        ("targets = []", "targets", "must not be empty"),
        ("targets = ['web-prd']", "targets", 'there is no target "web-prd" (did you mean "web-prod"?)'),
        ("targets = ['web-prod', 'web-prod']", "targets", "names something twice"),
        ("redact = ['(']", "redact[1]", "is no regular expression"),
        ("redact = ['ok', 'x*']", "redact[2]", "matches the empty string"),
        ("redact = ['(x+)+y']", "redact[1]", "which can take for ever"),
        ("user = 'a b'", "user", "must be an account's name"),
        ("[params.q]\ntype = 'boolean'", "params.q", "no script uses $q"),
    ],
)
def test_snippet(write: Write, faults: FaultsOf, text: str, key: str, words: str) -> None:
    """A fault of a snippet names its key."""
    write("x.toml", f"{HEAD}{text}\n[linux]\nscript = 'df'")
    assert len(faults()) == 1
    assert faults()[0].startswith(f"commands/x.toml: {key}: ")
    assert words in faults()[0]


def test_patterns_of_targets_may_match_nothing_yet(write: Write, faults: FaultsOf) -> None:
    """`cache-*` may be written before there is such a target; `cache` may not."""
    write("x.toml", f"{HEAD}targets = ['cache-*']\n[linux]\nscript = 'df'")
    assert faults() == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('[linux]\nscript = " \\n"', "must not be empty"),
        ("", "has no script"),
        ('[linux]\nscript = "echo {{name}}"', "{{name}} is not substituted"),
        ('[linux]\nscript = "echo {{oos-secret:db}}"', "is not substituted"),
        ('[linux]\nscript = "echo {{ ACS::RegionId }}"', "is not substituted"),
        ('[linux]\nscript = "#!/usr/bin/python3\\nprint()"', "its first line must be #!/bin/bash"),
        ('[linux]\nscript = "exit 194"', "the agent takes this code for power off or reboot"),
        ("[windows]\nscript = 'exit 3010'", "the agent takes this code"),
        ("[windows]\nscript = 'echo “x”'", "must be ASCII"),
        ("[windows]\nscript = '''\n# x\nparam([int]$a)'''", "must not start with param"),
        ("[windows]\nshell = 'cmd'\nscript = 'dir'", 'must be "powershell" or "bat", not "cmd"'),
        (f'[linux]\nscript = "{"x" * 18_500}"', "is too long: with its parameters"),
        ('[linux]\nshell = "sh"\nscript = "df"', "unknown key"),
        ('[linux]\nscript = "a\\u0000b"', "must not hold NUL"),
    ],
)
def test_script(write: Write, faults: FaultsOf, script: str, words: str) -> None:
    """What would not work on a machine, or not mean what it seems to mean, is refused before it gets there."""
    write("x.toml", HEAD + script)
    assert len(faults()) == 1
    assert words in faults()[0]


def test_the_longest_values_count_as_part_of_the_script(write: Write, faults: FaultsOf) -> None:
    """A script that fits alone, and not with its parameter's longest value, is refused at the start, not at 3 a.m."""
    body = "x" * 17_500
    write("x.toml", f'{HEAD}[linux]\nscript = "echo {body}"')
    assert faults() == []
    write("x.toml", f"{HEAD}[params.p]\npattern = '^x*$'\n[linux]\nscript = \"echo $p {body}\"")
    assert "is too long: with its parameters" in faults()[0]


def test_double_braces_of_other_languages_are_no_substitution(write: Write, faults: FaultsOf) -> None:
    """Go templates begin with a dot, awk has blanks or more within: neither looks like `{{name}}`."""
    write(
        "x.toml", HEAD + "[linux]\nscript = '''docker ps --format \"{{.Names}} {{json .}}\"\nawk '{{ print $1 }}' f'''"
    )
    assert faults() == []


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("env = ''\nregion = 'cn-hangzhou'\ntags = { a = 'b' }", "t.env", "must be 1 to 40 of a-z, 0-9 and -"),
        ("env = 'prod'\nregion = 'cn hangzhou'\ntags = { a = 'b' }", "t.region", "must be a region id"),
        ("env = 'prod'\nregion = 'r'", "t", "needs either tags or instances: neither is there"),
        ("env = 'prod'\nregion = 'r'\ntags = { a = 'b' }\ninstances = ['i-a']", "t", "both are there"),
        ("env = 'prod'\nregion = 'r'\ntags = {}", "t.tags", "must be 1 to 20 tags, not 0"),
        ("env = 'prod'\nregion = 'r'\ninstances = []", "t.instances", "must not be empty"),
        ("env = 'prod'\nregion = 'r'\ninstances = ['web1']", "t.instances", 'not "web1"'),
        ("env = 'prod'\nregion = 'r'\ninstances = ['i-a', 'i-a']", "t.instances", "names an instance twice"),
        (
            "env = 'prod'\nregion = 'r'\ninstances = ['i-a', 'i-b']\nmax_instances = 1",
            "t.max_instances",
            "and 2 are listed",
        ),
        ("env = 'prod'\nregion = 'r'\ntags = { a = 'b' }\nmax_instances = 0", "t.max_instances", "must be at least 1"),
        ("env = 'prod'\nregion = 'r'\ntags = { a = 1 }", "t.tags.a", "must be a string, not 1"),
    ],
)
def test_target(write: Write, faults: FaultsOf, text: str, key: str, words: str) -> None:
    """A fault of a target names it."""
    write("targets.toml", f"[t]\n{text}")
    assert len(faults()) == 1
    assert faults()[0].startswith(f"commands/targets.toml: {key}: ")
    assert words in faults()[0]


ROLES = "[roles.admin]\nmanage_roles = true\n[roles.boss]\napprove = [{ snippets = ['*'], targets = ['*'] }]\n"


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("[[approvals]]\nneeded = 0", "approvals[1].needed", "must be at least 1, not 0"),
        ("[[approvals]]\n[[approvals]]\nexpires = 'soon'", "approvals[2].expires", "must be a duration"),
        ("[[approvals]]\nexpires = '30s'", "approvals[1].expires", "must be from 60s to 24h"),
        ("[[approvals]]\nrisk = ['extreme']", "approvals[1].risk[1]", 'must be "low", "medium" or "high"'),
        (
            "[[approvals]]\nsnippets = ['men']",
            "approvals[1].snippets",
            'there is no snippet "men" (did you mean "mem"?)',
        ),
        ("[[approvals]]\ntargets = ['web']", "approvals[1].targets", 'there is no target "web"'),
        (
            "[[approvals]]\nenv = ['prd']",
            "approvals[1].env",
            'there is no target with env "prd" (did you mean "prod"?)',
        ),
        ("[[approvals]]\nroles = ['bos']", "approvals[1].roles", 'there is no role "bos" (did you mean "boss"?)'),
        ("[[approvals]]\nroles = ['admin']", "approvals[1].roles", "admin may approve nothing"),
        ("[roles.On_Call]", "roles.On_Call", "a role's name must be"),
        (
            "[roles.x]\nrun = [{ snippets = ['mem'], targets = ['nope'] }]",
            "roles.x.run[1].targets",
            "there is no target",
        ),
        ("[roles.x]\nrun = [{ snippets = [], targets = ['*'] }]", "roles.x.run[1].snippets", "must not be empty"),
    ],
)
def test_policy(write: Write, faults: FaultsOf, text: str, key: str, words: str) -> None:
    """A fault of policy names its key; lists count from 1."""
    write("policy.toml", ROLES + text)
    assert len(faults()) == 1
    assert faults()[0].startswith(f"commands/policy.toml: {key}: ")
    assert words in faults()[0]


def test_a_policy_that_would_lock_everybody_out(write: Write, faults: FaultsOf) -> None:
    """Approval that nobody may give, roles that nobody may grant, no role for BOT_ADMINS."""
    write("policy.toml", "[roles.oncall]\n[[approvals]]\n")
    assert faults() == [
        "commands/policy.toml: approvals: ask for approval, and no role may approve: give one an approve list",
        "commands/policy.toml: roles: admin is missing: BOT_ADMINS hold it",
        "commands/policy.toml: roles: nobody could grant a role: give one manage_roles = true",
    ]
    write("policy.toml", "roles = {}")
    assert faults() == ["commands/policy.toml: roles: must not be empty"]
