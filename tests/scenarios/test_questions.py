"""What each person reads who asks the bot about itself: no more than they may use."""

from tests.scenarios.world import World, id_in


async def test_list_shows_what_the_asker_may_run(quick: World) -> None:
    """Olga all, Sam nothing, a viewer the vital signs, Ben what he may approve but nothing that he may run."""
    assert "restart" in await quick.asks(quick.olga, "/ecs list")
    assert "You may not run anything yet" in await quick.asks(quick.sam, "/ecs list")
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER|sam> viewer --on web-staging")
    said = await quick.asks(quick.sam, "/ecs list")
    assert "*mem*" in said
    assert "web-staging" in said
    assert "restart" not in said
    assert "web-prod" not in said
    assert "You may not run anything yet" in await quick.asks(quick.ben, "/ecs list")


async def test_help_says_how_it_is_written(quick: World) -> None:
    """An empty line asks for help, too."""
    for line in ("/ecs", "/ecs help", "/ecs ?", "/ecs --help"):
        said = await quick.asks(quick.olga, line)
        assert "/ecs run mem web-prod" in said
        assert "/ecs lock" in said
    assert "nothing yet; an admin can give you a role" in await quick.asks(quick.sam, "/ecs help")


async def test_help_shows_what_the_asker_may_use(quick: World) -> None:
    """A viewer locks nothing, an approver runs nothing, neither gives roles; a stranger sees how to find out more."""
    await quick.asks(quick.ada, "/ecs role grant <@U0SECOND> viewer")
    await quick.asks(quick.ada, "/ecs role revoke <@U0SECOND> approver")
    shown = {
        quick.ada: "run lock role stop can",
        quick.olga: "run lock stop",
        quick.ben: "stop history resolve",
        quick.carla: "run stop resolve",
        quick.sam: "list whoami",
    }
    for person, verbs in shown.items():
        said = await quick.asks(person, "/ecs help")
        for verb in ("run", "lock", "role", "stop", "can", "list", "whoami"):
            there = f"`/ecs {verb}" in said
            always = verb in {"list", "whoami"}
            assert there == (always or verb in verbs.split()), (person.user.handle, verb, said)


async def test_help_on_a_snippet(quick: World) -> None:
    """Its parameters with their bounds, the approval that it needs, a line to start from; to strangers nothing."""
    said = await quick.asks(quick.olga, "/ecs help logs")
    for word in ("--service", "one of nginx, app", "from 1 to 2000", "else `100`", "/ecs run logs", "Linux"):
        assert word in said
    assert "Needs 1 approval" in await quick.asks(quick.olga, "/ecs help restart")
    assert "Needs 1 approval" in await quick.asks(quick.ben, "/ecs help restart")
    assert await quick.asks(quick.olga, "/ecs run logs --help") == await quick.asks(quick.olga, "/ecs help logs")
    await quick.refuses(quick.olga, "/ecs help mme", "no snippet `mme`", "Did you mean `mem`?")
    said = await quick.refuses(quick.sam, "/ecs help mem", "no snippet `mem`")
    assert "Did you mean" not in said


async def test_help_on_a_verb(quick: World) -> None:
    """A verb is explained like the rest; where a snippet has its name, the snippet is."""
    for line in ("/ecs help run", "/ecs help role grant", "/ecs run --help"):
        assert "/ecs run mem web-prod" in await quick.asks(quick.olga, line)
    assert "stays down until somebody starts it" in await quick.asks(quick.olga, "/ecs help stop")
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> viewer")
    assert "stops one" in await quick.asks(quick.sam, "/ecs help stop")


async def test_status_and_history(quick: World) -> None:
    """What ran is seen by those who may run it; to others it does not exist."""
    assert "Nothing is under way" in await quick.asks(quick.olga, "/ecs status")
    assert "Nothing ran yet" in await quick.asks(quick.olga, "/ecs history")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    about = await quick.asks(quick.olga, f"/ecs status {id_in(said)}")
    assert "3 of 3 machines succeeded" in about
    assert quick.region.invocations[0].invoke_id in about
    for person in (quick.olga, quick.ada):
        assert id_in(said) in await quick.asks(person, "/ecs history")
    assert "Nothing ran yet" in await quick.asks(quick.sam, "/ecs history")
    await quick.refuses(quick.sam, f"/ecs status {id_in(said)}", "There is no run")
    await quick.refuses(quick.olga, "/ecs status nope", "There is no run `nope`", "/ecs history")


async def test_status_shows_what_is_under_way(quick: World) -> None:
    """While it waits for approval, with its id; afterwards no more."""
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    assert id_in(said) in await quick.asks(quick.olga, "/ecs status")
    assert "Nothing is under way" in await quick.asks(quick.sam, "/ecs status")
    await quick.olga.presses(card, "Stop")
    await quick.card(state="cancelled")
    assert "Nothing is under way" in await quick.asks(quick.olga, "/ecs status")


async def test_whoami(quick: World) -> None:
    """Roles, from whom, and what they come to."""
    said = await quick.asks(quick.olga, "/ecs whoami")
    assert "`oncall`, given by <@U0ADMIN>" in said
    assert "You may run" in said
    assert "no role yet" in await quick.asks(quick.sam, "/ecs whoami")
    said = await quick.asks(quick.ada, "/ecs whoami")
    assert "from the bot's own settings" in said
    assert "give and take roles" in said
    said = await quick.asks(quick.ben, "/ecs whoami")
    assert "`approver`" in said
    assert "You may not run anything" in said
    assert "You may approve certs, clock" in said
    assert "on db-prod, web-prod, web-staging" in said


async def test_can(quick: World) -> None:
    """Which rule decides, and who else could. Of others only who manages roles may ask."""
    said = await quick.asks(quick.olga, "/ecs can I run restart web-prod?")
    assert "may run restart on web-prod: role oncall: run * on *" in said
    assert "may run mem" in await quick.asks(quick.olga, "/ecs can run mem web-prod")
    said = await quick.asks(quick.ada, "/ecs can <@U0STRANGER|sam> run mem web-prod")
    assert "may not run mem on web-prod: no role" in said
    assert "<@U0ONCALL>" in said
    assert "may approve restart" in await quick.asks(quick.ada, "/ecs can <@U0APPROVE> approve restart web-prod")
    await quick.refuses(quick.olga, "/ecs can <@U0STRANGER> run mem web-prod", "what others may do", "<@U0ADMIN> could")
