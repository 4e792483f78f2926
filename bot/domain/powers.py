"""What somebody may do at all, somewhere: what help is good for."""

from enum import StrEnum

from bot.domain.access import RoleTable, UserId
from bot.domain.catalog import Catalog, Risk


class Power(StrEnum):
    """Each is needed for some verbs."""

    RUN = "run"
    CHANGE = "change"  # run what is more than low risk
    APPROVE = "approve"
    MANAGE = "manage"  # give and take roles


def powers(roles: RoleTable, user: UserId, catalog: Catalog) -> frozenset[Power]:
    """Those of *user* by *roles*."""
    mine = roles.only(user)
    runs = list(mine.runnable_snippets(user, catalog))
    found = {
        Power.RUN: bool(runs),
        Power.CHANGE: any(catalog.snippets[name].risk is not Risk.LOW for name in runs),
        Power.APPROVE: any(approvable(mine, user, catalog)),
        Power.MANAGE: mine.may_manage_roles(user).allowed,
    }
    return frozenset(power for power, there in found.items() if there)


def approvable(roles: RoleTable, user: UserId, catalog: Catalog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The snippets and the targets that *user* may approve, in some combination, others having asked; both sorted.

    Whether policy asks for more than the role's own rule, a card says.
    """
    mine = roles.only(user)
    pairs = {
        (name, target)
        for name, snippet in catalog.snippets.items()
        for target in filter(snippet.fits, catalog.targets)
        if mine.may_approve(user, name, target).allowed
    }
    return tuple(sorted({name for name, _ in pairs})), tuple(sorted({target for _, target in pairs}))
