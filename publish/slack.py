"""Messages in Slack's Block Kit: within its limits, and with values that Slack shows and does not obey."""

import json
import re
from collections.abc import Callable, Iterable

from warehouse.safe_text import printable

MOST_BLOCKS, HEAD_BLOCKS = 50, 2
LONGEST_TEXT = 3000
LONGEST_ADDRESS = 1000
RESERVE = 100  # for the line that says how many more there are
# Slack knows no escape but these three; what else would format, mention or end a link is written full width.
_INERT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "＊", "~": "～", "`": "｀", "|": "｜", "@": "＠"})
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def inert(text: str) -> str:
    """A value as mrkdwn that shows it: no mention, link, format or line of its own."""
    return _EMPHASIS.sub("＿", printable(text)).translate(_INERT)


def link(address: str | None, words: str) -> str:
    """Words with a link behind them; the words alone without an address, or with one that Slack would not take. `words` are inert."""
    target = (address or "").replace("&", "&amp;")
    return f"<{target}|{words}>" if target and len(target) <= LONGEST_ADDRESS else words


def texts(heading: str, lines: Iterable[str], most: int, more: Callable[[int], str]) -> list[str]:
    """The lines under their heading in at most so many texts of Slack's length; `more` says how many lines are left out."""
    lines, made, shown = list(lines), [heading], 0
    for line in lines:
        if _length(made[-1]) + 1 + _length(line) <= LONGEST_TEXT - RESERVE:
            made[-1] += "\n" + line
        elif len(made) < most:
            made.append(line)
        else:
            break
        shown += 1
    if shown < len(lines):
        made[-1] += "\n" + more(len(lines) - shown)
    return made


def _length(text: str) -> int:
    """Slack counts as JavaScript does: a character beyond the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def message(title: str, notes: Iterable[str], sections: Iterable[str]) -> str:
    """The message as JSON: a header, notes in small print, then sections of mrkdwn."""
    header = {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    small = {"type": "context", "elements": [_mrkdwn(note) for note in notes]}
    blocks = [header, small, *({"type": "section", "text": _mrkdwn(text)} for text in sections)]
    return json.dumps({"blocks": blocks}, ensure_ascii=False, indent=2) + "\n"


def _mrkdwn(text: str) -> dict:
    """Verbatim: Slack makes no links, channels or mentions out of plain words."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
