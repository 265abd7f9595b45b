"""SQL expressions that turn exported text into typed values; NULL where the text is not one.

These run while exports are read and belong to DuckDB; marts and rules see only their results.
"""

from warehouse.engine import literal

TRUE = ("true", "t", "yes", "y", "1", "1.0", "○", "〇", "◯", "有", "あり", "はい")
FALSE = ("false", "f", "no", "n", "0", "0.0", "×", "✕", "無", "なし", "いいえ")
CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
PLAIN = rf"\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}([ T]+{CLOCK})?"
ZONED = rf"{CLOCK} *([+-]\d{{2}}(:?\d{{2}})?|[A-Za-z][A-Za-z_/]*)$"
WIDE, NARROW = "０１２３４５６７８９－．（）", "0123456789-.()"

DUCKDB_TYPES = {"text": "VARCHAR", "timestamp": "TIMESTAMP", "date": "DATE", "boolean": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE"}


def cast(kind: str, value: str, formats: tuple[str, ...], export_zone: str, local_zone: str) -> str:
    """The expression that reads `value` (SQL of type VARCHAR, NULL for blank) as a canonical type.

    A time with an offset is converted to the local zone; one without is taken to be in the export's zone.
    """
    if kind == "text":
        return value
    if kind == "boolean":
        return _boolean(value)
    if kind in ("integer", "number"):
        return _number(kind, value)
    stamp = _timestamp(value, formats, export_zone, local_zone)
    return stamp if kind == "timestamp" else f"CAST({stamp} AS DATE)"


def _boolean(value: str) -> str:
    word = f"lower(trim({value}))"
    listed = {kind: ", ".join(literal(one) for one in words) for kind, words in (("TRUE", TRUE), ("FALSE", FALSE))}
    return f"CASE WHEN {word} IN ({listed['TRUE']}) THEN TRUE WHEN {word} IN ({listed['FALSE']}) THEN FALSE END"


def _number(kind: str, value: str) -> str:
    plain = f"regexp_replace(translate({value}, {literal(WIDE)}, {literal(NARROW)}), '[¥￥,，円\\s]', '', 'g')"
    signed = f"regexp_replace({plain}, '^\\((.*)\\)$', '-\\1')"
    number = f"TRY_CAST({signed} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"CASE WHEN {finite} = floor({finite}) THEN TRY_CAST({finite} AS BIGINT) END" if kind == "integer" else finite


def _timestamp(value: str, formats: tuple[str, ...], export_zone: str, local_zone: str) -> str:
    text = f"trim({value})"
    dashed = f"replace({text}, '/', '-')"
    absolute = f"TRY_CAST(regexp_replace({text}, ' +([+-])', '\\1') AS TIMESTAMPTZ)"
    with_zone = [f"CASE WHEN regexp_matches({text}, {literal(ZONED)}) THEN {absolute} END", *_parsed(text, [one for one in formats if "%z" in one.lower()])]
    without = [f"TRY_CAST({one} AS TIMESTAMP)" for one in _parsed(text, [one for one in formats if "%z" not in one.lower()])]
    if not formats:
        without = [f"CASE WHEN regexp_full_match({text}, {literal(PLAIN)}) THEN TRY_CAST({dashed} AS TIMESTAMP) END"]
    stamps = [_local(one, text, export_zone, local_zone) for one in without] + [f"timezone({literal(local_zone)}, {one})" for one in with_zone]
    return f"coalesce({', '.join(stamps)})"


def _parsed(text: str, formats: list[str]) -> list[str]:
    """One expression that tries the formats in turn; none without formats."""
    return [f"try_strptime({text}, [{', '.join(literal(one) for one in formats)}])"] if formats else []


def _local(naive: str, text: str, export_zone: str, local_zone: str) -> str:
    """A time of the export's zone in the local one; a day without a time is that day everywhere."""
    if export_zone == local_zone:
        return naive
    is_day = f"{naive} = date_trunc('day', {naive}) AND NOT regexp_matches({text}, '[:時]')"
    return f"CASE WHEN {is_day} THEN {naive} ELSE timezone({literal(local_zone)}, timezone({literal(export_zone)}, {naive})) END"
