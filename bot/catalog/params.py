"""One parameter: ParamModel → Param."""

from collections.abc import Sequence

from bot.catalog.faults import Faults, show
from bot.catalog.models import ParamModel
from bot.catalog.names import variable_fault
from bot.catalog.patterns import anchored, fault_of
from bot.domain.catalog import Param, ParamType, Shell
from bot.domain.duration import parse_duration
from bot.domain.refusal import Refusal
from bot.domain.snippet import check, describe

_BOUNDED = {ParamType.INTEGER, ParamType.DURATION}


def read_param(name: str, model: ParamModel, shells: Sequence[Shell], faults: Faults) -> Param:
    """Convert *model*, adding what is wrong with it to *faults*; the Param is of use only where nothing is."""
    key = f"params.{name}"
    if why := variable_fault(name):
        faults.add(key, why)
    type_ = ParamType(model.type) if model.type else ParamType.CHOICE if model.choices is not None else ParamType.STRING
    before = len(faults.found)
    _shape(key, type_, model, faults)
    low, high = (_bound(f"{key}.{end}", type_, getattr(model, end), faults) for end in ("min", "max"))
    if low is not None and high is not None and low > high:
        faults.add(f"{key}.min", f"is above max: {show(model.min)} and {show(model.max)}")
    default = _default(f"{key}.default", type_, model.default, faults)
    param = Param(
        name=name,
        type=type_,
        help=model.help,
        default=default,
        optional=model.optional,
        choices=tuple(model.choices or ()),
        pattern=model.pattern,
        min=low,
        max=high,
    )
    if len(faults.found) == before:
        _values(key, param, shells, faults)
    return param


def _shape(key: str, type_: ParamType, model: ParamModel, faults: Faults) -> None:
    """Do the keys that are there belong to this type, and are those that it needs there?"""
    if len(model.help) > 150 or not model.help.isprintable():
        faults.add(f"{key}.help", "must be one line of at most 150 characters")
    if model.optional and model.default is not None:
        faults.add(f"{key}.optional", "a parameter with a default is never missing: leave one of the two out")
    if model.choices is not None and type_ is not ParamType.CHOICE:
        faults.add(f"{key}.choices", f'belongs to type = "choice", not "{type_}": leave type or choices out')
    if type_ is ParamType.CHOICE:
        _choices(f"{key}.choices", model.choices, faults)
    for end in ("min", "max"):
        if getattr(model, end) is not None and type_ not in _BOUNDED:
            faults.add(f"{key}.{end}", f'belongs to type = "integer" or "duration", not "{type_}"')
    if type_ is ParamType.STRING:
        _pattern(f"{key}.pattern", model.pattern, faults)
    elif model.pattern is not None:
        faults.add(f"{key}.pattern", f'belongs to type = "string", not "{type_}"')


def _choices(key: str, choices: list[str] | None, faults: Faults) -> None:
    if not choices:
        faults.add(key, 'is missing: list what may be chosen, such as ["nginx", "app"]')
    elif len(set(choices)) < len(choices):
        faults.add(key, "names something twice")


def _pattern(key: str, pattern: str | None, faults: Faults) -> None:
    if pattern is None:
        faults.add(key, "is missing: a string needs one, such as '^[a-z0-9-]+$'; or list choices, or name a type")
    elif why := fault_of(pattern):
        faults.add(key, why)
    elif not anchored(pattern):
        faults.add(key, f"must stand for the whole value: ^(…)$ or \\A(…)\\Z, not {show(pattern)}")


def _bound(key: str, type_: ParamType, given: object, faults: Faults) -> int | None:
    """*min* or *max*: an integer, or a duration in seconds."""
    if given is None or type_ not in _BOUNDED:
        return None
    if type_ is ParamType.DURATION:
        span = parse_duration(given) if isinstance(given, str) else None
        if span is None:
            faults.add(key, f'must be a duration such as "90s" or "1h30m", not {show(given)}')
            return None
        return int(span.total_seconds())
    if not isinstance(given, int) or isinstance(given, bool):
        faults.add(key, f"must be an integer, not {show(given)}")
        return None
    return given


def _default(key: str, type_: ParamType, given: object, faults: Faults) -> str | None:
    """The default as a user would write it; its TOML type must be the parameter's own."""
    if given is None:
        return None
    if type_ is ParamType.INTEGER:
        if isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        faults.add(key, f"must be an integer, not {show(given)}")
    elif type_ is ParamType.BOOLEAN:
        if isinstance(given, bool):
            return "true" if given else "false"
        faults.add(key, f"must be true or false, not {show(given)}")
    elif isinstance(given, str):
        return given
    else:
        faults.add(key, f"must be a string, not {show(given)}")
    return None


def _values(key: str, param: Param, shells: Sequence[Shell], faults: Faults) -> None:
    """Is every choice, and the default, a value that users could give?"""
    for choice in param.choices:
        if isinstance(fixed := check(param, choice, shells), Refusal):
            faults.add(f"{key}.choices", f"{show(choice)} can't be given to a script: it must be {fixed.hint}")
    if param.default is not None and isinstance(fixed := check(param, param.default, shells), Refusal):
        faults.add(
            f"{key}.default", f"{show(param.default)} is no value of it: it must be {fixed.hint or describe(param)}"
        )
