"""Pages of a list: by NextToken and MaxResults, or by PageNumber and PageSize.

Either token parameter makes it token paging; PageNumber and PageSize then don't count, and
TotalCount means nothing (DescribeCloudAssistantStatus page, "Usage notes"). It is then sent
as 0, so that nobody leans on it. A token names the last entry seen, so entries that arrive
in between neither repeat nor hide one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.sandbox.ecs.errors import ApiError, invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The entries to show, and the paging fields of the answer."""

    items: Sequence[T]
    fields: dict[str, Any]


def paged(
    items: Sequence[T], params: dict[str, Any], key: Callable[[T], str], maximum: int, default: int = 10
) -> Page[T]:
    """One page of *items*, which are in the order of listing; *key* names an entry.

    Raises ApiError for a size outside 1 to *maximum*, a page below 1 or a foreign token.
    """
    if "MaxResults" in params or params.get("NextToken"):
        size = _size("MaxResults", params.get("MaxResults", default), maximum)
        start = _after(items, params.get("NextToken", ""), key)
        shown = items[start : start + size]
        more = start + size < len(items)
        token = _token(key(shown[-1])) if shown and more else ""
        return Page(shown, {"NextToken": token, "TotalCount": 0})
    size = _size("PageSize", params.get("PageSize", default), maximum)
    number = params.get("PageNumber", 1)
    if number < 1:
        raise invalid("PageNumber", "it starts at 1")
    shown = items[(number - 1) * size : number * size]
    return Page(shown, {"PageNumber": number, "PageSize": size, "TotalCount": len(items), "NextToken": ""})


def _size(name: str, size: int, maximum: int) -> int:
    if not 1 <= size <= maximum:
        raise invalid(name, f"1 to {maximum} is allowed")
    return size


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(f"after {key}".encode()).decode()


def _after(items: Sequence[T], token: str, key: Callable[[T], str]) -> int:
    """Where the page that *token* asks for begins. The error's code is a guess."""
    if not token:
        return 0
    try:
        word, _, last = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
    except (binascii.Error, UnicodeError):
        word, last = "", ""
    if word == "after":
        for index, item in enumerate(items):
            if key(item) == last:
                return index + 1
    raise ApiError(400, "InvalidParameter.NextToken", "The specified parameter NextToken is not valid.")
