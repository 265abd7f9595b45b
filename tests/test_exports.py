"""Files and an adapter become canonical tables; what cannot be read is kept, with its file and line."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.export import Export, records, table
from tests.world import PROJECT, ROOT, SHARED_DATA, project_definitions
from warehouse import adapter, exports
from warehouse.engine import Engine
from warehouse.problems import CannotRun, WrongInput

TABLES = project_definitions().tables
TYPED = {"id": "text", "day": "date", "moment": "timestamp", "flag": "boolean", "whole": "integer", "amount": "number", "note": "text"}


@pytest.fixture
def export(tmp_path):
    made = Export(tmp_path)
    yield made
    made.engine.close()


def told(error, folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in error.value.problems]


# Columns and files

def test_an_absent_optional_column_gives_typed_nulls(export) -> None:
    export.write(records="id,note\n1,a\n").load({"records": table(TYPED)})
    assert [export.column(name) for name in TYPED] == [["1"], [None], [None], [None], [None], [None], ["a"]]
    assert export.provided() == {"id", "note"}
    kinds = {row["column_name"]: row["column_type"] for row in export.engine.rows("DESCRIBE crm.records")}
    assert kinds == {"id": "VARCHAR", "day": "DATE", "moment": "TIMESTAMP", "flag": "BOOLEAN", "whole": "BIGINT", "amount": "DOUBLE", "note": "VARCHAR"}


def test_an_absent_optional_file_gives_an_empty_table(export) -> None:
    tables = {**records(), "others": table({"id": "text"})}
    export.write(records="id\n1\n").load(tables, files={"records": "records.csv", "others": {"path": "others.csv", "optional": True}})
    assert export.column("id", "others") == []
    assert export.engine.rows("SELECT table_name FROM playbook.canonical_columns WHERE is_provided") == [{"table_name": "records"}]


def test_a_table_that_no_adapter_maps_is_empty(export) -> None:
    tables = {**records(), "others": table({"id": "text"})}
    export.write(records="id\n1\n").load(tables, files={"records": "records.csv"}, tables={"records": {"from": "records"}})
    assert export.column("id", "others") == []


def test_an_absent_required_column_is_named_with_the_nearest_header(export) -> None:
    export.write(records="Id,note\n1,a\n")
    with pytest.raises(WrongInput) as error:
        export.load(records(note="text"))
    assert told(error, export.folder) == ["records.csv:1: has no column 'id', which gives records.id; did you mean 'Id'?"]


def test_every_absent_column_of_every_file_is_told_at_once(export) -> None:
    export.write(records="ids,note\n1,a\n", others="key,note\n1,a\n")
    with pytest.raises(WrongInput) as error:
        export.load({**records(note="text"), "others": table({"id": "text", "note": "text"})})
    assert told(error, export.folder) == ["others.csv:1: has no column 'id', which gives others.id; known: key, note",
                                          "records.csv:1: has no column 'id', which gives records.id; did you mean 'ids'?"]


def test_two_files_for_one_table_are_told(export) -> None:
    export.write(**{"records-1": "id\n1\n", "records-2": "id\n2\n"})
    with pytest.raises(WrongInput) as error:
        export.load(records(), files={"records": "records-*.csv"})
    assert told(error, export.folder) == [f"{export.folder}: two files for 'records': records-1.csv, records-2.csv; keep the one that counts"]


def test_missing_files_are_all_named_and_nothing_can_run(export) -> None:
    with pytest.raises(CannotRun) as error:
        export.load({**records(), "others": table({"id": "text"})})
    assert told(error, export.folder) == ["others.csv: is not there; export it, name the adapter that fits this export with --adapter, or mark the file 'others' optional",
                                          "records.csv: is not there; export it, name the adapter that fits this export with --adapter, or mark the file 'records' optional"]
    assert error.value.exit_code == 2


def test_a_missing_folder_cannot_run(export) -> None:
    export.folder.rmdir()
    with pytest.raises(CannotRun, match="there is no such folder of exports; name one with --exports DIR"):
        export.load(records())


def test_a_folder_named_like_a_file_is_no_file(export) -> None:
    (export.folder / "records.csv").mkdir()
    with pytest.raises(CannotRun, match=r"records\.csv: is not there"):
        export.load(records())


def test_unreadable_files_are_all_told_at_once(export) -> None:
    export.write(records=b"id\n\0\n", others=b"")
    with pytest.raises(WrongInput) as error:
        export.load({**records(), "others": table({"id": "text"})})
    assert [problem.split(";")[0] for problem in told(error, export.folder)] == ["others.csv: is empty", "records.csv:2: holds a NUL byte, which no text has"]


def test_a_file_in_a_folder_of_its_own_is_found(export) -> None:
    (export.folder / "2026").mkdir()
    (export.folder / "2026" / "report1234567890123.csv").write_text("id\n1\n")
    assert export.load(records(), files={"records": "*/report?????????????.csv"}).column("id") == ["1"]


def test_a_header_alone_is_an_export_without_records(export) -> None:
    export.write(records="id,note\n", others="id,note").load({**records(note="text"), "others": table({"id": "text", "note": "text"})})
    assert (export.column("id"), export.column("id", "others"), export.rejects()) == ([], [], [])
    assert export.provided() == {"id", "note"}


@pytest.mark.parametrize("content", ["\n\n", "\ufeff", "\r\n1,2\r\n"])
def test_a_file_without_a_header_is_told(export, content) -> None:
    export.write(records=content)
    with pytest.raises(WrongInput) as error:
        export.load(records())
    assert told(error, export.folder) == ["records.csv:1: has no header in its first line; export it again with one"]


def test_a_file_that_reads_as_one_column_is_told(export) -> None:
    export.write(records="id;note\n1;a\n")
    with pytest.raises(WrongInput) as error:
        export.load(records(note="text"))
    assert told(error, export.folder) == ["records.csv:1: reads as one single column, 2 are mapped; check the delimiter (now ',') and the encoding"]


def test_another_delimiter_is_named_in_the_adapter(export) -> None:
    export.write(records="id;note\n1;a,b\n").load(records(note="text"), files={"records": {"path": "records.csv", "delimiter": ";"}})
    assert export.column("note") == ["a,b"]


@pytest.mark.parametrize("delimiter", ["\t", "|", "'", "\\"])
def test_any_delimiter_is_taken(export, delimiter) -> None:
    export.write(records=f"id{delimiter}note\n1{delimiter}a\n").load(records(note="text"), files={"records": {"path": "records.csv", "delimiter": delimiter}})
    assert export.column("note") == ["a"]


def test_a_file_of_one_column_may_be_mapped_to_one(export) -> None:
    assert export.write(records="id\n1\n2\n").load(records()).column("id") == ["1", "2"]


def test_headers_may_hold_quotes_and_repeat(export) -> None:
    header = '"Date entered ""Won (Sales)""",it\'s,Date,Date\n'
    mapped = {"records": {"from": "records", "columns": {"id": 'Date entered "Won (Sales)"', "note": "it's", "day": "Date", "later": "Date (2)"}}}
    export.write(records=header + "a,b,2026-11-20,2026-11-21\n").load(records(note="text", day="date", later="date"), tables=mapped)
    assert [export.column(name) for name in ("id", "note", "day", "later")] == [["a"], ["b"], [date(2026, 11, 20)], [date(2026, 11, 21)]]


