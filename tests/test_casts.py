"""What an exported text becomes as a time, a day, a number or a truth value; and what becomes a reject."""

from datetime import date, datetime

import pytest

from tests.export import Export, records


@pytest.fixture
def export(tmp_path):
    made = Export(tmp_path)
    yield made
    made.engine.close()


def values(export: Export, kind: str, written: list[str], zone: str = "Asia/Tokyo", local_zone: str = "Asia/Tokyo", **origin) -> list:
    """What each written value becomes as a canonical type."""
    cells = (text.replace('"', '""') for text in written)
    export.write(records="id,value\n" + "".join(f'{number},"{text}"\n' for number, text in enumerate(cells)))
    mapped = {"records": {"from": "records", "columns": {"id": "id", "value": {"column": "value", **origin}}}}
    return export.load(records(value=kind), zone, local_zone, tables=mapped).column("value")


def test_values_are_mapped_and_unmapped_ones_survive(export) -> None:
    assert values(export, "text", ["01：新規", "01:新規", "見込み", "", " 新規"], values={"01：新規": "lead", "01:新規": "lead"}) == ["lead", "lead", "見込み", None, " 新規"]


def test_a_value_may_be_mapped_to_nothing(export) -> None:
    assert values(export, "boolean", ["#N/A", "Yes"], values={"#N/A": ""}) == [None, True]
    assert export.rejects() == []


def test_a_value_with_quotes_is_mapped(export) -> None:
    assert values(export, "text", ["it's", 'say "so"'], values={"it's": "that's", 'say "so"': "said"}) == ["that's", "said"]


def test_booleans_are_read_as_crms_write_them(export) -> None:
    true = ["true", "TRUE", "Yes", "1", "1.0", "○", "〇", "◯", "有", "あり", " はい "]
    false = ["false", "No", "0", "×", "無", "なし", "いいえ"]
    assert values(export, "boolean", [*true, *false, ""]) == [True] * len(true) + [False] * len(false) + [None]


def test_amounts_are_read_as_people_write_them(export) -> None:
    assert values(export, "number", ["1234", "¥1,234", "￥1，234", "1,234円", "(5)", "（1,200）", "-5", "1.5", "１２３４", " 7 "]) == [
        1234, 1234, 1234, 1234, -5, -1200, -5, 1.5, 1234, 7]


def test_integers_may_have_a_point_and_nothing_behind_it(export) -> None:
    assert values(export, "integer", ["117", "117.0", "1,000"]) == [117, 117, 1000]
    assert [type(value) for value in export.column("value")] == [int, int, int]


@pytest.mark.parametrize(("kind", "written"), [
    ("integer", "117.5"), ("number", "many"), ("number", "inf"), ("number", "1e999"), ("boolean", "maybe"), ("date", "2026-02-30"), ("timestamp", "yesterday"),
    ("timestamp", "2026-11-20 25:00"), ("timestamp", "infinity"), ("timestamp", "2026-11-20 5:30 PM"), ("timestamp", "2026-11-20 14:30 sometime"),
    ("timestamp", "2026-11-20 (BC)"),
])
def test_a_value_that_is_none_of_its_type_is_a_reject(export, kind, written) -> None:
    assert values(export, kind, [written]) == [None]
    assert export.rejects() == [("records.csv", 2, "value", written, f"not_a_{kind}")]


def test_times_are_read_in_the_usual_forms(export) -> None:
    assert values(export, "timestamp", ["2026-11-20 14:30:00", "2026-11-20 14:30", "2026/11/20 14:30", "2026/1/5 9:05", "2026-11-20T14:30:00", "2026-11-20", " 2026-11-20 14:30 "]) == [
        datetime(2026, 11, 20, 14, 30), datetime(2026, 11, 20, 14, 30), datetime(2026, 11, 20, 14, 30), datetime(2026, 1, 5, 9, 5), datetime(2026, 11, 20, 14, 30),
        datetime(2026, 11, 20), datetime(2026, 11, 20, 14, 30)]


def test_a_time_in_utc_lands_on_the_local_day(export) -> None:
    stamps = ["2016-12-31T16:00:00.000Z", "2016-12-31T16:00:00.000+0000", "2016-12-31 16:00:00 UTC", "2016-12-31 16:00:00+00", "2017-01-01T01:00:00+09:00", "2016-12-31T10:00:00-0600"]
    assert values(export, "timestamp", stamps) == [datetime(2017, 1, 1, 1)] * 6


def test_a_day_in_utc_is_the_local_one(export) -> None:
    assert values(export, "date", ["2016-12-31T16:00:00.000Z", "2016-12-31"]) == [date(2017, 1, 1), date(2016, 12, 31)]


def test_a_time_without_an_offset_is_in_the_exports_zone(export) -> None:
    assert values(export, "timestamp", ["2026-07-01 20:00:00", "2026-12-01 20:00:00"], zone="America/New_York") == [
        datetime(2026, 7, 2, 9), datetime(2026, 12, 2, 10)]


def test_a_time_that_names_its_zone_is_converted(export) -> None:
    assert values(export, "timestamp", ["2026-11-20 14:30:00 Asia/Tokyo", "2026-11-20 14:30:00 JST"], zone="UTC") == [datetime(2026, 11, 20, 14, 30)] * 2


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York", "UTC"])
def test_a_day_without_a_time_is_that_day_in_every_zone(export, zone) -> None:
    assert values(export, "date", ["2026-11-20", "2026/11/20"], zone=zone) == [date(2026, 11, 20)] * 2


def test_formats_are_tried_in_turn(export) -> None:
    assert values(export, "timestamp", ["20.11.2026 14:30", "14時30分 2026年11月20日", "2:30 PM 11/20/2026", "2026-11-20T05:30:00Z"],
                  format=["%d.%m.%Y %H:%M", "%H時%M分 %Y年%m月%d日", "%I:%M %p %m/%d/%Y"]) == [datetime(2026, 11, 20, 14, 30)] * 4


def test_a_format_that_ends_in_a_year_is_no_offset(export) -> None:
    assert values(export, "timestamp", ["14:30 20-11-2026"], format="%H:%M %d-%m-%Y") == [datetime(2026, 11, 20, 14, 30)]


def test_a_format_may_hold_an_offset(export) -> None:
    assert values(export, "timestamp", ["2026/11/20 05:30 +0000", "2026/11/20 14:30"], format=["%Y/%m/%d %H:%M %z", "%Y/%m/%d %H:%M"]) == [
        datetime(2026, 11, 20, 14, 30)] * 2


def test_what_no_format_fits_is_a_reject(export) -> None:
    assert values(export, "date", ["2026-11-20", "20/11/2026"], format="%d/%m/%Y") == [None, date(2026, 11, 20)]
    assert export.rejects() == [("records.csv", 2, "value", "2026-11-20", "not_a_date")]
