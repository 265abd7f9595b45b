"""Text from data on its way out of the product: to a terminal, or into a spreadsheet."""

import unicodedata
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def printable(text: str) -> str:
    """Text that cannot move the cursor, colour the screen, break the line or turn it around."""
    return "".join("�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character for character in text)


def formula_safe(value: Any) -> Any:
    """A cell that a spreadsheet shows and does not run: text that starts a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
