"""The alert: nobody knows what became of a run. It stays in the channel until somebody says."""

from datetime import datetime

from bot.domain.invocation import Batch, BatchState, Invocation, State
from bot.slack.messages import kit
from bot.slack.messages.card import metadata, settled, subject
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Rendered


def alert(invocation: Invocation, now: datetime) -> Rendered:
    """While it is unknown: what to do. Once it is settled: by whom, and as what."""
    if invocation.state is State.UNKNOWN:
        notes = list(dict.fromkeys(batch.note for batch in invocation.batches if batch.note))
        why = f" ({escape(notes[0], 300)})" if notes else ""
        runs = [code(batch.invoke_id, 64) for batch in invocation.batches if _doubtful(batch)]
        seen = f" In ECS it is {', '.join(runs[:5])}." if runs else ""
        words = (
            f"⁇ *Unknown: {subject(invocation)}* · {mention(invocation.requester)}\n"
            f"ECS can't say whether it ran, or what came of it{why}. The bot does not run it again.{seen}\n"
            f"Look on the machines; then say what came of it: "
            f"{code(f'/ecs resolve {invocation.id} succeeded --reason …', 200)}, or `failed`."
        )
    else:
        words = f"✔ *Settled: {subject(invocation)}*\n{settled(invocation, now)}"
    return Rendered(shortened(words.replace("*", ""), 1_000), [kit.section(words)], metadata(invocation))


def _doubtful(batch: Batch) -> bool:
    """Nobody knows what came of it, though ECS gave it an InvokeId."""
    return batch.state is BatchState.UNKNOWN and bool(batch.invoke_id)
