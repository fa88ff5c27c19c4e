"""What every source promises (core.protocols.Source), run over each by name, on exports that the tests build."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, get_args

import pytest
from exports import EXPORTS, SECRET, built, linkedin, unpacked, zipped
from fakes import reading
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.errors import BadSource, TwinError, UnknownSource
from twin.core.records import Authorship, Identity, Item, Kind, Skipped, SourceRef

KINDS = ["folder", "git", "linkedin", "mail", "medium", "slack", "substack", "telegram", "whatsapp", "x"]
PRIVATE = ["mail", "slack", "telegram", "whatsapp"]
LINKS = ["github", "paper", "site"]
"""Sources that read the web alone: their own tests hold what they promise."""
ZIPPED = ["linkedin", "medium", "substack", "x"]
CHATS = ["slack", "telegram", "whatsapp"]
WORDS = {
    "folder": "They shut – “mostly”.\n\nNot always.",
    "git": "# Doors\n\nThey shut. 0",
    "linkedin": 'He said "no" – twice 🚪',
    "mail": "They shut – mostly.\n\nNot always.",
    "medium": "They shut – mostly.\n\nNot “always”.",
    "slack": "They shut & @bob knows.",
    "substack": "He is a lift.\n\nHe is – fine.",
    "telegram": "They shut – mostly.",
    "whatsapp": "They shut – mostly.\nNot always.",
    "x": "They shut & stay – “mostly”.",
}


def found(kind: str, location: Path, cache: Path) -> list[Item | Skipped]:
    return list(sources.load(kind).read(str(location), reading(cache, messages=kind in PRIVATE)))


def test_these_are_all_the_sources() -> None:
    assert sources.names() == sorted([*KINDS, *LINKS])


@pytest.mark.parametrize("kind", KINDS)
def test_a_location_is_recognised_by_its_own_source_and_no_other(kind: str, tmp_path: Path) -> None:
    location = built(kind, tmp_path)
    assert sources.which(str(location)) == kind
    assert [other for other in KINDS if sources.load(other).recognises(str(location)) and other != "folder"] == (
        [kind] if kind != "folder" else []
    )


@pytest.mark.parametrize("kind", KINDS)
def test_two_readings_give_the_same_values_with_unique_keys(kind: str, tmp_path: Path) -> None:
    location = built(kind, tmp_path)
    first = found(kind, location, tmp_path / "cache")
    assert first == found(kind, location, tmp_path / "cache")
    assert all(isinstance(one, Item | Skipped) for one in first)
    assert len({one.key for one in first}) == len(first)
    assert all(one.reason for one in first if isinstance(one, Skipped))


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_has_its_words_verbatim_its_time_in_utc_and_its_payload(kind: str, tmp_path: Path) -> None:
    items = [one for one in found(kind, built(kind, tmp_path), tmp_path / "cache") if isinstance(one, Item)]
    assert WORDS[kind] in {item.text for item in items}
    assert any(item.published for item in items)
    for item in items:
        assert item.key and item.text.strip() and item.raw and item.place == kind
        assert item.kind in get_args(Kind) and item.authorship in get_args(Authorship)
        assert item.published is None or item.published.utcoffset() == timedelta(0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_others_are_in_no_item(kind: str, tmp_path: Path) -> None:
    read = found(kind, built(kind, tmp_path), tmp_path / "cache")
    assert not [one for one in read if SECRET in repr(one)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_owner_is_a_list_of_handles(kind: str, tmp_path: Path) -> None:
    owner = sources.load(kind).owner(str(built(kind, tmp_path)))
    assert isinstance(owner, list) and all(isinstance(handle, str) and handle.strip() for handle in owner)
    told = {
        "linkedin": "Ada Example",
        "medium": "https://medium.com/@ada",
        "substack": "ada.substack.com",
        "mail": "ada@example.org",
    }
    assert kind not in told or told[kind] in owner


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_of_somebody_else_is_not_read_as_ones_own(kind: str, tmp_path: Path) -> None:
    location = str(built(kind, tmp_path))
    owner = sources.load(kind).owner(location)
    ref = SourceRef("s1", kind, location, "mine", datetime.now(UTC), {})
    if kind in sources.OF_ONE and owner:
        with pytest.raises(BadSource, match="says that its owner is") as told:
            sources.must_be_of(Identity("Nobody Else"), ref)
        assert "--not-mine" in told.value.hint
    else:
        sources.must_be_of(Identity("Nobody Else"), ref)
    sources.must_be_of(Identity("Nobody Else", tuple(owner[:1])), ref)
    sources.must_be_of(Identity("Nobody Else"), replace(ref, consent="may use"))


@pytest.mark.parametrize("kind", ZIPPED)
@pytest.mark.parametrize("top", ["", "Complete_Export_01-12-2026/"])
def test_a_zip_is_read_like_the_folder_with_or_without_one_more_folder_around_it(
    kind: str, top: str, tmp_path: Path
) -> None:
    location = zipped(EXPORTS[kind](), tmp_path / "export.zip", top)
    assert sources.which(str(location)) == kind
    inside = found(kind, built(kind, tmp_path), tmp_path)
    assert [one for one in found(kind, location, tmp_path) if isinstance(one, Item)] == [
        one for one in inside if isinstance(one, Item)
    ]


@pytest.mark.parametrize("kind", ZIPPED)
def test_file_names_in_another_case_and_what_macos_adds_change_nothing(kind: str, tmp_path: Path) -> None:
    files = EXPORTS[kind]()
    plain = found(kind, zipped(files, tmp_path / "a.zip"), tmp_path)
    shouted = {name.upper(): content for name, content in files.items()} if kind == "linkedin" else dict(files)
    doubles: dict[str, str | bytes] = {f"__MACOSX/._{Path(name).name}": b"\x00\x05\x16\x07" for name in files}
    doubles |= {f"{Path(name).parent.as_posix()}/._{Path(name).name}": b"\x00\x05" for name in files if "/" in name}
    again = found(kind, zipped({**shouted, **doubles}, tmp_path / "b.zip"), tmp_path)
    assert [one.text for one in again if isinstance(one, Item)] == [one.text for one in plain if isinstance(one, Item)]


@pytest.mark.parametrize("kind", ZIPPED)
def test_files_with_the_words_or_data_of_others_are_never_opened(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    plain_open = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: Any, *rest: Any, **named: Any) -> IO[bytes]:
        opened.append(name if isinstance(name, str) else name.filename)
        return plain_open(self, name, *rest, **named)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    files = EXPORTS[kind]()
    location = zipped(files, tmp_path / "export.zip")
    opened.clear()  # writing it opened every file
    sources.which(str(location))
    sources.load(kind).owner(str(location))
    found(kind, location, tmp_path)
    closed = {name for name, content in files.items() if SECRET in str(content)}
    assert len(closed) == 3 and opened
    assert not closed & set(opened)


@pytest.mark.parametrize("location", ["ftp://example.org/ada", "git://github.com/a/b.git", "/no/such/place", ""])
def test_what_no_source_knows_is_an_unknown_source_that_says_what_to_do(location: str) -> None:
    with pytest.raises(UnknownSource) as bad:
        sources.which(location)
    assert bad.value.hint


def test_an_unknown_archive_is_answered_with_the_known_sources(tmp_path: Path) -> None:
    location = zipped({"diary.bin": "hi"}, tmp_path / "diary.zip")
    with pytest.raises(UnknownSource) as bad:
        sources.which(str(location))
    assert all(kind in bad.value.hint for kind in KINDS)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownSource, match="'myspace'") as bad:
        sources.load("myspace")
    assert all(kind in bad.value.hint for kind in KINDS)


def test_a_third_party_adds_a_source_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = "diary"

        @staticmethod
        def load() -> object:
            return sources.load("folder")

    monkeypatch.setattr(sources, "entry_points", lambda group: [Point] if group == "twin.sources" else [])
    assert sources.names() == sorted([*KINDS, *LINKS, "diary"])
    assert sources.load("diary").recognises(__file__.replace(".py", ".md")) is False


def test_an_export_inside_a_folder_of_downloads_is_found(tmp_path: Path) -> None:
    unpacked(linkedin(), tmp_path / "downloads" / "Complete_LinkedInDataExport_01-12-2026")
    assert sources.which(str(tmp_path / "downloads")) == "linkedin"


@pytest.mark.parametrize("kind", CHATS)
def test_private_messages_are_read_only_when_they_are_asked_for(kind: str, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="private messages") as bad:
        list(sources.load(kind).read(str(built(kind, tmp_path)), reading(tmp_path)))
    assert "--messages" in bad.value.hint


@pytest.mark.parametrize("kind", CHATS)
def test_a_chat_without_me_names_who_writes_in_it(kind: str, tmp_path: Path) -> None:
    export = built(kind, tmp_path)
    stranger = reading(tmp_path, Identity("Eve Nobody"), messages=True)
    if kind == "telegram":
        told = str(EXPORTS[kind]()["result.json"]).replace('"user_id": 7', '"user_id": 8')
        export.joinpath("result.json").write_text(told)
    with pytest.raises(BadSource, match="you do not write") as bad:
        list(sources.load(kind).read(str(export), stranger))
    assert "bob" in bad.value.message.lower() and "twin init --me" in bad.value.hint


@pytest.mark.parametrize("kind", CHATS)
def test_what_a_line_answers_stands_beside_it_and_others_are_counted(kind: str, tmp_path: Path) -> None:
    items = found(kind, built(kind, tmp_path), tmp_path)
    (own,) = [one for one in items if isinstance(one, Item)]
    assert own.quoted == "Do they shut?" and own.kind == "message"
    assert any(isinstance(one, Skipped) and "written by others (1 message)" in one.reason for one in items)


@pytest.mark.parametrize("kind", [*CHATS, "x"])
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_anything_in_it_is_read_or_refused(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    files = dict(EXPORTS[kind]())
    name = data.draw(st.sampled_from(sorted(files)))
    whole = str(files[name]).encode()
    cut, noise = data.draw(st.integers(0, len(whole))), data.draw(st.binary(max_size=40))
    files[name] = whole[:cut] + noise + whole[cut + data.draw(st.integers(0, 30)) :]
    location = unpacked(files, tmp_path / str(data.draw(st.integers(0, 1 << 62))))
    with suppress(TwinError):
        assert all(isinstance(one, Item | Skipped) for one in found(kind, location, tmp_path))


@pytest.mark.parametrize(
    ("handle", "name", "known"),
    [
        ("adaexample.substack.com", "Ada Example", True),
        ("https://medium.com/@ada.example", "Ada Example", True),
        ("ada-example", "Ada Example", True),
        ("adaexampleson.substack.com", "Ada Example", False),
        ("doors.substack.com", "Ada Example", False),
        ("bo.substack.com", "Bo", False),
    ],
)
def test_a_handle_that_is_the_name_run_together_is_its_owners(handle: str, name: str, known: bool) -> None:
    assert sources._named(Identity(name, ()), handle) is known


@pytest.mark.parametrize("kind", PRIVATE)
def test_what_is_read_only_when_asked_for_is_announced_so(kind: str, tmp_path: Path) -> None:
    location = str(built(kind, tmp_path))
    unasked = sources.load(kind).route(location, reading(tmp_path / "cache"))
    asked = sources.load(kind).route(location, reading(tmp_path / "cache", messages=True))
    assert "--messages" in unasked.better and asked.better == ""
    assert asked.taken.startswith(("your own", "the mails that you wrote")) and unasked.taken != asked.taken