def test_an_expression_may_join_columns_and_other_files(export) -> None:
    mapped = {"records": {"from": "records", "where": "kind = 'call'",
                          "columns": {"id": "id", "note": {"sql": "kind || '/' || (SELECT count(*) FROM raw.others WHERE others.id = records.id)"}}}}
    export.write(records="id,kind\n1,call\n2,mail\n3,call\n", others="id\n3\n3\n")
    export.load(records(note="text"), files={"records": "records.csv", "others": "others.csv"}, tables=mapped)
    assert list(zip(export.column("id"), export.column("note"), strict=True)) == [("1", "call/0"), ("3", "call/2")]


def test_an_expression_that_does_not_run_is_told_with_its_line(export) -> None:
    mapped = {"records": {"from": "records", "columns": {"id": {"sql": "nosuch"}}}}
    with pytest.raises(WrongInput, match=r'adapter\.yml:\d+: does not run: Binder Error: Referenced column "nosuch" not found .*; mend its sql or where'):
        export.write(records="id,kind\n1,call\n").load(records(), tables=mapped)


def test_records_left_out_by_a_condition_give_no_rejects(export) -> None:
    mapped = {"records": {"from": "records", "where": "kind = 'call'", "columns": {"id": "id", "day": "day"}}}
    export.write(records="id,kind,day\n1,call,someday\n2,mail,never\n").load(records(day="date"), tables=mapped)
    assert export.rejects() == [("records.csv", 2, "day", "someday", "not_a_date")]


