"""Bytes of an export to text: what is read, what is refused, and on which line a record starts."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from warehouse import decoding
from warehouse.problems import WrongInput

JAPANESE = "会社名,担当\n㈱サンプル①,髙橋\n"
steady = settings(deadline=None, derandomize=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "leads.csv"
    path.write_bytes(content)
    return path


def text_of(decoded: decoding.Decoded) -> str:
    return decoded.path.read_bytes().decode()


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(WrongInput) as caught:
        decoding.refuse_nul(decoding.decode(written(folder, content), "leads.csv", folder).path, "leads.csv")
    return str(caught.value)


def test_utf_8_is_read_where_it_lies(tmp_path) -> None:
    path = written(tmp_path, JAPANESE.encode())
    assert decoding.decode(path, "leads.csv", tmp_path) == decoding.Decoded(path, "utf-8")


def test_a_byte_order_mark_is_taken_off(tmp_path) -> None:
    decoded = decoding.decode(written(tmp_path, codecs.BOM_UTF8 + JAPANESE.encode()), "leads.csv", tmp_path)
    assert (decoded.encoding, text_of(decoded)) == ("utf-8-sig", JAPANESE)


def test_cp932_is_read_with_the_characters_that_shift_jis_lacks(tmp_path) -> None:
    with pytest.raises(UnicodeDecodeError):
        JAPANESE.encode("cp932").decode("shift_jis")
    decoded = decoding.decode(written(tmp_path, JAPANESE.encode("cp932")), "leads.csv", tmp_path)
    assert (decoded.encoding, text_of(decoded)) == ("cp932", JAPANESE)


def test_line_ends_are_left_as_they_are(tmp_path) -> None:
    decoded = decoding.decode(written(tmp_path, "名\r\n髙\n一\r二".encode("cp932")), "leads.csv", tmp_path)
    assert text_of(decoded) == "名\r\n髙\n一\r二"


def test_bytes_that_are_neither_are_refused_with_their_places(tmp_path) -> None:
    assert refusal(tmp_path, b"name\nok\n\x81 broken") == "leads.csv: is neither UTF-8 (byte 8) nor CP932 (byte 8); export it again as UTF-8"


def test_utf_8_that_was_cut_is_refused(tmp_path) -> None:
    assert refusal(tmp_path, codecs.BOM_UTF8 + "名前".encode()[:-1]) == "leads.csv: starts as UTF-8 and breaks at byte 6; export it again as UTF-8"


def test_a_nul_byte_is_refused_with_its_line(tmp_path) -> None:
    assert refusal(tmp_path, b"name\none\ntw\0o\n") == "leads.csv:3: holds a NUL byte, which no text has; export it again"


def test_an_empty_file_is_refused(tmp_path) -> None:
    assert refusal(tmp_path, b"") == "leads.csv: is empty; export it again: even an export without records has a header line"


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_character_may_lie_across_two_chunks(tmp_path, monkeypatch, encoding, chunk) -> None:
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    decoded = decoding.decode(written(tmp_path, JAPANESE.encode(encoding)), "leads.csv", tmp_path)
    assert (decoded.encoding, text_of(decoded)) == (encoding, JAPANESE)


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 7, 100])
def test_the_place_of_a_broken_character_does_not_depend_on_chunks(tmp_path, monkeypatch, chunk) -> None:
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    cut, broken = "ab名".encode()[:-1], b"ab\xe5\x90zz"
    assert refusal(tmp_path, codecs.BOM_UTF8 + cut) == "leads.csv: starts as UTF-8 and breaks at byte 5; export it again as UTF-8"
    assert refusal(tmp_path, codecs.BOM_UTF8 + broken) == "leads.csv: starts as UTF-8 and breaks at byte 5; export it again as UTF-8"


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_the_line_of_a_nul_byte_does_not_depend_on_chunks(tmp_path, monkeypatch, chunk) -> None:
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    assert refusal(tmp_path, b"name\none\ntw\0o\n").startswith("leads.csv:3: ")


@steady
@given(TEXTS)
@example("a\r\n\r\0\n")
def test_any_text_comes_back_from_utf_8(tmp_path_factory, text) -> None:
    assume(not text.startswith("\ufeff"))
    folder = tmp_path_factory.mktemp("text")
    assert text_of(decoding.decode(written(folder, text.encode()), "leads.csv", folder)) == text


@steady
@given(TEXTS)
def test_any_text_comes_back_from_utf_8_with_a_byte_order_mark(tmp_path_factory, text) -> None:
    folder = tmp_path_factory.mktemp("text")
    assert text_of(decoding.decode(written(folder, codecs.BOM_UTF8 + text.encode()), "leads.csv", folder)) == text


@steady
@given(st.text(st.characters(codec="cp932", exclude_characters="¢£¬‖−〜")))
def test_any_japanese_text_comes_back_from_cp932(tmp_path_factory, text) -> None:
    folder = tmp_path_factory.mktemp("text")
    assert text_of(decoding.decode(written(folder, f"漢字{text}".encode("cp932")), "leads.csv", folder)) == f"漢字{text}"


def test_headers_are_trimmed_and_numbered_where_they_repeat(tmp_path) -> None:
    path = written(tmp_path, "ID, 会社名 ,id,,id (2)\n".encode())
    assert decoding.header(path, ",") == ["ID", "会社名", "id (2)", "column 4", "id (2) (2)"]


def test_a_header_may_span_lines(tmp_path) -> None:
    assert decoding.header(written(tmp_path, b'"Date entered ""Won\n(Sales)""";ID\n1;2\n'), ";") == ['Date entered "Won\n(Sales)"', "ID"]


def test_a_record_is_found_on_the_line_it_starts_at(tmp_path) -> None:
    path = written(tmp_path, b'id,note\n1,"two\nlines"\n2,plain\n\n3,"a\r\nb\r\nc"\n4,last')
    assert decoding.record_lines(path, ",", [], [0, 1, 2, 3]) == {0: 2, 1: 4, 2: 6, 3: 9}


def test_rejected_lines_are_no_records(tmp_path) -> None:
    path = written(tmp_path, b'id,note\n1,"two\nlines"\nbroken\n2,plain\n')
    assert decoding.record_lines(path, ",", [4], [0, 1]) == {0: 2, 1: 5}


def test_a_header_of_several_lines_is_no_record(tmp_path) -> None:
    path = written(tmp_path, b'id,"a\nb"\n1,2\n')
    assert decoding.record_lines(path, ",", [], [0]) == {0: 3}


def test_only_wanted_records_are_returned(tmp_path) -> None:
    assert decoding.record_lines(written(tmp_path, b"id\n1\n2\n3\n"), ",", [], [1]) == {1: 3}


def test_a_cell_may_be_longer_than_the_libraries_limit(tmp_path) -> None:
    path = written(tmp_path, b"id,note\n1," + b"x" * 200_000 + b"\n2,y\n")
    assert decoding.record_lines(path, ",", [], [1]) == {1: 3}


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@steady
@given(st.lists(st.tuples(st.integers(0, 99), CELLS), min_size=1))
def test_every_record_starts_where_it_was_written(tmp_path_factory, records) -> None:
    out, starts = io.StringIO(newline=""), {}
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(("id", "note"))
    for row, record in enumerate(records):
        starts[row] = out.getvalue().replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        writer.writerow(record)
    path = written(tmp_path_factory.mktemp("lines"), out.getvalue().encode())
    assert decoding.record_lines(path, ",", [], range(len(records))) == starts
