"""Answers to what was asked about the bot and its catalogue, seen by one person."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.catalog import ApprovalRule, Param, ParamType, Snippet, Target
from bot.domain.duration import say_duration
from bot.domain.invocation import Invocation
from bot.domain.snippet import describe
from bot.slack.messages import kit
from bot.slack.messages.card import subject
from bot.slack.messages.escape import code, escape, shortened
from bot.slack.messages.explain import can
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.roles import granted, revoked, role_list, whoami
from bot.slack.messages.runs import history, open_page, status_page
from bot.slack.messages.words import count, human, machines, some

__all__ = [
    "accepted",
    "can",
    "granted",
    "help_page",
    "history",
    "listing",
    "open_page",
    "revoked",
    "role_list",
    "snippet_page",
    "status_page",
    "whoami",
]

ROOM = 7_500
"""Characters of a long list. Slack publishes no total for a message: a guess on the safe side."""

TEXT = 1_500

USAGE = (
    ("run mem web-prod", "runs a snippet on a target; then `--name value` for each parameter"),
    ("run restart web-prod --service nginx --reason …", "all after `--reason` is the reason"),
    ("run mem web-prod --private", "shows the results to you alone; others approve, the trail keeps it"),
    ("run", "asks for it in a form, as it does for what a line leaves out"),
    ("list", "what you may run, and where"),
    ("help mem", "one snippet and its parameters"),
    ("status", "what is under way; with an id, how that one stands"),
    ("search <id> timeout", "lines of what it printed; `--on web-1` only there, `--regex 'err|warn'` an expression"),
    ("stop <id>", "stops one; with `--on web-1` only there"),
    ("follow <id>", "shows one that was run elsewhere here as well, until it is over"),
    ("history", "what ran lately; `audit` with an id shows one of these step by step"),
    ("resolve <id> failed --reason …", "says what became of one that ECS can't tell; or `succeeded`"),
    ("lock web-prod --for 1h --reason …", "others can only look there; `unlock web-prod` ends it, `lock` lists all"),
    ("whoami", "your roles; `can @somebody run mem web-prod` tells which rule decides"),
    ("role list", "who has which role; `role grant @somebody-or-group oncall --for 8h --reason …` gives one"),
)


def accepted(invocation: Invocation) -> Rendered:
    """The answer to a command that was written down."""
    where = ", to you alone, in your direct messages with me" if invocation.private else ""
    words = f"○ {subject(invocation)}: on its way{where}. Its id is {code(invocation.id, 64)}."
    return Rendered(words, [kit.section(words)])


def help_page(snippets: Sequence[Snippet], name: str = "/ecs") -> Rendered:
    """How it is used, and which of *snippets* there are for this person."""
    usage = [f"{code(f'{name} {line}')}\n{what}" for line, what in USAGE]
    blocks = [kit.header("Run a snippet on ECS machines, and read the answer here"), kit.section("\n".join(usage))]
    blocks += [kit.section(f"*You may run:* {_names(snippets)}")]
    text = f"{name} run <snippet> <target>. You may run: {some([s.name for s in snippets], 600) or 'nothing yet'}"
    return Rendered(shortened(text.replace("<", "&lt;").replace(">", "&gt;"), TEXT), blocks)


def snippet_page(snippet: Snippet, targets: Sequence[Target], approval: ApprovalRule | None) -> Rendered:
    """One snippet: what it does, its parameters with their bounds, and a line to start from."""
    systems = " and ".join(sorted(os.value.capitalize() for os in snippet.scripts)) or "no system"
    account = escape(snippet.user or "root", 40)
    facts = [
        f"*{escape(snippet.name, 64)}* · {escape(snippet.summary, 300)}",
        f"Risk {snippet.risk.value} · stops after {human(snippet.timeout)} · runs as {account} · {systems}",
        f"On {some([t.name for t in targets], 400) or 'no target of yours'}",
    ]
    if approval is not None:
        roles = f" of role {escape(' or '.join(approval.roles), 120)}" if approval.roles else ""
        reason = "; give a `--reason`" if approval.reason else ""
        facts.append(f"Needs {count(approval.needed, 'approval')}{roles} (approval rule {approval.number}){reason}")
    blocks = [kit.section("\n".join(facts))]
    lines = [_param(param) for param in snippet.params]
    listed, shown = kit.paragraphs(lines, ROOM)
    blocks += listed
    if shown < len(lines):
        blocks.append(kit.context(f"and {count(len(lines) - shown, 'more parameter')} in its file"))
    blocks.append(kit.typed(example(snippet, targets)))
    return Rendered(shortened(" · ".join(facts), TEXT), blocks)


def example(snippet: Snippet, targets: Sequence[Target]) -> str:
    """A line that could be typed, with every parameter that must be given."""
    words = [f"/ecs run {snippet.name} {targets[0].name if targets else '<target>'}"]
    words += [f"--{p.name} {_sample(p)}" for p in snippet.params if p.required]
    return shortened(" ".join(words), 1_000)


def listing(snippets: Sequence[Snippet], targets: Sequence[Target]) -> Rendered:
    """What this person may run, and where."""
    if not snippets:
        words = f"You may not run anything yet. {code('/ecs whoami')} shows your roles; an admin can give you one."
        return Rendered(words, [kit.section(words)])
    blocks = [kit.section(f"*{count(len(snippets), 'snippet')}*")]
    for lines, names, kind in (
        ([_snippet(s) for s in snippets], [s.name for s in snippets], "snippet"),
        ([_target(t) for t in targets], [t.name for t in targets], "target"),
    ):
        if kind == "target":
            blocks.append(kit.section(f"*{count(len(targets), 'target')}*"))
        listed, shown = kit.paragraphs(lines, ROOM // 2)
        blocks += listed
        if shown < len(names):
            blocks.append(kit.context(f"and {some(names[shown:], 2_000)}"))
    text = f"You may run {some([s.name for s in snippets], 600)} on {some([t.name for t in targets], 600)}"
    return Rendered(shortened(text, TEXT), blocks)


def _names(snippets: Sequence[Snippet]) -> str:
    return some([s.name for s in snippets], 2_500) or "nothing yet; an admin can give you a role"


def _snippet(snippet: Snippet) -> str:
    risk = f" · {snippet.risk.value} risk" if snippet.risk.value != "low" else ""
    return f"*{escape(snippet.name, 64)}* · {escape(snippet.summary, 90)}{risk}"


def _target(target: Target) -> str:
    fixed = f" · {machines(len(target.instances))}" if target.instances else ""
    return f"*{escape(target.name, 64)}* · {escape(target.env, 40)} · {escape(target.region, 40)}{fixed}"


def _param(param: Param) -> str:
    default = f", else {code(param.default, 60)}" if param.default is not None else ""
    need = "must be given" if param.required else "may be left out"
    explained = f" · {escape(param.help, 160)}" if param.help else ""
    return f"{code('--' + param.name)}{explained}\n{escape(describe(param), 300)} · {need}{default}"


def _sample(param: Param) -> str:
    if param.choices:
        return param.choices[0]
    if param.type is ParamType.INTEGER:
        return str(param.min if param.min is not None else param.max if param.max is not None else 1)
    if param.type is ParamType.DURATION:
        return say_duration(timedelta(seconds=param.min or 60))
    return "true" if param.type is ParamType.BOOLEAN else f"<{param.name}>"
