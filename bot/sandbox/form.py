"""A form in a terminal: what it asks for, and how it is filled in there."""

from bot.sandbox.slack import CannotDo
from bot.sandbox.slack.records import Json, View


def told(view: View) -> str:
    """What stands open, and what can be done about it here."""
    head = f"A form is open: {view.words}"
    if "submit" not in view.body:
        return head
    if _only_field(view) is None:
        return f"{head}\nIt has more than one field: type the whole line instead."
    return f"{head}\n`fill <text>` fills it in and sends it off."


def filled(view: View | None, text: str) -> tuple[View, dict[str, dict[str, str]]]:
    """The form that stands open with *text* in its only field, as `Person.submits` takes it. Raises CannotDo."""
    if view is None:
        raise CannotDo("no form stands open")
    field = _only_field(view)
    if field is None:
        raise CannotDo("this form can't be filled in here: type the whole line instead")
    block, element = field
    return view, {block: {str(element["action_id"]): text}}


def _only_field(view: View) -> tuple[str, Json] | None:
    """The one text that it asks for, where it asks for nothing else."""
    (field, *others) = view.elements or [("", {"type": ""})]
    return field if not others and field[1]["type"] == "plain_text_input" else None
