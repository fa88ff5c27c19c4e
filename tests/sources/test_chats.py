"""Chats: dates in any order, system notes and pictures left out, channels told from private talk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from exports import telegram
from fakes import reading

from twin.core.records import Item, Skipped
from twin.sources import slack, which
from twin.sources import telegram as telegram_source
from twin.sources import whatsapp as whatsapp_source


def chat(tmp_path: Path, *lines: str, zone: str = "UTC") -> list[Item | Skipped]:
    (tmp_path / "WhatsApp Chat with Bob.txt").write_text("\n".join(lines), "utf-8")
    location = str(tmp_path / "WhatsApp Chat with Bob.txt")
    return list(whatsapp_source.read(location, reading(tmp_path, messages=True, zone=ZoneInfo(zone))))


def times(found: list[Item | Skipped]) -> list[datetime | None]:
    return [one.published for one in found if isinstance(one, Item)]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("[13.06.18, 21:25:15] Ada Example: They shut.", datetime(2018, 6, 13, 21, 25, 15)),
        ("[06.13.18 21:25:15] Ada Example: They shut.", datetime(2018, 6, 13, 21, 25, 15)),
        ("6/13/18, 9:25 PM - Ada Example: They shut.", datetime(2018, 6, 13, 21, 25)),
        ("13/06/2018, 21:25 - Ada Example: They shut.", datetime(2018, 6, 13, 21, 25)),
        ("13/6/18, 9:25 p. m. - Ada Example: They shut.", datetime(2018, 6, 13, 21, 25)),
        ("13.6.2018 klo 21.25 - Ada Example: They shut.", datetime(2018, 6, 13, 21, 25)),
        ("[2018/06/13, 21:25:15] Ada Example: They shut.", datetime(2018, 6, 13, 21, 25, 15)),
        ("\u200e[13/06/18, 9:25:15\u202fPM] Ada Example: They shut.", datetime(2018, 6, 13, 21, 25, 15)),
        ("13. 6. 2018. 21:25:15 Ada Example: They shut.", datetime(2018, 6, 13, 21, 25, 15)),
    ],
)
def test_a_date_is_read_in_the_order_of_its_country(tmp_path: Path, line: str, day: datetime) -> None:
    found = chat(tmp_path, line, line.replace("They shut.", "Again."))
    assert times(found) == [day.replace(tzinfo=UTC)] * 2
    assert [one.text for one in found if isinstance(one, Item)] == ["They shut.", "Again."]


def test_the_order_is_decided_over_the_whole_file_and_by_what_goes_forward(tmp_path: Path) -> None:
    lines = [f"{day}/2/24, 10:00 - Ada Example: Day {day}." for day in (3, 4, 13)]
    assert times(chat(tmp_path, *lines))[0] == datetime(2024, 2, 3, 10, tzinfo=UTC)
    forward = [f"2/{day}/24, 10:00 - Ada Example: Day {day}." for day in (3, 4, 5)] + [
        "3/1/24, 10:00 - Ada Example: On."
    ]
    assert times(chat(tmp_path, *forward))[3] == datetime(2024, 3, 1, 10, tzinfo=UTC)


def test_a_clock_is_that_of_the_zone_that_the_user_named(tmp_path: Path) -> None:
    found = chat(tmp_path, "[13.06.18, 21:25:15] Ada Example: They shut.", zone="Europe/Berlin")
    assert times(found) == [datetime(2018, 6, 13, 19, 25, 15, tzinfo=UTC)]


def test_notes_pictures_and_deleted_messages_are_counted_and_not_read(tmp_path: Path) -> None:
    start = "[13.06.18, 21:25:15]"
    found = chat(
        tmp_path,
        f"{start} Bob created group “Doors”",
        f"{start} Ada Example: <Media omitted>",
        f"{start} Ada Example: IMG-1.jpg (file attached)",
        f"{start} Ada Example: You deleted this message.",
        f"{start} Ada Example: They shut. <This message was edited>",
        f"{start} Ada Example: They shut. <This message was edited>",
    )
    assert [one.text for one in found if isinstance(one, Item)] == ["They shut.", "They shut."]
    reasons = {one.reason for one in found if isinstance(one, Skipped)}
    assert reasons == {"a note of WhatsApp's (1 messages)", "a picture or file (2 messages)", "deleted (1 messages)"}


def test_a_plain_text_is_no_chat(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("On 13.06.18 we shut doors.\nAda: said I.\n")
    assert which(str(tmp_path / "notes.txt")) == "folder"


def test_posts_of_my_own_channel_need_no_leave_and_private_talk_does(tmp_path: Path) -> None:
    whole = json.loads(str(telegram()["result.json"]))
    said = {"id": 1, "type": "message", "date_unixtime": "1714989600", "from": "Doors", "from_id": "channel3"}
    entities = [
        {"type": "plain", "text": "They shut, "},
        {"type": "bold", "text": "mostly"},
        {"type": "plain", "text": "."},
    ]
    channel = {
        "name": "Ada Example",
        "type": "public_channel",
        "id": 3,
        "messages": [{**said, "text_entities": entities}],
    }
    whole["chats"]["list"].append(channel)
    (tmp_path / "result.json").write_text(json.dumps(whole))
    assert which(str(tmp_path / "result.json")) == "telegram"
    (post,) = telegram_source.read(str(tmp_path / "result.json"), reading(tmp_path))
    assert isinstance(post, Item) and (post.kind, post.text) == ("post", "They shut, mostly.")
    everything = list(telegram_source.read(str(tmp_path / "result.json"), reading(tmp_path, messages=True)))
    assert {one.kind for one in everything if isinstance(one, Item)} == {"post", "message"}


def test_slacks_markup_is_undone(tmp_path: Path) -> None:
    people = {"U2": {"name": "bob"}}
    typed = "Hi <@U2>, see <#C1|doors> &lt;now&gt; <!here> <mailto:a@b.example|a@b.example> <https://x.example>"
    assert slack._typed(typed, people) == "Hi @bob, see #doors <now> @here a@b.example https://x.example"
