"""How long the event loop stands still at most: whoever waits for an answer waits for that, too."""

import gc
import sys

SWITCH = 0.001
"""Seconds after which a thread that computes lets another go on; Python's own is 5 ms. The event loop may stand in line
behind all threads that call ECS: half of its waits are a quarter as long."""

SELDOM = 100
"""Of so many collections of what is young one looks at everything; Python's own is every tenth. With ten thousand runs
in flight it takes 80 ms, and finds next to nothing. Until it comes 700,000 objects can gather that nobody needs, some
70 MB: were it rarer still, that could be too much."""


def shorten() -> None:
    """What is there by now stays: to look through it for garbage would hold everybody up. And so that less does."""
    sys.setswitchinterval(SWITCH)
    gc.freeze()
    young, middling, _ = gc.get_threshold()
    gc.set_threshold(young, middling, SELDOM)
