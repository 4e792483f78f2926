"""Everything that a machine, a person or ECS could put into a message."""

from datetime import timedelta

from hypothesis import strategies as st

from bot.domain.catalog import Shell
from bot.domain.invocation import Alarm, Approval, Ask, Batch, BatchState, Invocation, Review, State
from bot.domain.plan import Part, Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result
from tests.unit.messages.samples import NOW, invocation, plan

ATTACKS = (
    "<!channel>",
    "<!here|x>",
    "<@U1>",
    "<@UEVIL123>",
    "@channel @here @everyone",
    "<#C1>",
    "<http://x|y>",
    "```\n*bold* _it_ ~s~",
    "`",
    "&lt;!channel&gt;",
    "\u202eRTL\u2066",
    "😀👩‍👩‍👧",
    "漢字" * 40,
    "\x00\x1b[31m\r\n",
    "<!date^1^{time}|x>",
    "&" * 30,
    "x" * 500,
    "line\n" * 30,
    "<!subteam^S1>",
    "مرحبا",
    "\ud800",
)
HOSTILE = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=30), max_size=8).map("".join)
LINE = HOSTILE.map(lambda text: text.replace("\n", " ")[:200])
OUTPUT = HOSTILE | st.builds(lambda text, n: text * n, HOSTILE, st.integers(0, 60)).map(lambda t: t[:24_000])

RESULT = st.builds(
    Result,
    instance=st.integers(0, 10**9).map(lambda n: f"i-{n}"),
    outcome=st.sampled_from(Outcome),
    name=LINE,
    exit_code=st.none() | st.integers(0, 255),
    output=OUTPUT,
    dropped=st.sampled_from([0, 1, 99_999]),
    error_code=LINE | st.sampled_from(["ExitCodeNonzero", "ClientNotOnline", "AgentOffline"]),
    error_info=HOSTILE,
)


def many(result: Result, size: int, alike: bool) -> tuple[Result, ...]:
    """*size* machines: all saying what *result* says, or each something of its own."""
    from dataclasses import replace

    return tuple(
        replace(
            result,
            instance=f"i-{n}",
            name=f"{result.name}{n}",
            output=result.output if alike else f"{n} {result.output}",
        )
        for n in range(size)
    )


RESULTS = st.lists(RESULT, max_size=30, unique_by=lambda r: r.instance).map(tuple) | st.builds(
    many, RESULT, st.integers(1, 1_000), st.booleans()
)
PAIRS = st.lists(st.tuples(LINE, LINE), max_size=6).map(tuple)
MACHINES = st.lists(st.tuples(st.integers(0, 10**6).map(lambda n: f"i-{n}"), LINE), max_size=12).map(tuple)
PART = st.builds(Part, st.sampled_from(Shell), OUTPUT, MACHINES)
UNREACHABLE = st.lists(
    st.builds(Unreachable, LINE, LINE, LINE | st.sampled_from(["Stopped", "AgentOffline"])), max_size=30
)
PLAN = st.builds(
    lambda parts, params, out, user, env: plan(
        parts=tuple(parts), params=params, unreachable=tuple(out), user=user, env=env
    ),
    st.lists(PART, max_size=6),
    PAIRS,
    UNREACHABLE,
    st.none() | LINE,
    LINE,
)
USER = st.sampled_from(["U0OLGA", "U0BEN", "W0ENT"])
REFUSAL = st.builds(
    Refusal,
    st.sampled_from(Why),
    *(HOSTILE for _ in range(6)),
    at=st.integers(-5, 300),
    limit=st.integers(0, 10**6),
    size=st.integers(0, 10**6),
    near=st.lists(HOSTILE, max_size=300).map(tuple),
    who=st.lists(USER, max_size=300).map(tuple),
)
APPROVAL = st.builds(Approval, USER, st.just(NOW), st.just("d"), st.booleans(), HOSTILE)
ASK = st.builds(
    Ask,
    st.integers(1, 9),
    st.just(NOW + timedelta(minutes=15)),
    LINE,
    st.lists(LINE, max_size=4).map(tuple),
    alarms=st.just(tuple(Alarm)),
)
BATCH = st.builds(
    Batch,
    st.integers(1, 20),
    st.just(0),
    st.lists(LINE, max_size=5).map(tuple),
    st.sampled_from(BatchState),
    invoke_id=LINE,
    finished=st.integers(0, 100),
    tally=st.lists(st.tuples(st.sampled_from(Outcome), st.integers(0, 100)), max_size=4).map(tuple),
    note=HOSTILE,
)


@st.composite
def invocations(draw: st.DrawFn) -> Invocation:
    """Any invocation, likely or not."""
    state = draw(st.sampled_from(State))
    return invocation(
        state,
        snippet=draw(LINE),
        target=draw(LINE),
        params=draw(PAIRS),
        requester=draw(USER),
        home=draw(st.sampled_from(["C0INCIDENT", "U0OLGA", "D1", "G1"])),
        reason=draw(HOSTILE),
        again_of=draw(LINE),
        plan=draw(st.none() | PLAN),
        ask=draw(st.none() | ASK),
        approvals=tuple(draw(st.lists(APPROVAL, max_size=20))),
        batches=tuple(draw(st.lists(BATCH, max_size=15))),
        stop_by=draw(st.just("") | USER),
        refusal=draw(st.none() | REFUSAL),
        break_glass=draw(st.booleans()),
        review=draw(st.none() | st.builds(Review, USER, st.just(NOW), HOSTILE)),
        note=draw(HOSTILE),
        started_at=draw(st.sampled_from([None, NOW])),
        finished_at=draw(st.sampled_from([None, NOW + timedelta(minutes=3)])),
    )
