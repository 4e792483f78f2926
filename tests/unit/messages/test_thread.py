"""Under the card: how far it is, then what every machine said, the odd ones first."""

from dataclasses import replace

import pytest

from bot.domain.invocation import About, Batch, BatchState, Halt, State
from bot.domain.result import Outcome, Result
from bot.slack.messages.errorcodes import HINTS, hint
from bot.slack.messages.files import files
from bot.slack.messages.thread import thread
from tests.unit.messages.samples import ended, invocation, plan, results
from tests.unit.messages.soundness import assert_sound, walk, words

BROKEN = Result("i-b", Outcome.FAILED, "web-b", exit_code=2, output="mem: not found\n", error_code="ExitCodeNonzero")


def test_progress_counts_what_has_finished() -> None:
    """While nothing else is known."""
    batch = Batch(1, 0, ("i-1", "i-2", "i-3"), BatchState.RUNNING, finished=1)
    message = thread(invocation(State.RUNNING, batches=(batch,)), ())
    assert words(message) == "▶ *Running* on 3 machines · 1 finished\nStop one machine…\nShare to another channel…"
    assert message.text == "▶ mem on web-prod: running, 3 machines · <@U0OLGA> · 1 finished"


def test_a_stop_is_a_request_until_ecs_says_otherwise() -> None:
    """StopInvocation's answer promises nothing."""
    message = thread(invocation(State.CANCELLING, stop_by="U0BEN"), ())
    assert "Stop asked by <@U0BEN>" in words(message)


def test_others_run_on_only_where_there_are_others() -> None:
    """Said once, and not where all are stopped, or the rest has finished."""
    halts = (Halt("i-web1", "U0BEN"), Halt("i-web2", "U0ADA"))
    batch = Batch(1, 0, ("i-web1", "i-web2", "i-web3"), BatchState.RUNNING, halts=halts)
    said = "Stop of web-1 asked by <@U0BEN>.\nStop of web-2 asked by <@U0ADA>; the others run on."
    assert said in words(thread(invocation(State.RUNNING, batches=(batch,)), ()))
    everywhere = replace(batch, halts=(*halts, Halt("i-web3", "U0ADA")))
    said = words(thread(invocation(State.RUNNING, batches=(everywhere,)), ()))
    assert "Stop of web-2, web-3 asked by <@U0ADA>.\n" in said
    assert "the others" not in said
    assert "the others" not in words(thread(invocation(State.RUNNING, batches=(replace(batch, finished=1),)), ()))
    over = replace(batch, state=BatchState.DONE, instances=("i-web3",), no=2, halts=())
    mine = replace(batch, instances=("i-web1", "i-web2"))
    assert "the others" not in words(thread(invocation(State.RUNNING, batches=(mine, over)), ()))


def test_many_who_stop_some_are_counted() -> None:
    """Two are named."""
    halts = tuple(Halt(f"i-web{n}", f"U{n}") for n in range(1, 6))
    batch = Batch(1, 0, tuple(f"i-web{n}" for n in range(1, 9)), BatchState.RUNNING, halts=halts)
    said = words(thread(invocation(State.RUNNING, plan=plan(8), batches=(batch,)), ()))
    assert "web-2 asked by <@U2>.\nStop of 3 more asked by other people; the others run on." in said


def test_a_stop_of_everything_takes_the_place_of_stops_of_some() -> None:
    """No line contradicts the other."""
    halts = (Halt("i-web1", "U0BEN", ended=True),)
    batch = Batch(1, 0, ("i-web1", "i-web2", "i-web3"), BatchState.STOPPING, halts=halts)
    said = words(thread(invocation(State.CANCELLING, stop_by="U0ADA", batches=(batch,)), ()))
    assert "Stop asked by <@U0ADA>" in said
    assert "web-1" not in said


def test_what_is_not_sent_again_is_looked_for() -> None:
    """Nobody reads that it goes out again when it does not."""
    batch = Batch(1, 0, ("i-1", "i-2"), BatchState.DISPATCHING, note="no longer allowed", about=About.SEEKING)
    said = words(thread(invocation(State.RUNNING, batches=(batch,)), ()))
    assert "Not known if it runs on 2 machines: looking for it, not sending it again: no longer allowed" in said
    assert "ECS answers badly" not in said
    again = replace(batch, note="no answer", about=None)
    said = words(thread(invocation(State.RUNNING, batches=(batch, replace(again, no=2))), ()))
    assert "ECS answers badly for 2 machines, sending it again: no answer" in said


