"""What came of a drill, as a value, and as people and programs read it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.table import Table
from rich.text import Text


class Step(StrEnum):
    """The steps, in their order."""

    READY = "ready"  # the bot says that it can serve
    SLACK = "slack"  # Slack answers to the bot's token
    REQUEST = "request"  # the signed slash command is taken, and recorded
    MACHINES = "machines"  # the target is resolved, and the run was tried dry
    CARD = "card"  # the card is in the channel
    APPROVAL = "approval"  # the drill's approver has pressed the button, where policy asks for one
    RUN = "run"  # it succeeded on every machine
    RESULT = "result"  # Slack has the thread with the results, and finds it


@dataclass(frozen=True, slots=True)
class Took:
    """One step: how long it took, in seconds, and what there is to say. *ok* is None where it was not reached."""

    step: Step
    ok: bool | None = None
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A drill that is over. *mark* names it in the reason, and so in the card and in the trail; *left* says what became
    of a run that was not over."""

    mark: str
    steps: tuple[Took, ...]
    invocation: str = ""
    left: str = ""

    @property
    def failed(self) -> Took | None:
        """The step that failed."""
        return next((took for took in self.steps if took.ok is False), None)

    @property
    def seconds(self) -> float:
        """All steps together."""
        return sum(took.seconds for took in self.steps)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "ok": self.failed is None,
            "failed": self.failed.step.value if self.failed else None,
            "mark": self.mark,
            "invocation": self.invocation or None,
            "seconds": round(self.seconds, 3),
            "left": self.left or None,
            "steps": [
                {"step": took.step.value, "ok": took.ok, "seconds": round(took.seconds, 3), "note": took.note}
                for took in self.steps
            ],
        }


_MARKS = {True: Text("✓", "green"), False: Text("✗", "bold red"), None: Text("·", "dim")}


def table(report: Report, where: str) -> Table:
    """For people: a line for each step."""
    drawn = Table(title=f"Drill {report.mark} {where}", title_justify="left", title_style="bold", box=None)
    drawn.add_column("")
    drawn.add_column("Step")
    drawn.add_column("Took", justify="right", no_wrap=True)
    drawn.add_column("")
    for took in report.steps:
        seconds = "" if took.ok is None else f"{took.seconds:.2f} s"
        drawn.add_row(_MARKS[took.ok], took.step.value, seconds, Text(took.note or ("not reached" * (took.ok is None))))
    return drawn


def verdict(report: Report) -> str:
    """The last line."""
    if (failed := report.failed) is None:
        return f"All is well: {report.seconds:.2f} s from the request to the readable result."
    left = f" {report.left}" if report.left else ""
    return f"It failed in the step `{failed.step}`: {failed.note}{left}"
