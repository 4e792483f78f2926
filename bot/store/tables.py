"""The tables. What changes here needs a migration too: a test compares both."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from bot.domain.invocation import About, Ask, Halt, Review, Share, Stop, Verdict
from bot.domain.plan import Plan
from bot.domain.refusal import Refusal
from bot.domain.result import Outcome
from bot.store.columns import Coded, Frozen, Line, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Strings = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]
Tally = tuple[tuple[Outcome, int], ...]
Shares = tuple[Share, ...]
Halts = tuple[Halt, ...]


def _line(name: str) -> Column[str]:
    return Column(name, Line, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _of_invocation() -> Column[str]:
    return Column("invocation", Line, ForeignKey("invocations.id"), nullable=False)


def _lease() -> tuple[Column[Any], Column[Any]]:
    """Which replica works on the row, and until when that counts; the first is NULL where none does."""
    return Column("leased_by", Line), Column("leased_until", Moment)


invocations = Table(
    "invocations",
    metadata,
    Column("id", Line, primary_key=True),
    _line("request_key"),
    _line("snippet"),
    _line("target"),
    Column("params", Coded(Pairs), nullable=False),
    _line("requester"),
    _line("team"),
    _line("home"),
    _line("thread"),
    _line("asked_in"),
    Column("created_at", Moment, nullable=False),
    _line("state"),
    Column("open", Boolean, nullable=False),  # the store's own: not state.final
    _number("version"),
    _line("reason"),
    _line("response_url"),
    _line("again_of"),
    Column("only", Coded(Strings), nullable=False),
    Column("plan", Frozen(Plan)),
    Column("ask", Coded(Ask)),
    _line("stop_by"),
    Column("break_glass", Boolean, nullable=False),
    Column("review", Coded(Review)),
    Column("verdict", Coded(Verdict)),
    Column("shares", Coded(Shares), nullable=False),
    Column("claim", Line),
    Column("refusal", Coded(Refusal)),
    _line("note"),
    Column("about", Coded(About)),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("next_at", Moment),
    *_lease(),
    Column("pruned_at", Moment),  # the store's own: when its outputs were dropped
    UniqueConstraint("request_key"),
    Index(None, "state", "next_at"),  # due, next_due
    Index(None, "created_at", "id"),  # recent
    Index(None, "requester", "created_at", "id"),  # recent of one requester
    Index(None, "open", "created_at", "id"),  # recent that are not over
    Index(
        "ix_invocations_own",  # recent of one requester that are not over
        "requester",
        "created_at",
        "id",
        sqlite_where=text("open IS 1"),
        postgresql_where=text("open IS true"),
    ),
    Index(None, "claim", unique=True),  # holder; no two invocations have one target to themselves
    Index(None, "snippet", "target", "state"),  # succeeded_before
    Index(
        "ix_invocations_to_review",  # to_review
        "created_at",
        "id",
        sqlite_where=text("break_glass IS 1 AND started_at IS NOT NULL AND review IS NULL"),
        postgresql_where=text("break_glass IS true AND started_at IS NOT NULL AND review IS NULL"),
    ),
    Index("ix_invocations_took", "snippet", "target", "created_at"),  # took
    Index(
        "ix_invocations_kept",  # prune
        "finished_at",
        sqlite_where=text("pruned_at IS NULL"),
        postgresql_where=text("pruned_at IS NULL"),
    ),
)

locks = Table(
    "locks",
    metadata,
    Column("target", Line, primary_key=True),
    _line("by"),
    Column("at", Moment, nullable=False),
    _line("why"),
    Column("until", Moment),
)

batches = Table(
    "batches",
    metadata,
    _of_invocation(),
    _number("no"),
    _number("part"),
    Column("instances", Coded(Strings), nullable=False),
    _line("state"),
    _line("client_token"),
    _line("invoke_id"),
    Column("sent_at", Moment),
    Column("started_at", Moment),
    Column("stop_sent", Boolean, nullable=False),
    Column("stop", Coded(Stop)),
    Column("doubt", Boolean, nullable=False),
    _number("attempts"),
    _number("finished"),
    Column("tally", Coded(Tally), nullable=False),
    Column("next_at", Moment),
    _line("note"),
    Column("about", Coded(About)),
    _line("lane"),
    _line("glimpse"),
    Column("halts", Coded(Halts), nullable=False),
    PrimaryKeyConstraint("invocation", "no"),
    Index(None, "state", "next_at", "invocation"),  # due_batches, next_due_batch
)

approvals = Table(
    "approvals",
    metadata,
    _of_invocation(),
    _number("no"),  # the store's own: their order
    _line("by"),
    Column("at", Moment, nullable=False),
    _line("digest"),
    Column("yes", Boolean, nullable=False),
    _line("reason"),
    PrimaryKeyConstraint("invocation", "by"),
)

results = Table(
    "results",
    metadata,
    _of_invocation(),
    _line("instance"),
    _line("outcome"),
    _line("name"),
    _line("status"),
    Column("exit_code", BigInteger),  # Windows has codes such as 3221225477
    _line("output"),
    Column("dropped", BigInteger, nullable=False),
    _line("error_code"),
    _line("error_info"),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    PrimaryKeyConstraint("invocation", "instance"),
)

role_grants = Table(
    "role_grants",
    metadata,
    Column("id", Integer, primary_key=True),
    _line("user"),
    _line("role"),
    _line("granted_by"),
    Column("granted_at", Moment, nullable=False),
    Column("targets", Coded(Strings)),  # NULL: on all
    Column("until", Moment),
    _line("why"),
    Column("ended_at", Moment),  # the store's own: revoked, or replaced by a later grant
    Index(
        "ix_role_grants_standing",  # give, end
        "user",
        "role",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_role_grants_until",  # standing: of those that ran out, none is read
        "until",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    _of_invocation(),
    _line("kind"),
    _line("key"),
    _number("wanted"),
    _number("delivered"),
    Column("final", Boolean, nullable=False),
    Column("not_before", Moment, nullable=False),
    _number("attempts"),
    Column("channel", Line),  # with ts and thread_ts the place; NULL: none
    Column("ts", Line),
    Column("thread_ts", Line),
    Column("payload", Coded(dict[str, Any]), nullable=False),
    _number("moved"),  # the store's own: *wanted* when the home moved; a place from before is stale
    _line("lane"),
    *_lease(),
    PrimaryKeyConstraint("invocation", "kind", "key"),
    Index(
        "ix_outbox_owed",  # next_owed
        "not_before",
        sqlite_where=text("wanted > delivered"),
        postgresql_where=text("wanted > delivered"),
    ),
    Index(
        "ix_outbox_owed_lane",  # lanes, owed
        "lane",
        "final",
        "not_before",
        sqlite_where=text("wanted > delivered"),
        postgresql_where=text("wanted > delivered"),
    ),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", Line, primary_key=True),
    Column("level", Double, nullable=False),
    Column("at", Moment, nullable=False),
)
"""Slack's budgets, as the replicas share them: how many tokens each bucket held, and when. Alone, none is kept here."""

