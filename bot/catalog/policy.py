"""policy.toml → Policy."""

from datetime import timedelta

from bot.catalog.faults import Faults
from bot.catalog.guards import named_roles, read_channel, read_freeze, read_hours, read_limits, read_shared
from bot.catalog.models import ApprovalModel, PolicyModel, RoleModel, RuleModel
from bot.catalog.names import NAME, NAME_RULE, Known
from bot.catalog.snippets import check_patterns, span
from bot.domain.catalog import ApprovalRule, Policy, Risk, Role, Rule

_SHORTEST_WAIT = timedelta(minutes=1)


def read_policy(model: PolicyModel, known: Known, faults: Faults) -> Policy:
    """Convert *model*, adding what is wrong with it to *faults*."""
    roles = {name: _role(name, role, known, faults) for name, role in model.roles.items()}
    approvals = tuple(
        _approval(number, approval, roles, known, faults) for number, approval in enumerate(model.approvals, 1)
    )
    if approvals and not any(role.approve for role in roles.values()):
        faults.add("approvals", "ask for approval, and no role may approve: give one an approve list")
    if any(role.break_glass for role in roles.values()) and not any(role.approve for role in roles.values()):
        faults.add("roles", "nobody could review what ran under break_glass: give one an approve list")
    if not any(role.manage_roles for role in roles.values()):
        faults.add("roles", "nobody could grant a role: give one manage_roles = true")
    if "admin" not in roles:
        faults.add("roles", "admin is missing: BOT_ADMINS hold it")
    return Policy(
        roles=roles,
        approvals=approvals,
        channels=tuple(read_channel(number, one, roles, known, faults) for number, one in enumerate(model.channels, 1)),
        freezes=tuple(read_freeze(number, one, known, faults) for number, one in enumerate(model.freezes, 1)),
        hours=read_hours(model.hours, faults) if model.hours else None,
        limits=read_limits(model.limits, faults),
        shared_channels=read_shared(model.shared_channels, faults),
    )


def _role(name: str, model: RoleModel, known: Known, faults: Faults) -> Role:
    key = f"roles.{name}"
    if not NAME.fullmatch(name):
        faults.add(key, f"a role's name {NAME_RULE}")
    return Role(
        name=name,
        run=_rules(f"{key}.run", model.run, known, faults),
        approve=_rules(f"{key}.approve", model.approve, known, faults),
        break_glass=_rules(f"{key}.break_glass", model.break_glass, known, faults),
        manage_roles=model.manage_roles,
    )


def _rules(key: str, models: list[RuleModel], known: Known, faults: Faults) -> tuple[Rule, ...]:
    for number, model in enumerate(models, 1):
        check_patterns(f"{key}[{number}].snippets", model.snippets, known.snippets, faults, "snippet")
        check_patterns(f"{key}[{number}].targets", model.targets, known.targets, faults)
    return tuple(Rule(tuple(model.snippets), tuple(model.targets)) for model in models)


def _approval(number: int, model: ApprovalModel, roles: dict[str, Role], known: Known, faults: Faults) -> ApprovalRule:
    key = f"approvals[{number}]"
    check_patterns(f"{key}.snippets", model.snippets, known.snippets, faults, "snippet")
    check_patterns(f"{key}.targets", model.targets, known.targets, faults)
    check_patterns(f"{key}.env", model.env, known.envs, faults, "target with env")
    if model.needed < 1:
        faults.add(f"{key}.needed", f"must be at least 1, not {model.needed}")
    for name in named_roles(f"{key}.roles", model.roles, roles, faults):
        if not roles[name].approve:
            faults.add(f"{key}.roles", f"{name} may approve nothing: give it an approve list")
    return ApprovalRule(
        number=number,
        risk=tuple(Risk(risk) for risk in model.risk),
        snippets=tuple(model.snippets),
        targets=tuple(model.targets),
        env=tuple(model.env),
        needed=model.needed,
        expires=span(f"{key}.expires", model.expires, faults, _SHORTEST_WAIT),
        reason=model.reason,
        roles=tuple(model.roles),
    )
