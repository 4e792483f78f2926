"""Two pictures beside the table: how late ends are seen, and how cost grows."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from bench.fleet import Fleet
from bench.pacing import Pacing

FOLDER = Path("docs/performance")


def draw(pacing: Pacing, fleets: Sequence[Fleet]) -> None:
    """docs/performance/*.png."""
    mpl.use("Agg")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _lateness(pacing)
    _growth(fleets)


def _lateness(pacing: Pacing) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    lines = {f"this bot, {n} in flight": sorted(f.late for f in r.found) for n, r in pacing.regions.items()}
    lines |= {name: list(one.late) for name, one in pacing.rivals.items() if not name.startswith("AWS")}
    for name, late in lines.items():
        step = max(len(late) // 500, 1)
        axes.plot(
            [max(one, 0.01) for one in late[::step]],
            [100 * n * step / len(late) for n in range(len(late[::step]))],
            label=name,
            linewidth=2.2 if name.startswith("this") else 1.2,
            linestyle="-" if name.startswith("this") else "--",
        )
    axes.set(xscale="log", xlabel="seconds from the end of a run to when it is seen", ylabel="% of runs", ylim=(0, 100))
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    figure.savefig(FOLDER / "lateness.png", dpi=110)
    plt.close(figure)


def _growth(fleets: Sequence[Fleet]) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    sizes = [fleet.size for fleet in fleets]
    axes.plot(sizes, [100 * fleet.cores for fleet in fleets], "o-", label="% of one core")
    axes.plot(sizes, [fleet.megabytes for fleet in fleets], "s--", label="MB of memory")
    axes.set(xscale="log", yscale="log", xlabel="runs in flight, in ten regions")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.savefig(FOLDER / "growth.png", dpi=110)
    plt.close(figure)