strays = Table(
    "strays",
    metadata,
    _line("account"),
    _line("region"),
    _line("invoke_id"),
    _line("name"),
    _line("invocation"),  # as its tag has it: there may be none of that id
    _line("requester"),
    _line("status"),
    Column("created_at", Moment),
    _line("why"),
    Column("found_at", Moment, nullable=False),
    Column("told", Coded(Strings), nullable=False),
    Column("tell_at", Moment),  # NULL: everybody knows
    Column("settled_at", Moment),
    Column("settled_by", Line),
    PrimaryKeyConstraint("account", "region", "invoke_id"),
    Index(
        "ix_strays_untold",
        "tell_at",
        sqlite_where=text("tell_at IS NOT NULL"),
        postgresql_where=text("tell_at IS NOT NULL"),
    ),
    Index(
        "ix_strays_standing",
        "found_at",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)
"""Runs in ECS with the bot's tag that should not be there."""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, … without a gap
    Column("at", Moment, nullable=False),
    _line("actor"),
    _line("kind"),
    _line("invocation"),
    _line("data"),  # canonical JSON: its very text is what the hash covers
    _line("hash"),
    Index(None, "invocation", "id"),
)

trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    _number("length"),
    _line("hash"),
    _number("cut"),
    _line("cut_hash"),
)
"""The head of the events' chain: a tail cut off is missed here. And its cut: the last event that was given up, or 0."""
