"""A response_url is not kept longer than it is of use."""

from datetime import timedelta

from bot.domain.invocation import State
from bot.store import SqlStore
from tests.store.given import NOW, SECOND, added, changed, invocation

URL = "https://hooks.slack.com/commands/T1/2/secret"


async def urls(store: SqlStore, *ids: str) -> list[str]:
    """What is stored of each."""
    return [inv.response_url for id_ in ids if (inv := await store.load(id_)) is not None]


async def test_old_ones_are_forgotten(store: SqlStore) -> None:
    """Whatever became of their invocations; younger ones stay."""
    for n in range(4):
        await added(store, invocation(f"i{n}", created_at=NOW + n * SECOND, response_url=URL))
    assert await store.forget_answers(None, NOW + 2 * SECOND) == 2
    assert await urls(store, "i0", "i1", "i2", "i3") == ["", "", URL, URL]
    assert await store.forget_answers(NOW + 2 * SECOND, NOW + 4 * SECOND) == 2
    assert await store.forget_answers(None, NOW + timedelta(days=1)) == 0


async def test_what_was_decided_before_stays_decided(store: SqlStore) -> None:
    """A change that was under way is applied, and does not bring it back."""
    before = await added(store, invocation(response_url=URL))
    await store.forget_answers(None, NOW + SECOND)
    await changed(store, before, state=State.QUEUED)
    found = await store.load("i1")
    assert found is not None
    assert (found.state, found.response_url, found.version) == (State.QUEUED, "", 2)
