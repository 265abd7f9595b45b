"""Numbers as readers write them."""

from decimal import Decimal

import pytest

from macros.numbers import Format, format_delta, format_value


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (None, "count", "—", "—"), (float("nan"), "rate", "—", "—"), (1234567, "count", "1,234,567", "1,234,567"), (0, "count", "0", "0"),
        (12.55, "count", "12.6", "12.6"), (Decimal("12"), "count", "12", "12"), (0.234, "rate", "23.4%", "23.4%"),
        (0.0625, "rate", "6.3%", "6.3%"), (-0.00001, "rate", "0.0%", "0.0%"), (1234567, "yen", "¥1,234,567", "¥1,234,567"),
        (-980.4, "yen", "-¥980", "-¥980"), (-0.2, "yen", "¥0", "¥0"), (True, "count", "1", "1"),
        (0, "minutes", "0分", "0 min"), (44.5, "minutes", "45分", "45 min"), (59.4, "minutes", "59分", "59 min"), (59.5, "minutes", "1時間", "1 h"),
        (84.5, "minutes", "1時間25分", "1 h 25 min"), (120, "minutes", "2時間", "2 h"), (144, "minutes", "2時間24分", "2 h 24 min"),
        (8246, "minutes", "137時間26分", "137 h 26 min"), (90_000, "minutes", "1,500時間", "1,500 h"), (-0.4, "minutes", "0分", "0 min"),
    ],
)  # fmt: skip
def test_a_value_is_written_by_unit_and_language(value, unit, ja, en):
    assert (format_value(value, unit, "ja"), format_value(value, unit, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (None, "rate", "—", "—"), (0.012, "rate", "+1.2pt", "+1.2 pt"), (-0.012, "rate", "-1.2pt", "-1.2 pt"), (0, "rate", "±0.0pt", "±0.0 pt"),
        (-0.0001, "rate", "±0.0pt", "±0.0 pt"), (12, "count", "+12", "+12"), (-5000, "yen", "-¥5,000", "-¥5,000"), (3, "minutes", "+3分", "+3 min"),
        (-108.6, "minutes", "-1時間49分", "-1 h 49 min"), (60, "minutes", "+1時間", "+1 h"), (-0.4, "minutes", "±0分", "±0 min"), (600, "minutes", "+10時間", "+10 h"),
    ],
)  # fmt: skip
def test_a_difference_carries_its_sign(value, unit, ja, en):
    assert (format_delta(value, unit, "ja"), format_delta(value, unit, "en")) == (ja, en)


def test_an_unknown_unit_or_language_is_named():
    with pytest.raises(ValueError, match="unknown unit 'percent'; known: count"):
        format_value(1, "percent", "ja")
    with pytest.raises(ValueError, match="unknown language 'fr'; known: ja, en"):
        format_value(1, "count", "fr")


def test_ticks_are_written_short():
    written = [Format("rate", "en").tick(0.2, 0.2), Format("rate", "en").tick(0.325, 0.025), Format("minutes", "ja").tick(20, 10)]
    written += [Format("yen", lang).tick(value, 1) for lang in ("ja", "en") for value in (0, 1.2e6, 2.5e9)]
    assert written == ["20%", "32.5%", "20分", "¥0", "¥120万", "¥25億", "¥0", "¥1.2M", "¥2.5B"]


def test_ticks_of_minutes_are_hours_where_they_are_whole_ones():
    assert [Format("minutes", "ja").tick(value, 120) for value in (0, 120, 1200)] == ["0分", "2時間", "20時間"]
    assert [Format("minutes", "en").tick(value, 50) for value in (0, 50, 150)] == ["0 min", "50 min", "150 min"]
