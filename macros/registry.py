"""Which functions pages may call: those marked with `@macro`."""

from collections.abc import Callable

MACROS: dict[str, Callable] = {}


def macro(function: Callable) -> Callable:
    """Make a function of a Book callable from pages, by its name and without the book."""
    MACROS[function.__name__.rstrip("_")] = function
    return function
