"""What is wrong with a line is said to the one who typed it: nothing runs, and the bot serves on."""

from tests.scenarios.world import World

RUN = "/ecs run"
LOGS = "/ecs run logs web-prod --service nginx"


LINES = (
    ("/ecs runn mem web-prod", "There is no `/ecs runn`.|Did you mean `run`?"),
    ("/ecs xyzzy", "There is no `/ecs xyzzy`.|`/ecs help` shows what there is"),
    (f"{RUN} memm web-prod", "no snippet `memm`|Did you mean `mem`?"),
    (f"{RUN} mem web-prood", "no target `web-prood`|`web-prod`"),
    (f"{RUN} mem web-prod db-prod", "`db-prod` is one word too many"),
    (f"{RUN} mem web-prod --lines 3", "no parameter `--lines`|It takes none"),
    (f"{RUN} logs web-prod --service nginks", "`--service` can't be `nginks`|Did you mean `nginx`?"),
    (f"{LOGS} --service app", "`--service` is there twice"),
    (f"{LOGS} --lines many", "`--lines` can't be `many`|a whole number from 1 to 2000"),
    (f"{LOGS} --lines 0", "`--lines` can't be `0`|from 1 to 2000"),
    (f"{LOGS} --lines 2001", "`--lines` can't be `2001`"),
    (f"{LOGS} --lines -5", "`--lines` can't be `-5`"),
    (f"{LOGS} --lines 1e3", "`--lines` can't be `1e3`"),
    (f"{LOGS} --lines ٣", "`--lines` can't be `٣`"),
    (f"{LOGS} --since yesterday", "`--since` can't be `yesterday`|90s, 15m or 1h30m"),
    (f"{LOGS} --since 8d", "`--since` can't be `8d`|from 1m to 7d"),
    (f"{LOGS} --errors maybe", "`--errors` can't be `maybe`|true or false"),
    (f"{LOGS} --line 3", "no parameter `--line`|Did you mean `--lines`"),
    (f"{RUN} ps web-prod --word $(reboot)", "`--word` can't be `$(reboot)`"),
    (f"{RUN} ps web-prod --word 'a; rm -rf /'", "`--word` can't be"),
    (f"{RUN} ps web-prod --word {{{{oos-secret:db}}}}", "`--word` can't be"),
    (f"{RUN} ps web-prod --word " + "a" * 1_500, "at most 1,000 characters"),
    (f'{RUN} ps web-prod --word "nginx', "never closed|^|Close it"),
    (f"{RUN} ps web-prod --word “nginx", "never closed"),
    (f"{RUN} mem web-prod " + "x" * 20_000, "longer than 4,000 characters"),
    (f"{RUN} mem web\x07prod", "control character|␇"),
    (f"{RUN} mem web-prod\x1b[2J", "control character"),
    (f"{RUN} mem \x00", "control character"),
    (f"{RUN} mem \ud83d", "control character"),
    (f"{RUN} <!channel> web-prod", "no snippet"),
    (f"{RUN} mem ../../etc/passwd", "no target"),
    ("/ecs stop", "Something is missing: the id of a run.\n`/ecs status` shows what is under way"),
    ("/ecs stop nope", "There is no run `nope`"),
    ("/ecs status a b", "one word too many"),
    ("/ecs whoami --all", "no parameter `--all`"),
)
"""What is typed, and what the answer says about it."""


async def test_refused_with_words_that_help(quick: World) -> None:
    """Each says what is wrong and what to write instead; afterwards a command runs."""
    for line, words in LINES:
        said = await quick.refuses(quick.olga, line, *words.split("|"))
        assert len(said) < 4_000
        assert "<!channel>" not in said
    assert quick.cards() == []
    await quick.runs_mem()
    assert quick.refusals() == []


async def test_strangers_are_refused_before_their_parameters_are_read(quick: World) -> None:
    """Sam learns who could, and nothing about the snippet."""
    said = await quick.refuses(quick.sam, f"{RUN} logs web-prod --service nope", "You may not run logs on web-prod")
    assert "<@U0ONCALL>" in said
    assert "nginx" not in said
    await quick.refuses(quick.ben, f"{RUN} mem web-prod", "You may not run mem")


async def test_more_instances_than_the_target_may_have(quick: World) -> None:
    """A tag that suddenly fits everything is not run on everything."""
    for number in range(4, 52):
        machine = quick.region.machine("web-prod-1")
        clone = type(machine)(f"i-clone{number}", f"clone-{number}", tags=dict(machine.tags))
        quick.region.add(clone)
    await quick.asks(quick.olga, f"{RUN} mem web-prod")
    told = await quick.told(quick.olga, "51 machines", "at most 50")
    assert "`web-prod`" in told.words
    assert quick.runs == 0
    assert quick.cards() == []
