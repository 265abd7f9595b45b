"""Text from data, made inert: the reader sees the same characters, and HTML, Markdown and Jinja see nothing special."""

import re

# Direction overrides are among them: they would turn round the text that follows on the page.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile(r"""[!"#$%&'()*+\-./:<=>?@\[\\\]^_`{|}~]|^\s+|\s+$""")


def plain(text: object) -> str:
    """Return `text` as a string in which each newline, control, override or unencodable character is a space."""
    return _UNPRINTABLE.sub(" ", str(text))


def escape(text: object) -> str:
    """Return `text` as plain HTML text that is safe in a Markdown page, in a raw block and in a quoted attribute.

    Every special character becomes a numeric reference, so a parser gives back `plain(text)`. None is the empty string.
    """
    return "" if text is None else _SPECIAL.sub(_references, plain(text))


def _references(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match.group())
