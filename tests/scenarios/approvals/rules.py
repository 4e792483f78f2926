"""Small catalogues: two targets, a snippet of each risk, and the policy that a test is about."""

from pathlib import Path

from bot.sandbox.ecs import CannedRunner, Region, fleet

ONE_YES = """
[[approvals]]
risk = ["high"]
needed = 1
expires = "10m"
"""

ROLES = """
[roles.oncall]
run = [{ snippets = ["*"], targets = ["*"] }]
[roles.chief]
run = [{ snippets = ["*"], targets = ["*"] }]
break_glass = [{ snippets = ["*"], targets = ["*"] }]
[roles.approver]
approve = [{ snippets = ["*"], targets = ["*"] }]
[roles.lead]
approve = [{ snippets = ["*"], targets = ["*"] }]
[roles.admin]
run = [{ snippets = ["*"], targets = ["*"] }]
manage_roles = true
"""

TARGETS = """
[web]
env = "prod"
region = "cn-hangzhou"
tags = { app = "web" }
[stage]
env = "staging"
region = "cn-hangzhou"
tags = { app = "stage" }
"""

SNIPPETS = {"zap": "high", "wipe": "high", "tidy": "medium", "look": "low"}


def snippet(risk: str, script: str, more: str = "") -> str:
    """A snippet's file."""
    return f'summary = "Says {script}"\nrisk = "{risk}"\ntimeout = "60s"\n{more}\n[linux]\nscript = "echo {script}"\n'


def catalogue(folder: Path, policy: str = ONE_YES, **files: str) -> Path:
    """A small catalogue of its own: *policy* comes after the roles; *files* are further snippets, by name."""
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    texts = {name: snippet(risk, name) for name, risk in SNIPPETS.items()} | files
    for name, text in (texts | {"targets": TARGETS, "policy": ROLES + policy}).items():
        (commands / f"{name}.toml").write_text(text)
    return commands


def machines(web: int = 3) -> Region:
    """*web* machines in production, and one in staging."""
    runner = CannedRunner("done\n")
    of_web, of_stage = fleet(web, {"app": "web"}, runner, "web"), fleet(1, {"app": "stage"}, runner, "stage")
    return Region("cn-hangzhou", [*of_web, *of_stage])