# Rejects

def test_rows_of_the_wrong_width_are_rejects_with_their_lines(export) -> None:
    export.write(records="id,note\n1,a\n2\n3,b,c\n4,d\n").load(records(note="text"))
    assert export.column("id") == ["1", "4"]
    assert export.rejects() == [("records.csv", 3, None, "2", "missing_columns"), ("records.csv", 4, None, "3,b,c", "too_many_columns")]


def test_lines_stay_right_after_quoted_newlines_and_rejected_rows(export) -> None:
    content = 'id,note,day\n1,"two\nlines",2026-11-20\n2,short\n3,"a\nb\nc",never\n4,"x\n",2026-11-20,more\n5,last,nor this\n'
    export.write(records=content).load(records(note="text", day="date"))
    assert export.column("id") == ["1", "3", "5"]
    assert export.rejects() == [("records.csv", 4, None, "2,short", "missing_columns"), ("records.csv", 5, "day", "never", "not_a_date"),
                                ("records.csv", 8, None, '4,"x\n",2026-11-20,more', "too_many_columns"), ("records.csv", 10, "day", "nor this", "not_a_date")]


def test_lines_stay_right_in_cp932_with_other_line_ends(export) -> None:
    content = '番号,備考,日付\r\n1,"一行\r\n二行",2026/11/20\r\n2,㈱,未定\r\n'
    mapped = {"records": {"from": "records", "columns": {"id": "番号", "note": "備考", "day": "日付"}}}
    export.write(records=content.encode("cp932")).load(records(note="text", day="date"), tables=mapped)
    assert (export.column("note"), export.rejects()) == (["一行\r\n二行", "㈱"], [("records.csv", 4, "day", "未定", "not_a_date")])
    assert export.engine.rows("SELECT * FROM playbook.export_files") == [{"file": "records.csv", "row_count": 2, "rejected": 0, "encoding": "cp932"}]


def test_every_failed_cast_of_a_row_is_told(export) -> None:
    export.write(records="id,day,whole\n1,never,half\n2,2026-11-20,7\n").load(records(day="date", whole="integer"))
    assert export.rejects() == [("records.csv", 2, "day", "never", "not_a_date"), ("records.csv", 2, "whole", "half", "not_a_integer")]
    assert export.column("id") == ["1", "2"]


def test_a_blank_value_is_no_reject(export) -> None:
    export.write(records='id,day,whole\n1,,""\n').load(records(day="date", whole="integer"))
    assert (export.column("day"), export.column("whole"), export.rejects()) == ([None], [None], [])


@pytest.mark.parametrize("cut", ['2,"open\n3,b\n', '2,"open\n3,b', '2,"open', '2,"', '2,"it""s\n3,""b""\n4,""c'])
def test_a_quote_that_never_closes_is_told(export, cut) -> None:
    export.write(records=f'id,note\n1,"a\nb"\n{cut}')
    with pytest.raises(WrongInput) as error:
        export.load(records(note="text"))
    assert [problem.split("; ")[0] for problem in told(error, export.folder)] == [
        "records.csv:4: opens a quote that is never closed: the file was cut, or a quote within a value is not doubled"]


