"""Chats: dates in any order, system notes and pictures left out, channels told from private talk."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from exports import telegram, unpacked, zipped
from fakes import reading

from twin import sources
from twin.core.errors import BadSource
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
    assert reasons == {"a note of WhatsApp's (1 message)", "a picture or file (2 messages)", "deleted (1 message)"}


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


ADA = "Ada Example"


def texts(found: list[Item | Skipped]) -> list[str]:
    return [one.text for one in found if isinstance(one, Item)]


def test_a_dated_line_inside_a_message_belongs_to_it(tmp_path: Path) -> None:
    found = chat(
        tmp_path,
        f"[04.01.18, 11:55:47] {ADA}: My plan:",
        "2/11/19, 14:48 at the door",
        "[1.9.2019, 00:00:00] Bob: said no",
        "[04.01.18, 11:56:47] Bob: fine",
    )
    assert texts(found) == ["My plan:\n2/11/19, 14:48 at the door\n[1.9.2019, 00:00:00] Bob: said no"]


def test_one_odd_date_does_not_turn_the_order_of_a_file(tmp_path: Path) -> None:
    lines = [f"02/{day}/20, 10:00 - {ADA}: Day {day}." for day in ("03", "14", "15")]
    found = chat(tmp_path, lines[0], "13/05/20, 10:00 - quoted: a line that looks like one", *lines[1:])
    assert [when.day if when else None for when in times(found)] == [3, 14, 15]


def test_what_whatsapp_writes_beside_my_words_is_taken_off(tmp_path: Path) -> None:
    start = f"[13.06.18, 21:25:15] {ADA}:"
    found = chat(
        tmp_path,
        f"{start} \u200ePOLL:\nWhen?\n\u200eOPTION: Now (1 vote)",
        f"{start} \u200eMissed voice call",
        f"{start} See this \u200e<attached: 00000001-PHOTO-2018.jpg>",
        f"{start} IMG-20210428-WA0001.jpg (file attached)\nThe door I meant.",
        f"{start} <Mídia oculta>",
        f"{start} Eliminaste este mensaje",
        f"{start} \u05e9\u200f!\u200e abc",
    )
    assert texts(found) == ["See this", "The door I meant.", "\u05e9\u200f!\u200e abc"]


def test_an_afternoon_is_told_in_chinese_too(tmp_path: Path) -> None:
    found = chat(tmp_path, f"2018/1/14 下午9:25 - {ADA}: They shut.", f"2018/1/14 上午12:25 - {ADA}: Again.")
    assert [when.hour if when else None for when in times(found)] == [21, 0]


def test_two_chats_of_the_same_words_are_two(tmp_path: Path) -> None:
    files = {f"WhatsApp Chat with {name}.txt": f"13/06/18, 21:25 - {ADA}: Yes." for name in ("Bob", "Eve")}
    found = list(whatsapp_source.read(str(unpacked(files, tmp_path / "a")), reading(tmp_path, messages=True)))
    assert texts(found) == ["Yes.", "Yes."]


def test_the_one_after_whom_a_chat_is_not_named_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(BadSource) as bad:
        chat(tmp_path, "13/06/18, 21:25 - Bob: a", "13/06/18, 21:26 - Bob: b", "13/06/18, 21:27 - Ada Other: c")
    assert "'Ada Other'" in bad.value.hint


@pytest.mark.parametrize("name", ["WhatsApp-Chat mit Bob.txt", "Chat de WhatsApp con Bob.txt", "_chat 2.txt"])
def test_a_chat_is_known_by_its_name_in_any_language(name: str, tmp_path: Path) -> None:
    assert which(str(zipped({name: f"13/06/18, 21:25 - {ADA}: Yes."}, tmp_path / "a.zip"))) == "whatsapp"


def test_a_diary_is_no_chat(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("2024-01-05 10:00 - woke up: late\n2024-01-06 11:00 - again: late")
    assert which(str(tmp_path / "diary.txt")) == "folder"


@pytest.mark.parametrize("text", ["a" + " " * 300_000 + "b", "a\n" * 300_000, "<" * 300_000, "a: " * 100_000])
def test_a_message_without_end_takes_no_time(text: str, tmp_path: Path) -> None:
    began = time.monotonic()
    assert len(texts(chat(tmp_path, f"13/06/18, 21:25 - {ADA}: {text}"))) == 1
    assert time.monotonic() - began < 20


# -- Telegram --------------------------------------------------------------------------------------------------------


def said(number: int, text: str, who: str = ADA, **more: Any) -> dict[str, Any]:
    made = {"id": number, "type": "message", "date_unixtime": "1714989600", "from": who, "from_id": f"user{len(who)}"}
    return {**made, "text": text, **more}


def telegram_chat(tmp_path: Path, *messages: dict[str, Any] | bytes, **options: Any) -> list[Item | Skipped]:
    whole = json.dumps({"name": "Bob", "type": "personal_chat", "id": 9, "messages": ["@"]}).encode()
    rows = b",".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages)
    (tmp_path / "result.json").write_bytes(whole.replace(b'"@"', rows))
    assert which(str(tmp_path)) == "telegram"
    return list(telegram_source.read(str(tmp_path), reading(tmp_path, messages=True, **options)))


def test_what_was_forwarded_from_an_account_that_is_gone_is_not_mine(tmp_path: Path) -> None:
    found = telegram_chat(
        tmp_path, said(1, "Theirs.", forwarded_from=None), said(2, "Kept.", saved_from="Eve"), said(3, "Mine.")
    )
    assert texts(found) == ["Mine."]


def test_a_quotation_in_a_message_stands_beside_it(tmp_path: Path) -> None:
    entities = [{"type": "blockquote", "text": "Do they?"}, {"type": "plain", "text": "\nThey do."}]
    only = [{"type": "blockquote", "text": "Do they?"}]
    (one, _) = telegram_chat(tmp_path, said(1, "", text_entities=entities), said(2, "", text_entities=only))
    assert isinstance(one, Item) and (one.text, one.quoted) == ("They do.", "Do they?")


def test_the_line_that_is_answered_stands_beside_and_my_own_does_not(tmp_path: Path) -> None:
    found = telegram_chat(
        tmp_path,
        said(1, "Do they?", "Bob"),
        said(2, "And that?", "Bob"),
        said(3, "They do.", reply_to_message_id=1),
        said(4, "And more.", reply_to_message_id=3),
    )
    assert [one.quoted for one in found if isinstance(one, Item)] == ["Do they?", ""]


def test_a_line_of_another_chat_is_no_context(tmp_path: Path) -> None:
    chats = [
        {"name": name, "type": "personal_chat", "id": number, "messages": [said(1, text, who)]}
        for number, (name, text, who) in enumerate([("Bob", "Do they?", "Bob"), ("Eve", "Hello.", ADA)])
    ]
    whole = {"about": "", "personal_information": {"user_id": len(ADA)}, "chats": {"list": chats}}
    (tmp_path / "result.json").write_text(json.dumps(whole))
    (own, _) = telegram_source.read(str(tmp_path), reading(tmp_path, messages=True))
    assert isinstance(own, Item) and (own.text, own.quoted, own.visibility) == ("Hello.", "", "private")


def test_an_old_export_has_local_times_only(tmp_path: Path) -> None:
    old = said(1, "They shut.", date="2020-07-01T12:00:00")
    del old["date_unixtime"]
    assert times(telegram_chat(tmp_path, old, zone=ZoneInfo("Europe/Berlin"))) == [datetime(2020, 7, 1, 10, tzinfo=UTC)]


BROKEN = {
    "a byte that is no text": json.dumps(said(2, "@")).encode().replace(b"@", b"\xff"),
    "half an emoji": json.dumps(said(2, "\ud83d")).encode(),
    "a number of 6,000 digits": json.dumps(said(2, "x")).encode().replace(b'"id": 2', b'"id": ' + b"2" * 6000),
    "no end of lists": json.dumps(said(2, "x")).encode().replace(b'"x"', b"[" * 50_000 + b"]" * 50_000),
    "no message": b"[1, 2]",
    "a word": b"undefined",
    "an escape that is none": json.dumps(said(2, "@")).encode().replace(b"@", rb"\q"),
    "three million characters": json.dumps(said(2, "x" * 3_000_000)).encode(),
}


@pytest.mark.parametrize("case", BROKEN)
def test_messages_around_a_broken_one_are_kept(case: str, tmp_path: Path) -> None:
    found = telegram_chat(tmp_path, said(1, "One."), BROKEN[case], said(3, "Three."))
    assert texts(found) == ["One.", "Three."]
    assert len(found) == 3


def test_json_of_others_is_no_chat(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{"messages": [], "kind": "tech_support_chat"}')
    assert not telegram_source.recognises(str(tmp_path / "r.json"))


# -- Slack -----------------------------------------------------------------------------------------------------------

PEOPLE = [
    {"id": "U1", "name": "ada", "real_name": ADA, "profile": {"email": "ada@example.org"}},
    {"id": "U2", "name": "bob", "real_name": "Bob Builder", "profile": {"display_name": "bobby"}},
]


def workspace(
    tmp_path: Path, days: dict[str, list[dict[str, Any]] | str], people: list[dict[str, Any]] = PEOPLE
) -> list[Item | Skipped]:
    channels = [{"id": "C1", "name": "doors"}, {"id": "C2", "name": "gates"}]
    files: dict[str, str | bytes] = {"users.json": json.dumps(people), "channels.json": json.dumps(channels)}
    files |= {f"{name}.json": day if isinstance(day, str) else json.dumps(day) for name, day in days.items()}
    return list(slack.read(str(unpacked(files, tmp_path / "slack")), reading(tmp_path, messages=True)))


def slack_message(second: int, text: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": f"17149896{second:02}.000100", **more}


def test_slacks_markup_is_undone(tmp_path: Path) -> None:
    typed = {
        "Hi <@U2>, see <#C1|doors> &lt;now&gt; <!here>": "Hi @bobby, see #doors <now> @here",
        "<mailto:a@b.example|a@b.example> <https://x.example>": "a@b.example https://x.example",
        "<http://x.example|x.example> <https://x.example|the door>": "x.example the door",
        "<tel:28919.8|28919.8> <#C2> <!subteam^S1|@ops> &amp;lt;": "28919.8 #gates @ops &lt;",
    }
    found = workspace(tmp_path, {"doors/2024-05-06": [slack_message(i, text) for i, text in enumerate(typed)]})
    assert texts(found) == list(typed.values())


def test_quoted_lines_are_not_my_words_and_code_is(tmp_path: Path) -> None:
    day = [slack_message(1, "&gt; Do they?\nThey do."), slack_message(2, "```\n&gt; a\n```"), slack_message(3, "&gt;b")]
    found = workspace(tmp_path, {"doors/2024-05-06": day})
    assert texts(found) == ["They do.", "```\n> a\n```"]
    assert isinstance(found[0], Item) and found[0].quoted == "Do they?"


def test_an_answer_in_a_thread_has_what_the_thread_began_with_beside_it(tmp_path: Path) -> None:
    first = slack_message(1, "Do they?", "U2", thread_ts="1714989601.000100")
    answer = slack_message(3, "They do.", thread_ts="1714989601.000100")
    days = {
        "doors/2024-05-06": [first, slack_message(2, "Else.", "U2")],
        "doors/2024-05-07": [answer],
        "gates/2024-05-06": [slack_message(4, "Hello.")],
    }
    own = [one for one in workspace(tmp_path, days) if isinstance(one, Item)]  # type: ignore[arg-type]
    assert [(one.key, one.kind, one.quoted) for one in own] == [
        ("C1-1714989603.000100", "reply", "Do they?"),
        ("C2-1714989604.000100", "message", ""),
    ]


def test_a_day_that_is_damaged_is_told(tmp_path: Path) -> None:
    bad = json.dumps([slack_message(2, "Two."), slack_message(3, "Three.")]).replace("Two", "\\q")
    days: dict[str, Any] = {"doors/2024-05-06": [slack_message(1, "One.")], "doors/2024-05-07": bad}
    found = workspace(tmp_path, {**days, "doors/2024-05-08": '[{"type":'})
    assert texts(found) == ["One.", "Three."]
    assert [one.key for one in found if isinstance(one, Skipped)] == [
        "doors/2024-05-07.json message 1",
        "doors/2024-05-08.json",
    ]


def test_of_two_members_of_my_name_neither_is_taken_for_me(tmp_path: Path) -> None:
    twins = [{"id": f"U{number}", "name": f"a{number}", "real_name": ADA} for number in (1, 2)]
    with pytest.raises(BadSource, match="2 members of your name") as bad:
        workspace(tmp_path, {"doors/2024-05-06": [slack_message(1, "One.")]}, twins)
    assert "twin init --me 'U1'" in bad.value.hint
    sure = [*PEOPLE, {"id": "U3", "name": "a3", "real_name": ADA}]
    day = [slack_message(1, "Mine."), slack_message(2, "Hers.", "U3")]
    assert texts(workspace(tmp_path, {"doors/2024-05-06": day}, sure)) == ["Mine."]


def test_what_others_attached_is_in_no_payload(tmp_path: Path) -> None:
    linked = slack_message(1, "See.", attachments=[{"text": "their words"}], reactions=[{"users": ["U2"]}])
    (one,) = workspace(tmp_path, {"doors/2024-05-06": [linked]})
    assert isinstance(one, Item) and "their" not in one.raw and "See." in one.raw


def test_a_chat_under_any_name_is_no_note_of_mine(tmp_path: Path) -> None:
    chat = "[01/02/2024, 10:00:00] Ada: hello there\n[01/02/2024, 10:01:00] Bob: secret of Bob\n"
    (tmp_path / "wa.txt").write_text(chat, "utf-8")
    assert sources.which(str(tmp_path / "wa.txt")) == "whatsapp"
    (found,) = sources.load("folder").read(str(tmp_path), reading(tmp_path / "cache"))
    assert isinstance(found, Skipped)
    assert "a chat" in found.reason


def test_a_diary_with_times_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("01/02/2024, 10:00 - I woke late.\n02/02/2024, 09:00 - I wept.\n", "utf-8")
    assert sources.which(str(tmp_path / "diary.txt")) == "folder"
