"""SQL expressions that turn exported text into typed values; NULL where the text is not one.

These run while exports are read and belong to DuckDB; marts and rules see only their results.
"""

from warehouse.engine import literal

TRUE = ("true", "t", "yes", "y", "1", "1.0", "○", "〇", "◯", "有", "あり", "はい")
FALSE = ("false", "f", "no", "n", "0", "0.0", "×", "✕", "無", "なし", "いいえ")
OFFSET = r"\d{1,2}:\d{2}.*([+-]\d{2}(:?\d{2})?|Z)$"
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
    if formats:
        naive = f"TRY_CAST(try_strptime({text}, [{', '.join(literal(one) for one in formats)}]) AS TIMESTAMP)"
    else:
        naive = f"TRY_CAST(replace({text}, '/', '-') AS TIMESTAMP)"
    local = naive if export_zone == local_zone else f"timezone({literal(local_zone)}, timezone({literal(export_zone)}, {naive}))"
    absolute = f"timezone({literal(local_zone)}, TRY_CAST({text} AS TIMESTAMPTZ))"
    stamp = f"CASE WHEN regexp_matches({text}, {literal(OFFSET)}) THEN {absolute} ELSE {local} END"
    return f"CASE WHEN isfinite({stamp}) THEN {stamp} END"
