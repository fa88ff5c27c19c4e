"""CSV rows: exact when whole, named when broken, and never the ruin of the rows after them."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.sources import table
from twin.sources.table import BACKSLASH, RFC4180, Row

STARTS = re.compile(r"\d{4},")


def rows(text: str, dialect: dict[str, Any], *, starts: re.Pattern[str]) -> Iterator[Row]:
    return table.rows(StringIO(text, newline=""), dialect, starts=starts)


def cells(text: str, dialect=RFC4180) -> list[tuple[str, ...]]:
    return [row.cells for row in rows(text, dialect, starts=STARTS)]


def test_rows_have_the_heading_first_and_skip_blank_lines():
    assert cells('a,b\r\n\r\n1,"x\ny"\n2,z') == [("a", "b"), ("1", "x\ny"), ("2", "z")]


def test_more_cells_than_headings_are_fine_while_they_are_empty():
    found = list(rows("a,b\n1,2,,\n1,2,3\n", RFC4180, starts=STARTS))
    assert [row.cells for row in found] == [("a", "b"), ("1", "2"), ("1", "2")]
    assert found[2].why == "a broken row: 3 columns where 2 were expected"


@pytest.mark.parametrize(
    "broken",
    ['2001,"never closed', '2001,"never closed\nsecond line', "2001", '2001,"a"b,"c\n'],
)
def test_a_broken_row_does_not_swallow_the_next(broken):
    found = list(rows(f'date,text\n{broken}\n2002,"fine"\n2003,"also, fine"\n', RFC4180, starts=STARTS))
    assert [row.cells for row in found if not row.why] == [("date", "text"), ("2002", "fine"), ("2003", "also, fine")]
    assert [row.number for row in found if row.why] == [1]


def test_a_row_that_is_too_long_is_named_and_passed_over(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROW_CHARS", 100)
    long = '2001,"' + "word\n" * 50 + '"\n'
    found = list(rows(f"date,text\n{long}2002,fine\n", RFC4180, starts=STARTS))
    assert [row.cells for row in found if not row.why] == [("date", "text"), ("2002", "fine")]
    assert [row.why for row in found if row.why] == ["row larger than 100 characters"]


anything = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(anything, anything), max_size=5))
@settings(deadline=None)
def test_what_csv_wrote_comes_back(pairs):
    quoted = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in pair) + "\n" for pair in pairs)
    assert cells("a,b\n" + quoted)[1:] == pairs


@given(st.text(), st.sampled_from([RFC4180, BACKSLASH, table.TABS]))
@settings(deadline=None, max_examples=200)
def test_any_text_can_be_read_as_a_table(text, dialect):
    found = list(rows(text, dialect, starts=STARTS))
    assert len(found) <= len(text) + 1
