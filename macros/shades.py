"""Five shades of one hue, from s1, the palest, to s5; charts.css gives their colours on screen and on paper."""

from math import ceil, floor, log10

from macros.axis import evenly

SHADES = ("s1", "s2", "s3", "s4", "s5")


def edges(low: float, high: float, whole: bool = False) -> list[float]:
    """Return the six edges of five equally wide steps that cover `low` to `high`; whole numbers only if `whole`."""
    unit = 10.0 ** floor(log10(((high - low) or abs(high) or 1) / len(SHADES)))
    unit = max(unit, 1.0) if whole else unit
    low, high = round(low / unit, 9), round(high / unit, 9)
    reach = next(width * len(SHADES) for width in (1, 2, 3, 4, 5, 6, 8, 10, 12) if floor(low) + width * len(SHADES) >= high)
    # What the steps cover too much lies half below and half above, or the darkest would go unused.
    wanted = min(floor(low), ceil(low - (reach - (high - low)) / 2))
    first = max(wanted, 0) if low >= 0 else wanted
    return [round((first + reach // len(SHADES) * index) * unit, 10) for index in range(len(SHADES) + 1)]


def spread(count: int) -> list[str]:
    """Return `count` shades as far apart as they can be, the darkest first."""
    return [SHADES[index] for index in reversed(evenly(len(SHADES), count))][:count]


def ink(shade: str) -> str | None:
    """Return the class of text on `shade`, or None where ordinary text can be read."""
    return None if shade in SHADES[:3] else f"on-{shade}"
