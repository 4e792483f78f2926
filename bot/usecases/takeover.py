"""What a process that was killed had in hand, taken up by the one that follows it."""

from bot.domain import events as ev
from bot.domain.invocation import BatchState
from bot.domain.pacing import CLAIM
from bot.usecases.desk import Desk, move

CUT_OFF = "the bot was restarted before ECS had answered"


async def take_over(desk: Desk) -> int:
    """Make every send that was cut off due now, not only when its claim runs out; how many there were.

    What runs is followed from now on, too, and not only when whoever followed it would have been due to say so.

    For a process that is alone on its database: another replica may be in the middle of such a
    call, and where there can be one, the end of its leases and claims is waited for. Should two be
    at it all the same, the ClientToken makes one run of two sends.
    """
    now, taken = desk.clock.now(), 0
    for inv in await desk.store.claim_due_batches((BatchState.DISPATCHING,), now + CLAIM, limit=1_000):
        for batch in inv.batches:
            if batch.state is BatchState.DISPATCHING and not batch.note:  # one with a note was answered, and waits
                await move(desk, inv.id, ev.SendingAgain(batch.no, CUT_OFF, now, doubt=True))
                taken += 1
    await desk.store.hurry((BatchState.RUNNING, BatchState.STOPPING), now)
    return taken
