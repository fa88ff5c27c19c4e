"""What a user says of where to look is understood, or refused with what could be said instead."""

from datetime import UTC, datetime

import pytest
from written import written

from twin.core.errors import BadRequest
from twin.core.protocols import Where
from twin.inference.material.narrow import nothing_there, where_of


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2024", "2024", "2024-01-01", "2024-12-31"),
        ("2024-05", "2024-05", "2024-05-01", "2024-05-31"),
        ("2024-05-06", "2024-05-06", "2024-05-06", "2024-05-06"),
        ("", "", "", ""),
    ],
)
def test_a_year_and_a_month_are_taken_whole(since: str, until: str, first: str, last: str) -> None:
    assert where_of(since=since, until=until) == Where(since=first, until=last)


@pytest.mark.parametrize("day", ["yesterday", "06.05.2024", "2024-13", "2024-05-32", "24", "2024-5-6", "2024'--"])
def test_what_is_no_day_is_refused_with_how_to_write_one(day: str) -> None:
    with pytest.raises(BadRequest) as bad:
        where_of(since=day)
    assert repr(day) in bad.value.message and "2024-05-06" in bad.value.hint


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadRequest, match="since 2025 and until 2024"):
        where_of(since="2025", until="2024")


def test_a_kind_that_there_is_not_gets_the_nearest_one() -> None:
    with pytest.raises(BadRequest) as bad:
        where_of(kinds=["articel"])
    assert bad.value.hint.startswith("did you mean article?")
    assert where_of(kinds=["post", "article"]).kinds == {"post", "article"}


def test_a_place_where_nothing_stands_is_said_with_those_where_something_does() -> None:
    texts = [written("a", "post", "linkedin", datetime(2024, 5, 6, tzinfo=UTC)), written("b", "article", "medium")]
    bad = nothing_there(texts, where_of(kinds=["article"], places=["linkedin"], since="2024"))
    assert bad and bad.message == "no text of yours is of kind article, from linkedin, since 2024-01-01"
    assert "1 × post from linkedin" in bad.hint and "1 × article from medium" in bad.hint
    assert nothing_there(texts, where_of(places=["medium"])) is None
    assert nothing_there(texts, where_of(since="2024-05-06", until="2024-05-06")) is None
    undated = nothing_there(texts, where_of(places=["medium"], until="2024"))
    assert undated and "until 2024-12-31" in undated.message
