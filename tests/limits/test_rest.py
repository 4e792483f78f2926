"""What does not fit is cut where everybody sees it, and it says where the rest is."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.invocation import State
from bot.domain.output import cost, excerpt
from bot.slack.messages import builder
from bot.slack.messages.escape import code, fitting, shortened
from bot.slack.messages.files import files
from bot.slack.messages.pages import help_page, listing, snippet_page
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.runs import open_page
from bot.slack.messages.script import script_page
from bot.slack.messages.thread import thread
from tests.limits import asked, told
from tests.limits.largest import ALPHABETS, MIXED, SNIPPETS, catalogue, params, snippet
from tests.limits.rules import of_text
from tests.limits.runs import full, results
from tests.unit.messages.samples import NOW, ended
from tests.unit.messages.soundness import words
from tests.unit.messages.strategies import HOSTILE

X = ALPHABETS["one line"]
EVERY_WALK = {**told.WALKS, **asked.WALKS}


def test_the_largest_catalogue_can_be_found() -> None:
    """Names as far as there is room, the number of those that are left, and the form that finds them all."""
    there = catalogue(X)
    for page in (listing(there.snippets, there.targets), help_page(there.snippets)):
        said = words(page)
        shown = sum(one.name in said for one in there.snippets)
        assert 0 < shown < SNIPPETS
        assert f"and {SNIPPETS - shown} more; `/ecs run` opens a form that finds each by its name or purpose" in said


def test_parameters_without_a_field_are_counted() -> None:
    """In the form, and on the page of the snippet."""
    many = snippet(X, 1, params(X, 300))
    drafted = dict(asked.drafts(X))["all of it"]
    view = json.dumps(builder.view(drafted, "", elsewhere=False))
    fields = view.count('"block_id": "param:')
    assert fields > 20
    assert f"and {300 - fields} more parameters: `/ecs help {many.name}` names them, and a line takes all" in view
    assert re.search(
        r"and --p\d.* and \d+ more: its file in the catalogue explains them", words(snippet_page(many, (), None))
    )


def test_results_that_are_left_out_are_in_a_file() -> None:
    """Their machines are counted; every line of every output is in the file."""
    them = results(ALPHABETS["backticks"], alike=False)
    said = words(thread(ended(them, State.PARTLY_FAILED), them))
    assert re.search(r"\d+ machines more \(\d+ of them did not succeed\); full output in the file below\.", said)
    (file,) = files(ended(them, State.PARTLY_FAILED), them)
    content = file.content.decode()
    assert all(one.output in content and one.name in content for one in them)


def test_the_whole_of_a_long_request_is_one_press_away() -> None:
    """Of what waits for an approval: every parameter, every machine, and all of a reason."""
    inv = full(State.AWAITING_APPROVAL, X)
    view = json.dumps(script_page(inv))
    assert inv.plan is not None
    assert all(name in view for part in inv.plan.parts for _, name in part.instances)
    assert all(f"{name} = " in view for name, _ in inv.plan.params)
    assert view.count("x") > len(inv.reason) + sum(len(part.content) for part in inv.plan.parts)
    assert "more than a form" not in view


def test_runs_that_are_not_listed_are_counted() -> None:
    """Under way, and on the Home tab, with where they are."""
    crowd = asked.crowd(X)
    said = words(open_page(crowd, NOW))
    shown = sum(one.id in said for one in crowd)
    assert f"and {len(crowd) - shown} more" in said
    label, tab = next(iter(EVERY_WALK["home.home"](X)))
    assert isinstance(tab, dict)
    assert label == "an admin's"
    rest = re.findall(r"and [\d,]+ more: ([^\"]*)", json.dumps(tab))
    assert len(rest) >= 7
    assert all(rest)


def test_roles_that_are_not_listed_are_counted() -> None:
    """And it says how to ask about one person."""
    for label, product in EVERY_WALK["roles.role_list"](X):
        assert isinstance(product, Rendered)
        assert label in {"one", "nobody"} or re.search(r"and \d+ more roles; `/ecs can @somebody", words(product))


# ── what cuts ──────────────────────────────────────────────────────────────────


@given(st.lists(HOSTILE | st.sampled_from([MIXED, *ALPHABETS.values()]), max_size=6), st.integers(20, 400))
def test_what_is_cut_is_still_whole(parts: list[str], limit: int) -> None:
    """No entity, token or code is cut through, and the end is marked."""
    text = " ".join(code(part, 90) for part in parts) + " <@U0OLGA> &amp; <!date^1^{time}|01:00 UTC>"
    cut = shortened(text, limit)
    assert len(cut.encode()) <= limit
    assert of_text(cut) == []
    assert cut == text or cut.endswith("…")


@given(HOSTILE | st.sampled_from([MIXED, *ALPHABETS.values()]).map(lambda unit: unit * 20), st.integers(2, 200))
def test_plain_text_fits_however_it_is_counted(text: str, limit: int) -> None:
    """In characters, in UTF-16 units, escaped."""
    cut = fitting(text, limit)
    assert cost(cut) <= limit
    assert not re.search(r"[\ud800-\udfff\n]", cut)


LINES = st.lists(st.sampled_from([*ALPHABETS.values(), "\n", "a line\n"]), max_size=60).map("".join)
GAP = re.compile(r"(?s)(.*?)\n?… [\d,]+ (?:lines|characters of 1 line) left out …\n?(.*)")


@given(LINES, st.integers(100, 900))
def test_an_excerpt_says_what_it_leaves_out(text: str, budget: int) -> None:
    """Beginning and end, as they were printed."""
    shown, was_cut = excerpt(text, budget)
    assert cost(shown) <= budget
    assert was_cut == (shown != text)
    if was_cut:
        found = GAP.fullmatch(shown)
        assert found is not None
        assert text.startswith(found[1])
        assert text.endswith(found[2])
