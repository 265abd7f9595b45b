"""Text from data stays text, whatever it holds and wherever it is put."""

import pytest

from macros.svg import inside
from macros.text import escape
from tests.drawings import STRINGS, Page, hostile, printable, render


def test_the_list_of_naughty_strings_is_here():
    if not STRINGS.exists():
        pytest.skip(f"not tested: the naughty strings, because {STRINGS.name} is not beside the project")
    assert len(hostile()) > 500


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("before {} after", ["p"]),
        ("<div>{}</div>", ["div"]),
        ('<figure title="x">before {} after</figure>', ["figure"]),
        ("a|b\n-|-\n x {} y | z", ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]),
    ],
)
def test_hostile_text_stays_text(source, tags):
    for text in hostile():
        page = render(source.format(escape(text)))
        assert [tag for tag, _ in page.tags] == tags, text
        assert render(source.format("QQ")).text.replace("QQ", printable(text)) == page.text, text


def test_hostile_text_at_the_start_of_a_block_stays_a_paragraph():
    for text in hostile():
        page = render(escape(text))
        assert [tag for tag, _ in page.tags] == (["p"] if text else []), text
        assert page.text == printable(text), text


def test_hostile_text_stays_inside_a_quoted_attribute():
    for text in hostile():
        assert Page(f'<i title="{escape(text)}">').tags == [("i", {"title": printable(text)})]


def test_nothing_is_escaped_to_nothing_and_a_number_to_its_digits():
    assert (escape(None), escape(12), escape("展示会 A")) == ("", "12", "展示会 A")


def test_a_number_inside_an_element_is_left_as_it_is_and_anything_else_escaped():
    assert all(inside(text) == text for text in ("12.3%", "-5", "2026-W20", "34.2%–41.0%", "n=218", "1,234件"))
    assert all(inside(text) == escape(text) for text in ("a--b", "...", "x_y", "a ", "(c)", "{%", "http://a.jp", "*", ""))
    for text in hostile():
        assert Page(f"<b>{inside(text)}</b>").text == printable(text) and inside(text) in (escape(text), text)
        if inside(text) == text:
            assert render(f"a <b>{inside(text)}</b>").text == f"a {text}"