def test_a_quote_in_the_midst_of_a_value_is_part_of_it(export) -> None:
    assert export.write(records='id,note\n1,5" pipe\n2,b').load(records(note="text")).column("note") == ['5" pipe', "b"]


def test_text_behind_a_closed_quote_is_told(export) -> None:
    export.write(records='id,note\n1,"a"b\n2,c\n').load(records(note="text"))
    assert export.column("id") == ["2"]
    assert [(line, reason) for _, line, _, _, reason in export.rejects()] == [(2, "unquoted_value")]


@pytest.mark.parametrize("ends", [("\n", "\n"), ("\r\n", "\r\n"), ("\n", "\r\n"), ("\r\n", "\n")])
def test_line_ends_may_be_mixed(export, ends) -> None:
    first, second = ends
    export.write(records=f"id,note{first}1,a{second}2,b{first}3,c{second}4,never{first}").load(records(note="text"))
    assert (export.column("id"), export.column("note"), export.rejects()) == (["1", "2", "3", "4"], ["a", "b", "c", "never"], [])


def test_rejects_among_mixed_line_ends_stand_once_on_their_lines(export) -> None:
    export.write(records='id,note,day\r\n1,"a\nb\r\nc",2026-11-20\n2\r\n3,x,never\n4,y\rz,2026-11-20\n').load(records(note="text", day="date"))
    assert export.column("note") == ["a\nb\r\nc", "x"]
    assert export.rejects() == [("records.csv", 5, None, "2", "missing_columns"), ("records.csv", 6, "day", "never", "not_a_date"),
                                ("records.csv", 7, None, "4,y", "missing_columns"), ("records.csv", 8, None, "z,2026-11-20", "missing_columns")]


def test_lines_stay_right_across_the_readers_buffers(export, monkeypatch) -> None:
    monkeypatch.setattr(exports, "MAX_LINE", 500)
    content = ["id,note,day"] + [f'{number},"a\nb",{"never" if number % 100 == 0 else "2026-11-20"}{",more" if number % 70 == 0 else ""}' for number in range(1, 1000)]
    export.write(records="\n".join(content)).load(records(note="text", day="date"))
    expected = [(2 * number, None if number % 70 == 0 else "day") for number in range(1, 1000) if number % 100 == 0 or number % 70 == 0]
    assert [(line, column) for _, line, column, _, _ in export.rejects()] == expected


def test_blank_lines_of_a_single_column_are_records_without_a_value(export) -> None:
    mapped = {"records": {"from": "records", "columns": {"id": {"sql": "coalesce(day, '-')"}, "day": "day"}}}
    export.write(records="day\n\nnever\n2026-11-20\n\nnot now\n").load(records(day="date"), tables=mapped)
    assert export.column("id") == ["-", "never", "2026-11-20", "-", "not now"]
    assert export.rejects() == [("records.csv", 3, "day", "never", "not_a_date"), ("records.csv", 6, "day", "not now", "not_a_date")]


def test_blank_lines_are_no_records(export) -> None:
    export.write(records="id,day\n\n1,2026-11-20\n\n\n2,never\n\n").load(records(day="date"))
    assert (export.column("id"), export.rejects()) == (["1", "2"], [("records.csv", 6, "day", "never", "not_a_date")])


def test_a_cell_of_two_megabytes_is_read_and_lines_stay_right(export) -> None:
    large = "長" * 700_000
    export.write(records=f'id,note,day\n1,"{large}\n",2026-11-20\n2,x,never\n').load(records(note="text", day="date"))
    assert export.column("note") == [f"{large}\n", "x"]
    assert export.rejects() == [("records.csv", 4, "day", "never", "not_a_date")]


