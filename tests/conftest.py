"""For all tests: the cloud key of the sandbox, which the SDK's credential chain reads from the environment; and how
hypothesis looks for examples.

The same ones each time: whether a change may land is not a matter of luck. `--hypothesis-profile=search` looks for
new ones, and so does `python -m tests.fuzz`.

And whether a secret has come out: all that is logged, said to Slack and sent to ECS in the whole run is looked through.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from bot.sandbox.ecs import SANDBOX_KEY
from tests import canaries

os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = SANDBOX_KEY.id
os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = SANDBOX_KEY.secret
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"  # no thread that asks 100.100.100.200 once a minute

settings.register_profile("search", derandomize=False)
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

canaries.listen()


@pytest.fixture(autouse=True)
def no_secret_came_out() -> Iterator[None]:
    """Of what the emulators were told that this test has stopped."""
    yield
    out = canaries.found[:]
    canaries.found.clear()
    assert out == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A test that has printed or logged a secret fails."""
    report: pytest.TestReport = yield
    out = [leak for where, said in report.sections for leak in canaries.leaks(where, said)]
    if call.when == "teardown" and out and report.passed:
        report.outcome, report.longrepr = "failed", "\n".join(out)
    return report
