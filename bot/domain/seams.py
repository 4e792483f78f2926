"""Where ECS cut an output short: half of something stands there that a whole pattern would have hidden."""

FIRST, LAST = 6_000, 8_192
"""Bytes between which the head of a cut output ends. The open-source agent reads up to 2,048 at a time, until more than
6,000 are sent while the script runs; at its end the tail follows, joined to the head without a mark. Of a run that was
over before, the tail alone is there: then the first line is the half one."""

LEFT_OUT = "‹left out: ECS cut the output near here›"


def whole_lines(text: str) -> str:
    """*text*, of which ECS dropped something, without the lines that a cut can have gone through.

    A byte that is no UTF-8 has become one character of three bytes, so that an offset is only known to lie between
    two numbers: what may touch a cut goes.
    """
    kept: list[str] = []
    low = high = 0  # bytes before this line, at least and at most
    for number, line in enumerate(text.split("\n")):
        most = len(line.encode("utf-8", "replace"))
        least = most - 2 * line.count("\ufffd")
        touched = number == 0 or (low <= LAST and high + most >= FIRST)
        if not touched:
            kept.append(line)
        elif kept[-1:] != [LEFT_OUT]:
            kept.append(LEFT_OUT)
        low, high = low + least + 1, high + most + 1
    return "\n".join(kept)
