"""`/ecs can`: which rule decides, what it rests on, until when, who else could, what it needs then."""

from tests.scenarios.approvals.office import Office, Opens

LEADS = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nexpires = "10m"\nreason = true\nroles = ["lead"]\n'


def lines(said: str) -> list[str]:
    """The answer's lines, without its first, which says it all in short."""
    return said.split("\n")[1:]


async def test_can_i_run(opens: Opens) -> None:
    """The rule, the grant and its end, who else, and the approval with those who could give it."""
    office = await opens(LEADS)
    await office.grants(
        "<@U0STRANGER> oncall --for 2h --on web --reason cover", "<@U0SECOND> lead", "<@U0STRANGER> lead"
    )
    said = lines(await office.asks(office.sam, "/ecs can I run zap web"))
    assert said[0] == "✔ <@U0STRANGER> *may* run zap on web"
    assert said[1] == "*Rule:* role oncall: run * on *"
    assert said[2].startswith("*Rests on:* role oncall until <!date^")
    assert said[2].endswith("given by <@U0ADMIN>: cover")
    assert said[3] == "*Who else could:* <@U0ADMIN>, <@U0ONCALL>"
    assert said[4].startswith("*Approval:* 2 people by role lead within 10 min, with a reason (approval rule 1)")
    assert said[4].endswith("<@U0SECOND> could")
    said = lines(await office.asks(office.sam, "/ecs can I run zap stage"))
    assert said[0] == "✖ <@U0STRANGER> *may not* run zap on stage"
    assert said[1] == "*Rule:* role oncall: granted on web only"
    assert "*Approval:* none is needed" in await office.asks(office.sam, "/ecs can I run look web")


async def test_can_i_approve(opens: Opens) -> None:
    """An approver without the role that policy asks for may not, and reads who could."""
    office = await opens(LEADS)
    await office.grants("<@U0SECOND> lead")
    said = await office.asks(office.ben, "/ecs can I approve zap web")
    assert "✖ <@U0APPROVE> *may not* approve zap on web" in said
    assert "*Rule:* policy asks for role lead" in said
    assert "*Who else could:* <@U0SECOND>" in said
    said = await office.asks(office.carla, "/ecs can I approve zap web")
    assert "✔ <@U0SECOND> *may* approve zap on web" in said
    assert "*Who else could:*" not in said
    said = await office.asks(office.olga, "/ecs can I approve zap web")
    assert "*Rule:* no role of yours allows it" in said


async def test_of_others_only_those_who_manage_roles(office: Office) -> None:
    """Olga may not ask what Ben may do, nor Sam; the admin may, in the third person."""
    line, could = "/ecs can <@U0STRANGER> run zap web", "<@U0ADMIN> could."
    for person in (office.olga, office.ben):
        await office.refuses(person, line, "You may not ask what others may do", could)
    assert "no role of yours" in await office.asks(office.sam, line)
    said = await office.asks(office.ada, "/ecs can <@U0STRANGER> run zap web")
    assert "✖ <@U0STRANGER> *may not* run zap on web" in said
    assert "*Rule:* no role of theirs allows it" in said
    assert "*Who else could:* <@U0ADMIN>, <@U0ONCALL>" in said
    said = await office.asks(office.ada, "/ecs can <@U0APPROVE> approve zap web")
    assert "✔ <@U0APPROVE> *may* approve zap on web" in said
    assert "*Rests on:* role approver without an end, given by <@U0ADMIN>" in said


async def test_what_is_in_the_way_right_now(office: Office) -> None:
    """A lock does not change who may, and is said; so is what nobody could approve."""
    await office.grants("<@U0STRANGER> oncall")
    await office.asks(office.sam, "/ecs lock web --reason drill")
    said = await office.asks(office.olga, "/ecs can I run zap web")
    assert "✔ <@U0ONCALL> *may* run zap on web" in said
    assert "✋ *Right now:* `web` is locked by <@U0STRANGER>: drill." in said
    assert "Right now" not in await office.asks(office.olga, "/ecs can I run look web")
    await office.revokes("<@U0APPROVE> approver")
    await office.revokes("<@U0SECOND> approver")
    assert "(approval rule 1) · nobody could give it" in await office.asks(office.olga, "/ecs can I run zap web")


async def test_what_there_is_not(office: Office) -> None:
    """Names that are unknown, with the nearest of those that one may use."""
    await office.refuses(office.olga, "/ecs can I run zapp web", "There is no snippet `zapp`", "Did you mean `zap`?")
    await office.refuses(office.olga, "/ecs can I run zap wep", "There is no target `wep`", "Did you mean `web`?")
    said = await office.refuses(office.sam, "/ecs can I run zapp web", "There is no snippet `zapp`")
    assert "Did you mean" not in said
