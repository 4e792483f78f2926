"""The page on reliability says what there is."""

from tests.crash.report import DOCUMENT, SUITES, cases_of, listed, written


def test_the_page_lists_every_test_and_the_last_figures() -> None:
    """After a new test or new figures: `python -m tests.crash --report`."""
    document = DOCUMENT.read_text()
    assert [line for line in listed() if line and line not in document] == []
    assert written(document) == document


def test_every_test_says_what_it_states() -> None:
    """One that says nothing would be an empty line in the page."""
    crash = DOCUMENT.parents[1] / SUITES[0][0]
    assert [name for file in crash.glob("test_*.py") for name, says in cases_of(file) if not says] == []
