"""What LinkedIn's archive does to words, undone: the quirk, the two dialects, 2018, other languages, articles."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import COMMENTS, SHARES, comments, linkedin_article, quirked, rfc4180, shares, unpacked
from fakes import reading
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources import linkedin, which

URN = "https://www.linkedin.com/feed/update/urn%3Ali%3A"
WRITTEN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")).filter(str.strip)
"""Whatever a person may have typed."""


def found(files: dict[str, str | bytes]) -> list[Item | Skipped]:
    with tempfile.TemporaryDirectory() as folder:
        return list(linkedin.read(str(unpacked(files, Path(folder))), reading(Path(folder))))


def items(files: dict[str, str | bytes]) -> list[Item]:
    return [one for one in found(files) if isinstance(one, Item)]


def reasons(files: dict[str, str | bytes]) -> list[str]:
    return [one.reason for one in found(files) if isinstance(one, Skipped)]


@given(st.lists(WRITTEN, min_size=1, max_size=5))
@example(['"', '""', 'He said "a"\n"b" said she'])
@example(["a\n\n\nb\n", "\nfirst", '"\n"'])
@example(["2021-10-05 06:27:54,https://www.linkedin.com/feed/update/1,\n2021-10-05 06:27:54,https://x.org/,x"])
@example(["a,b\tc;d", "\\n is no line break", "x\r\ny\rz\x0b\x85\u2028w"])
@settings(deadline=None, max_examples=150)
def test_any_shares_are_read_back_exactly(texts: list[str]) -> None:
    assert [item.text for item in items({"Shares.csv": shares(*texts)})] == texts


@given(st.lists(WRITTEN, min_size=1, max_size=5))
@example(['"', "\\", '\\"', "ends in a backslash \\", "C:\\new\\table"])
@example(['She said "yes".\n\n"No," he said.', '""'])
@settings(deadline=None, max_examples=150)
def test_any_comments_are_read_back_exactly(texts: list[str]) -> None:
    assert [item.text for item in items({"Comments.csv": comments(*texts)})] == texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_any_encoding_of_the_exports_is_read(encoding: str) -> None:
    text = "Café – “quoted”.\nSecond line…"
    assert [item.text for item in items({"Shares.csv": shares(text).encode(encoding)})] == [text]


def test_a_share_has_the_urn_number_the_date_and_its_row() -> None:
    row = ("2021-10-05 06:27:54", f"{URN}share%3A6851040221136609280", "Doors.", "https://lnkd.in/x", "", "PUBLIC")
    (item,) = items({"Shares_17529409.csv": rfc4180(SHARES, [row])})
    assert (item.key, item.kind, item.url) == ("6851040221136609280", "post", row[1])
    assert item.published == datetime(2021, 10, 5, 6, 27, 54, tzinfo=UTC)
    assert item.raw_type == "application/json"
    assert json.loads(item.raw) == dict(zip(SHARES, row, strict=True))


@pytest.mark.parametrize("date", ["", "NA", "2026-02-30 10:00:00", "sometime later"])
def test_a_share_without_a_date_takes_the_time_in_its_id(date: str) -> None:
    (item,) = items({"Shares.csv": shares("Doors.", date=date)})
    assert item.published is not None
    assert item.published.replace(microsecond=0) == datetime(2021, 10, 5, 6, 27, 54, tzinfo=UTC)


def test_an_id_of_2010_holds_no_time() -> None:
    row = ("", f"{URN}share%3A123456789", "Doors.", "", "", "PUBLIC")
    (item,) = items({"Shares.csv": rfc4180(SHARES, [row])})
    assert item.published is None


def test_the_same_words_in_three_groups_are_three_items() -> None:
    rows = [("2012-10-05 06:27:54", f"{URN}groupPost%3A77-{n}", "Hello.", "", "", "PUBLIC") for n in (11, 12, 13)]
    three = items({"Shares.csv": rfc4180(SHARES, rows)})
    assert [item.text for item in three] == ["Hello."] * 3 and len({item.key for item in three}) == 3


def test_a_reshare_without_words_is_skipped_with_its_reason() -> None:
    assert reasons({"Shares.csv": shares("", " \n ", "Doors.")}) == ["a reshare without words of your own"] * 2


def test_the_archive_of_2018_is_read() -> None:
    heading = "Date Share_Title Share_Description Share_Link Share_Commentary Shared_URL Media_URL Type Visibility"
    names = "\t".join(f'"{name.replace("_", " ")}"' for name in heading.split())
    link = f"{URN}share%3A6278500000000000000"
    cells = (
        "2017/06/08 08:15:44 UTC",
        "Their title",
        "Their blurb",
        link,
        'My ""words"" – mine.',
        "",
        "",
        "ARTICLE",
        "X",
    )
    row = "\t".join(f'"{cell}"' for cell in cells)
    (item,) = items({"Shares.csv": f"{names}\n {row}\n {row.replace('6278', '6279')}\n".encode("utf-16")})[:1]
    assert (item.text, item.published) == ('My "words" – mine.', datetime(2017, 6, 8, 8, 15, 44, tzinfo=UTC))
    assert "Their" not in item.text


def test_headings_in_another_language_are_read_by_position_when_the_first_column_is_a_date() -> None:
    rows = [("2021-10-05 06:27:54", f"{URN}share%3A6851040221136609280", quirked("Türen.\n\nNur Türen."), "", "", "X")]
    german = ("Datum", "Link zum Beitrag", "Kommentar", "Geteilte URL", "Medien-URL", "Sichtbarkeit")
    assert [item.text for item in items({"Shares.csv": rfc4180(german, rows)})] == ["Türen.\n\nNur Türen."]


def test_a_comment_keeps_the_name_it_answers_and_is_a_reply_only_where_that_is_plain() -> None:
    said = ("Bob Builder Thanks for the door.", "Great Doors are rare.", "Fair.")
    kinds = {item.text: item.kind for item in items({"Comments.csv": comments(*said)})}
    assert kinds == {said[0]: "reply", said[1]: "comment", said[2]: "comment"}


def test_two_comments_on_one_post_are_two_items() -> None:
    link = f"{URN}activity%3A7344186464080941056"
    rows = [("2025-06-27 09:04:13", link, "One."), ("2025-06-27 09:05:13", link, "Two."), ("", link, "No date.")]
    got = items({"Comments.csv": rfc4180(COMMENTS, rows)})
    assert [item.text for item in got] == ["One.", "Two.", "No date."]
    assert len({item.key for item in got}) == 3 and got[2].published is None


def test_a_published_article_has_its_title_address_and_time() -> None:
    body = (
        "<h2>Why</h2><p>They <strong>shut</strong>,<br>mostly. See <a href='https://x.org/a'>this</a>.</p>"
        "<ul><li>brush</li><li>rail</li></ul><blockquote>Doors are easy. – Bob</blockquote><p>Not so.</p>"
    )
    (item,) = items({"Articles/doors.html": linkedin_article("Doors", body)})
    assert item.text == "## Why\n\nThey shut,\nmostly. See this.\n\n- brush\n- rail\n\nNot so."
    assert item.quoted == "Doors are easy. – Bob"
    assert (item.kind, item.title, item.url) == ("article", "Doors", "https://www.linkedin.com/pulse/doors")
    assert (item.published, item.draft) == (datetime(2019, 11, 28, 10, 49, tzinfo=UTC), False)


def test_an_article_that_was_never_published_is_a_draft() -> None:
    page = linkedin_article("Half", "<p>Half a thought.</p>", "Published on ---")
    (item,) = items({"Articles/Articles/2019-12-01 08:00:00.0-Half.html": page})
    assert (item.draft, item.published, item.text) == (True, None, "Half a thought.")


def test_a_recommendation_you_gave_is_yours_and_of_kind_other() -> None:
    heading = ("First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status")
    row = ("Bob", "Builder", "Vans", "Driver", "He arrives.", "22 Mar 2019", "VISIBLE")
    got = items({"Comments.csv": comments("Fair."), "Recommendations_Given.csv": rfc4180(heading, [row])})
    (item,) = (item for item in got if item.kind == "other")
    assert (item.text, item.published) == ("He arrives.", datetime(2019, 3, 22, tzinfo=UTC))


def test_the_basic_archive_is_recognised_and_says_what_to_ask_for(tmp_path: Path) -> None:
    basic = unpacked({"Profile.csv": "First Name\nAda\n", "Connections.csv": "", "messages.csv": "CONTENT\n"}, tmp_path)
    assert which(str(basic)) == "linkedin"
    with pytest.raises(BadSource, match="Basic archive holds no posts") as bad:
        list(linkedin.read(str(basic), reading(tmp_path)))
    way = linkedin.route(str(basic), reading(tmp_path))
    assert "holds no posts" in way.taken and "larger archive" in way.better
    assert "larger" in bad.value.hint and "about a day" in bad.value.hint
