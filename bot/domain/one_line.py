"""Which patterns find nothing that goes on over the end of a line: of what is still being printed, its whole lines are
then all that such a pattern has to see.

One that spans lines, as `(?s)BEGIN.*?END` does, finds nothing until its last line is printed: before that the secret
stands there open.
"""

import re
from functools import lru_cache

_PUNCTUATION = r"\\[!-/:-@\[-`{-~]"
_NAMED = r"\[:(?:alnum|alpha|blank|digit|graph|lower|print|punct|upper|word|xdigit):\]"
_MEMBER = rf"[^\\\[\]\x00-\x1f]|\\[Swd]|\\t(?!-)|{_PUNCTUATION}|{_NAMED}"
_BREAK = r"\\[sn]|\[:space:\]"
_PIECE = rf"""
    [^\\\[(\x00-\x1f]                                        # itself, any but a newline, or an operator
  | \\[SwdbBAzt] | {_PUNCTUATION}
  | \( (?: \?: | \?P?<\w+> | \?[imU]+[:)] | (?!\?) )         # a group, never with the flag s
  | \[ (?!\^) \]? (?:{_MEMBER})* \]
  | \[\^ \]? (?:{_MEMBER})* (?:{_BREAK}) (?:{_MEMBER}|{_BREAK})* \]
"""
_ONE_LINE = re.compile(rf"(?:{_PIECE})*+", re.VERBOSE)


@lru_cache(maxsize=512)
def within_a_line(pattern: str) -> bool:
    """Is it sure that nothing that *pattern* (RE2's, and fit) finds has a newline in it?

    Known of what is made of the usual pieces, none of which takes a newline; of any other it is not sure.
    """
    return _ONE_LINE.fullmatch(pattern) is not None
