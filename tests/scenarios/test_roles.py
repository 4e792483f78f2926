"""The role table, changed in chat: who may, until when, on what."""

from datetime import timedelta

from tests.scenarios.world import World


async def test_a_role_lets_somebody_run_and_taking_it_ends_that(quick: World) -> None:
    """Sam is refused, is given a role, runs, and is refused again."""
    await quick.refuses(quick.sam, "/ecs run mem web-prod", "You may not run mem on web-prod", "<@U0ONCALL>")
    said = await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER|sam> oncall --reason cover for Olga")
    assert "<@U0STRANGER> now has `oncall`" in said
    assert "cover for Olga" in said
    await quick.runs_mem(quick.sam)
    assert "no longer has `oncall`" in await quick.asks(quick.ada, "/ecs role revoke <@U0STRANGER> oncall")
    await quick.refuses(quick.sam, "/ecs run mem web-prod", "You may not run mem")
    await quick.refuses(quick.ada, "/ecs role revoke <@U0STRANGER> oncall", "does not hold the role `oncall`")


async def test_a_role_for_a_time_ends_by_itself(quick: World) -> None:
    """After its eight hours nothing of it is left, in the list neither."""
    said = await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> oncall --for 8h")
    assert "until" in said
    await quick.runs_mem(quick.sam)
    await quick.later(timedelta(hours=7, minutes=59))
    assert "`oncall`" in await quick.asks(quick.sam, "/ecs whoami")
    await quick.later(timedelta(minutes=2))
    await quick.refuses(quick.sam, "/ecs run mem web-prod", "You may not run mem")
    assert "U0STRANGER" not in await quick.asks(quick.ada, "/ecs role list")
    assert "no role yet" in await quick.asks(quick.sam, "/ecs whoami")


async def test_a_role_on_some_targets_ends_there(quick: World) -> None:
    """`--on web-*` is not db-prod, and the refusal says so."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> oncall --on web-*")
    await quick.runs_mem(quick.sam)
    await quick.refuses(quick.sam, "/ecs run mem db-prod", "granted on web-* only", "<@U0ONCALL>")
    said = await quick.asks(quick.sam, "/ecs list")
    assert "web-staging" in said
    assert "db-prod" not in said


async def test_role_list(quick: World) -> None:
    """Who has what, from whom, until when and why."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> viewer --for 2d --on web-staging --reason trainee")
    said = await quick.asks(quick.ada, "/ecs role list")
    for words in (
        "<@U0ADMIN> `admin`, from the bot's own settings",
        "<@U0ONCALL> `oncall`",
        "trainee",
        "on web-staging",
    ):
        assert words in said
    assert await quick.asks(quick.ada, "/ecs role") == said


async def test_only_an_admin_changes_or_reads_the_role_table(quick: World) -> None:
    """Olga can't give herself or others anything, nor take it."""
    could = "<@U0ADMIN> could"
    await quick.refuses(quick.olga, "/ecs role grant <@U0ONCALL> admin", "You may not give roles", could)
    await quick.refuses(quick.sam, "/ecs role grant <@U0STRANGER> oncall", "You may not give roles", could)
    await quick.refuses(quick.ben, "/ecs role revoke <@U0ONCALL> oncall", "You may not take roles", could)
    await quick.refuses(quick.olga, "/ecs role list", "You may not see who has which role", could)
    await quick.runs_mem()


async def test_what_is_wrong_with_a_grant(quick: World) -> None:
    """People are mentioned, roles and durations are real."""
    await quick.refuses(quick.ada, "/ecs role grant @sam oncall", "`@sam` is not a person", "Mention them")
    await quick.refuses(quick.ada, "/ecs role grant sam oncall", "is not a person")
    await quick.refuses(quick.ada, "/ecs role grant <@U0STRANGER> oncal", "no role `oncal`", "Did you mean `oncall`?")
    await quick.refuses(quick.ada, "/ecs role grant <@U0STRANGER> oncall --for soon", "`soon` is not a duration", "8h")
    await quick.refuses(quick.ada, "/ecs role grant <@U0STRANGER>", "Something is missing: role")
    await quick.refuses(quick.ada, "/ecs role grant <@U0STRANGER> oncall --til 8h", "no parameter `--til`")
    await quick.refuses(quick.ada, "/ecs role give <@U0STRANGER> oncall", "no `/ecs role give`", "role grant")
    assert "U0STRANGER" not in await quick.asks(quick.ada, "/ecs role list")


async def test_a_role_that_ends_while_it_waits(quick: World) -> None:
    """What was asked with a role that is gone when it is approved does not run."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> oncall")
    await quick.asks(quick.sam, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    await quick.asks(quick.ada, "/ecs role revoke <@U0STRANGER> oncall")
    await quick.ben.presses(card, "Approve")
    await quick.card(state="refused")
    assert quick.runs == 0
