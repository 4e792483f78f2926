"""The reconciler: what should not be in ECS is told once, and never touched."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.access import UserId
from bot.domain.invocation import BatchState
from bot.domain.refusal import Refusal, Why
from bot.domain.strays import Astray, Listed, Stray
from bot.errors import ChatError, ChatPlaceClosed, ChatTryAgain, CloudTryAgain
from bot.usecases.reconcile import TELLING, settle
from bot.workers.reconciler import FIRST, Reconciler
from tests.workers.conftest import Office

EVERY = timedelta(minutes=5)
OTHER = Listed("t-other", "ecs-other-1", "other", "U9", "Running")


class Mouth:
    """Who was told of which InvokeIds; *trouble* is raised instead, once for each."""

    def __init__(self) -> None:
        self.said: list[tuple[UserId, list[str]]] = []
        self.trouble: list[ChatError] = []

    async def warn(self, user: UserId, strays: Sequence[Stray], now: datetime) -> None:
        """See `reconcile.Warnings`."""
        if self.trouble:
            raise self.trouble.pop()
        self.said.append((user, [stray.run.invoke_id for stray in strays]))


@pytest.fixture
def mouth() -> Mouth:
    """Nothing said yet."""
    return Mouth()


@pytest.fixture
def reconciler(office: Office, mouth: Mouth) -> Reconciler:
    """Just started."""
    return Reconciler(office.desk, office.cloud, office.store.strays, mouth, EVERY)


async def rounds(office: Office, reconciler: Reconciler, later: timedelta = EVERY) -> None:
    """A round, and what it has to tell."""
    office.clock.at += later
    for _ in range(2):
        assert (await office.turns(reconciler))[1] == 0


async def test_a_region_is_asked_once_a_round(office: Office, reconciler: Reconciler) -> None:
    """Not at once; then each account and region that targets name, and again after the span of the settings."""
    assert await reconciler.next_at(office.clock.now()) == office.clock.now() + FIRST
    assert await office.turns(reconciler) == (0, 0)
    await rounds(office, reconciler, FIRST)
    assert office.cloud.calls["listed"] == 2
    assert await reconciler.next_at(office.clock.now()) == office.clock.now() + EVERY
    await rounds(office, reconciler, EVERY - timedelta(seconds=1))
    assert office.cloud.calls["listed"] == 2
    await rounds(office, reconciler)
    assert office.cloud.calls["listed"] == 4


async def test_what_the_bot_has_sent_is_no_stray(office: Office, reconciler: Reconciler, mouth: Mouth) -> None:
    """While it runs, and when it is over."""
    inv = await office.sent()
    await rounds(office, reconciler)
    office.cloud.ends()
    await office.polls()
    assert (await office.batch(inv)).state is BatchState.DONE
    await rounds(office, reconciler)
    assert await office.store.strays.standing(10) == ()
    assert mouth.said == []


async def test_told_once_and_never_touched(office: Office, reconciler: Reconciler, mouth: Mouth) -> None:
    """One message to each admin, one event; no stop, no run, however often it is seen."""
    office.cloud.strangers = [OTHER]
    for _ in range(3):
        await rounds(office, reconciler)
    assert mouth.said == [("UADMIN", ["t-other", "t-other"])]  # in both regions
    assert await office.kinds("other") == ["stray_found", "stray_found"]
    assert {stray.why for stray in await office.store.strays.standing(10)} == {Astray.UNHEARD_OF}
    assert not office.cloud.orders
    assert not office.cloud.stopped


async def test_what_is_new_is_told_alone(office: Office, reconciler: Reconciler, mouth: Mouth) -> None:
    """What was told before is not told again with it."""
    office.cloud.strangers = [OTHER]
    await rounds(office, reconciler)
    office.cloud.strangers.append(Listed("t-new", "", "", "", "Success"))
    await rounds(office, reconciler)
    assert [ids for _, ids in mouth.said] == [["t-other"] * 2, ["t-new"] * 2]


async def test_slack_takes_nothing(office: Office, reconciler: Reconciler, mouth: Mouth) -> None:
    """It is told later, without another look at ECS; an admin who can't be written to is left out."""
    office.cloud.strangers = [OTHER]
    mouth.trouble = [ChatTryAgain("away")]
    await rounds(office, reconciler)
    assert mouth.said == []
    await rounds(office, reconciler, TELLING)
    assert len(mouth.said) == 1
    office.cloud.strangers = [Listed("t-new", "", "", "", "Success")]
    mouth.trouble = [ChatPlaceClosed(code="user_not_found")]
    await rounds(office, reconciler)
    await rounds(office, reconciler)
    assert len(mouth.said) == 1
    assert len(await office.store.strays.standing(10)) == 4


async def test_a_region_that_does_not_answer(office: Office, reconciler: Reconciler) -> None:
    """The other one is looked at all the same; nothing is concluded."""
    office.cloud.strangers = [OTHER]
    office.cloud.faults["listed"].append(CloudTryAgain("away"))
    await rounds(office, reconciler)
    assert [stray.region for stray in await office.store.strays.standing(10)] == ["cn-hangzhou"]


async def test_settled_by_who_manages_roles(office: Office, reconciler: Reconciler) -> None:
    """At that moment; nobody else. It does not come back."""
    office.cloud.strangers = [OTHER]
    await rounds(office, reconciler)
    book, now = office.store.strays, office.clock.now()
    refused = await settle(office.desk, book, "U1", now)
    assert isinstance(refused, Refusal)
    assert refused.why is Why.NOT_ALLOWED
    assert await settle(office.desk, book, "UADMIN", now) == 2
    await rounds(office, reconciler)
    assert await book.standing(10) == ()


async def test_never(office: Office, mouth: Mouth) -> None:
    """Where the settings say so, ECS is not asked."""
    off = Reconciler(office.desk, office.cloud, office.store.strays, mouth, None)
    assert await off.next_at(office.clock.now()) is None
    await rounds(office, off)
    assert office.cloud.calls["listed"] == 0
