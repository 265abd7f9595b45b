"""Numbers as readers write them, by unit and language."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

MISSING = "—"
UNITS = ("count", "rate", "yen", "minutes")
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_LARGE = {"ja": ((8, "億"), (4, "万")), "en": ((9, "B"), (6, "M"), (3, "K"))}


@dataclass(frozen=True)
class Format:
    """How one column of numbers is written: a unit of `UNITS` and a language, "ja" or "en"."""

    unit: str
    lang: str

    def __call__(self, value) -> str:
        """Return `value` as `format_value` writes it."""
        return format_value(value, self.unit, self.lang)

    def tick(self, value, step) -> str:
        """Return `value` as short as an axis with ticks every `step` allows: 20%, ¥120万."""
        if self.unit == "rate":
            return _digits(_decimal(value) * 100, _places(_decimal(step) * 100)) + "%"
        if self.unit == "yen":
            return _sign(value) + "¥" + _shortened(abs(value), _LARGE[self.lang])
        if self.unit == "minutes" and not (step % 60 or value % 60):
            return _hours(value, self.lang)
        return _with_unit(_digits(value, _places(step)), self.unit, self.lang)


def finite(value) -> float | None:
    """Return `value` as a float, or None where it is no number that can be drawn: None, NaN or infinite."""
    number = None if value is None else float(value)
    return number if number is not None and isfinite(number) else None


def format_value(value, unit: str, lang: str) -> str:
    """Return `value` for reading: 1,234, 23.4% (a rate is a share of 1), ¥1,234,567, 1時間24分. None gives "—"."""
    _check(unit, lang)
    if finite(value) is None:
        return MISSING
    if unit == "rate":
        return _digits(_decimal(value) * 100, 1) + "%"
    if unit == "yen":
        digits = _digits(abs(value), 0)
        return _sign(value) * (digits != "0") + "¥" + digits
    if unit == "minutes":
        return _hours(value, lang)
    return _digits(value, 1 if value % 1 else 0)


def format_delta(value, unit: str, lang: str) -> str:
    """Return a signed difference: +12, -¥5,000, +1時間3分; of two rates, percentage points: +1.2pt. None gives "—"."""
    written = format_value(None if finite(value) is None else abs(value), unit, lang)
    if unit == "rate":
        written = written.replace("%", "pt" if lang == "ja" else " pt")
    if written == MISSING:
        return written
    is_zero = not any(digit in written for digit in "123456789")
    return ("±" if is_zero else "-" if value < 0 else "+") + written


def _check(unit: str, lang: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}; known: {', '.join(UNITS)}")
    if lang not in _LARGE:
        raise ValueError(f"unknown language {lang!r}; known: {', '.join(_LARGE)}")


def _decimal(value) -> Decimal:
    return Decimal(str(+value))


def _digits(value, places: int) -> str:
    """Round half up, as spreadsheets do: a reader who checks 6.25 % finds 6.3 there."""
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return f"{rounded if rounded else abs(rounded):,f}"


def _places(step) -> int:
    return max(0, -_decimal(round(step, 6)).normalize().as_tuple().exponent)


def _shortened(value, scale) -> str:
    for power, name in scale:
        if value >= 10**power:
            short = _decimal(value).scaleb(-power)
            return _digits(short, _places(short)) + name
    return _digits(value, 0)


def _sign(value) -> str:
    return "-" if value < 0 else ""


def _hours(value, lang: str) -> str:
    """Whole minutes; from an hour on hours and the minutes left over: 45分, 2時間, 2時間24分."""
    minutes = int(_decimal(value).quantize(Decimal(1), context=_EXACT))
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours:,}" + ("時間" if lang == "ja" else " h")] if hours else []
    parts += [_with_unit(str(rest), "minutes", lang)] if rest or not hours else []
    return ("-" if minutes < 0 else "") + ("" if lang == "ja" else " ").join(parts)


def _with_unit(digits: str, unit: str, lang: str) -> str:
    if unit != "minutes":
        return digits
    return digits + ("分" if lang == "ja" else " min")
