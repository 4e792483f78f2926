"""What Slack is told of a form that was sent off."""

from slack_bolt.async_app import AsyncAck

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal
from bot.slack.messages import forms, refusals
from bot.slack.messages.rendered import Rendered


async def answered(ack: AsyncAck, field: str, made: forms.View | Invocation | Refusal | Rendered) -> None:
    """The form is closed where it was done, or becomes the view that was made; what is wrong stands beside *field*."""
    if isinstance(made, Refusal | Rendered):
        words = refusals.plain(made) if isinstance(made, Refusal) else refusals.unmarked(made.text)
        await ack(response_action="errors", errors={field: words})
    elif isinstance(made, Invocation):
        await ack()
    else:
        await ack(response_action="update", view=made)
