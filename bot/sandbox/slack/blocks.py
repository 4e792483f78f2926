"""Block Kit, checked."""

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.sandbox.slack import limits
from bot.sandbox.slack.records import Json


def check_blocks(blocks: list[Json], surface: str, at: str = "/blocks") -> list[str]:
    """The faults."""
    faults = []
    if len(blocks) > limits.MESSAGE_BLOCKS:
        faults.append(f"no more than 50 items allowed [json-pointer:{at}]")
    for number, block in enumerate(blocks):
        try:
            parsed = Block.parse(block)
            if parsed is None:
                faults.append(f"unsupported type [json-pointer:{at}/{number}/type]")
            else:
                parsed.to_dict()
        except (SlackObjectFormationError, AttributeError, TypeError) as fault:
            faults.append(f"{fault} [json-pointer:{at}/{number}]")
    return faults


def check_view(view: Json, kind: str) -> list[str]:
    """The faults."""
    return check_blocks(view.get("blocks", []), kind, "/view/blocks")