@pytest.mark.parametrize(
    ("code", "info", "said"),
    [
        ("NoLongerAllowed", "role_ended", "it is no longer allowed (role ended)"),
        ("NotSent", "no connection", "no connection"),
    ],
)
def test_what_the_bot_did_not_send_is_not_put_on_ecs(code: str, info: str, said: str) -> None:
    """ECS never saw it."""
    unsent = (Result("i-1", Outcome.NOT_RUN, "web-1", error_code=code, error_info=info),)
    shown = words(thread(ended(unsent, State.FAILED), unsent))
    assert f"The bot did not send it: {said}." in shown
    assert "ECS says" not in shown


def test_machines_that_agree_are_one() -> None:
    """One box for all of them."""
    message = thread(ended(results(3)), results(3))
    said = "✔ *Succeeded* · all 3 machines agree: web-1, web-2, web-3\nMem: 7821 3310"
    assert words(message).split("\nSearch")[0] == said


def test_the_one_that_differs_stands_first() -> None:
    """Its exit code beside it."""
    all_of_them = (*results(12), BROKEN)
    said = words(thread(ended(all_of_them, State.PARTLY_FAILED), all_of_them))
    assert "12 machines agree · 1 differs" in said
    assert said.index("exit code 2") < said.index("Mem: 7821")


def test_an_error_of_ecs_comes_with_what_to_do() -> None:
    """And its own words, escaped."""
    lost = (Result("i-1", Outcome.UNREACHABLE, "web-1", error_code="ClientNotOnline", error_info="<agent> & co"),)
    said = words(thread(ended(lost, State.FAILED), lost))
    assert "ECS says `ClientNotOnline`: &lt;agent&gt; &amp; co" in said
    assert HINTS["ClientNotOnline"] in said


def test_an_unheard_of_code_is_shown_as_it_came() -> None:
    """ECS's list is open-ended."""
    lost = (Result("i-1", Outcome.FAILED, "web-1", error_code="BrandNew", error_info="what it means"),)
    assert "`BrandNew`: what it means" in words(thread(ended(lost, State.FAILED), lost))
    assert hint("BrandNew") == ""
    assert hint("ContainerNotFound") == hint("InvalidContainerId") != ""


def test_bytes_that_ecs_dropped_are_missed() -> None:
    """Nobody takes the rest for the whole."""
    short = results(1, dropped=1_234)
    assert "1,234 bytes of this output are lost" in words(thread(ended(short), short))


def test_silence_is_said() -> None:
    """An empty box would be no answer, and no valid block."""
    quiet = results(1, output="\n")
    assert "(no output)" in words(thread(ended(quiet), quiet))


def test_what_is_cut_is_in_the_file() -> None:
    """And the message says so; what is whole needs none."""
    long = results(2, output="\n".join(f"line {n}" for n in range(3_000)))
    assert "full output in the file below" in words(thread(ended(long), long))
    (file,) = files(ended(long), long)
    assert file.name == "mem-web-prod-7k2m9x.txt"
    assert "line 1500\n" in file.content.decode()
    assert files(ended(results()), results()) == []


def test_nothing_in_a_box_is_read_as_markup() -> None:
    """Backticks, mentions, everything."""
    evil = results(1, output="``` <!channel> <@U1> *x*")
    message = thread(ended(evil), evil)
    boxes = [n for n in walk(message.blocks) if n.get("type") == "rich_text_preformatted"]
    assert boxes == [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "``` <!channel> <@U1> *x*"}]}
    ]
    assert_sound(message)


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("size", [1, 2, 19, 20, 21, 100, 1_000])
def test_any_number_of_machines(size: int, alike: bool) -> None:
    """24 KB each, alike or not: one message that Slack takes, and every machine's words in the file."""
    said = tuple(replace(r, output=f"{'' if alike else n} " + "é<&\n" * 5_000) for n, r in enumerate(results(size)))
    assert_sound(thread(ended(said), said))
    (file,) = files(ended(said), said)
    content = file.content.decode()
    assert all(r.name in content for r in said)