def test_rejects_of_two_files_do_not_mix(export) -> None:
    export.write(records="id,note\n1\n", others="id,note\n1,a\n2,b,c\n").load({**records(note="text"), "others": table({"id": "text", "note": "text"})})
    assert sorted(export.rejects()) == [("others.csv", 3, None, "2,b,c", "too_many_columns"), ("records.csv", 2, None, "1", "missing_columns")]


def test_what_lies_in_the_raw_files_does_not_stay(export) -> None:
    export.write(records="id,secret\n1,x\n").load(records())
    assert export.engine.rows("SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'raw'") == []


# Parquet

def test_parquet_gives_the_same_tables_as_csv(tmp_path) -> None:
    folder = tmp_path / "parquet"
    folder.mkdir()
    with Engine.create() as scratch:
        canonical = adapter.load(PROJECT, None)
        exports.load(scratch, canonical, TABLES, ROOT / "data" / "sample", "Asia/Tokyo")
        for name in TABLES:
            scratch.run(f"COPY crm.{name} TO '{folder}/{name}.parquet' (FORMAT parquet)")
        with Engine.create() as engine:
            exports.load(engine, canonical, TABLES, folder, "Asia/Tokyo")
            for name in TABLES:
                digest = f"SELECT count(*) AS records, bit_xor(hash({name})) AS digest FROM crm.{name}"
                assert engine.rows(digest) == scratch.rows(digest), name
            assert engine.value("SELECT count(*) FROM playbook.export_rejects") == 0
            assert engine.rows("SELECT column_name FROM playbook.canonical_columns WHERE NOT is_provided") == []


def test_a_failed_cast_in_parquet_names_its_row(export) -> None:
    export.engine.run(f"COPY (SELECT * FROM (VALUES ('1', 'never'), ('2', '2026-11-20')) AS t (id, day)) TO '{export.folder}/records.parquet' (FORMAT parquet)")
    export.load(records(day="date"), files={"records": "records.parquet"})
    assert export.rejects() == [("records.parquet", 1, "day", "never", "not_a_date")]


def test_a_time_with_a_zone_in_parquet_is_converted(export) -> None:
    export.engine.run(f"COPY (SELECT '1' AS id, TIMESTAMPTZ '2016-12-31 16:00:00+00' AS moment) TO '{export.folder}/records.parquet' (FORMAT parquet)")
    assert export.load(records(moment="timestamp"), files={"records": "records.parquet"}).column("moment") == [datetime(2017, 1, 1, 1)]


def test_what_is_no_parquet_is_told(export) -> None:
    (export.folder / "records.parquet").write_text("id\n1\n")
    with pytest.raises(WrongInput, match=r"records\.parquet: cannot be read as Parquet: .*; export it again"):
        export.load(records(), files={"records": "records.parquet"})


# Hostile files

SPECTRUM = SHARED_DATA / "hostile" / "csv_spectrum"
AWKWARD = ("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines", "newlines_crlf",
           "quotes_and_newlines", "simple", "simple_crlf", "utf8")
# Its JSON gives the telephone number of another record than its CSV.
CORRECTED = {"location_coordinates": {"Contact Phone Number": "2095257564"}}


@pytest.mark.skipif(not SPECTRUM.is_dir(), reason="no ../shared/data/hostile/csv_spectrum beside the project")
@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_file_reads_as_its_json_says(export, name) -> None:
    expected = json.loads((SPECTRUM / "json" / f"{name}.json").read_text(encoding="utf-8"))
    expected = [{**row, **CORRECTED.get(name, {})} for row in (expected if isinstance(expected, list) else [expected])]
    headers = list(expected[0])
    columns = {f"column_{number}": header for number, header in enumerate(headers)}
    export.write(records=(SPECTRUM / "csvs" / f"{name}.csv").read_bytes())
    export.load({"records": table(dict.fromkeys(columns, "text"), required=())}, tables={"records": {"from": "records", "columns": columns}})
    found = [dict(zip(headers, row, strict=True)) for row in zip(*(export.column(column) for column in columns), strict=True)]
    assert [{header: value or "" for header, value in row.items()} for row in found] == expected
    assert export.rejects() == []
