"""When to send again, how fast to write."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import Bucket, back_off
from tests.unit.domain.given import NOW

SECOND = timedelta(seconds=1)


@given(st.integers(-1, 10_000), st.none() | st.floats(-10, 1e9))
def test_back_off(attempts: int, asked: float | None) -> None:
    """From a tenth of a second to five minutes where the other side asks, else from 0.5 s to 30 s."""
    wait = back_off(attempts, asked)
    low, high = (0.5, 30) if asked is None else (0.1, 300)
    assert low * SECOND <= wait <= high * SECOND


def test_back_off_doubles() -> None:
    """Up to its end."""
    waits = [back_off(n).total_seconds() for n in range(1, 9)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]


@given(
    st.floats(1, 20),
    st.floats(0.1, 10),
    st.lists(st.tuples(st.floats(0, 5), st.sampled_from([0.0, 3.0])), max_size=60),
)
def test_a_bucket_never_gives_more_than_it_may(capacity: float, rate: float, steps: list[tuple[float, float]]) -> None:
    """In any time no more than its capacity and what flowed in; and it never holds more than its capacity."""
    bucket, now, given_out = Bucket.full(capacity, rate, NOW), NOW, 0
    for pause, reserve in steps:
        now += timedelta(seconds=pause)
        bucket, wait = bucket.take(now, reserve)
        given_out += wait == timedelta(0)
        assert 0 <= bucket.level <= capacity
        assert given_out <= capacity + rate * (now - NOW).total_seconds() + 1e-6


@given(st.floats(4, 20), st.floats(0.1, 10), st.sampled_from([0.0, 3.0]))
def test_who_waits_as_told_gets_one(capacity: float, rate: float, reserve: float) -> None:
    """After the wait that it names, and not before."""
    bucket, now = Bucket.full(capacity, rate, NOW), NOW
    while True:
        bucket, wait = bucket.take(now, reserve)
        if wait:
            break
    if wait > timedelta(milliseconds=20):  # below, it is rounded up
        assert bucket.take(now + wait / 2, reserve)[1] > timedelta(0)
    assert bucket.take(now + wait + timedelta(milliseconds=1), reserve)[1] == timedelta(0)


def test_what_was_not_used_is_given_back() -> None:
    """Never to more than it holds; a full one is as good as new."""
    full = Bucket.full(3, 1, NOW)
    taken, _ = full.take(NOW)
    assert taken.given_back() == full
    assert full.given_back() == full
    assert (full.is_full(NOW), taken.is_full(NOW), taken.is_full(NOW + SECOND)) == (True, False, True)


def test_a_clock_that_goes_backwards_gives_nothing() -> None:
    """Nor does it break."""
    bucket = Bucket.full(1, 1, NOW)
    bucket, _ = bucket.take(NOW)
    _, wait = bucket.take(NOW - timedelta(hours=1))
    assert wait > timedelta(0)
