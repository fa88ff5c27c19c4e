"""What goes wrong with an export, and what the user is told: messages say what happened, hints what to do."""

from __future__ import annotations

import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from exports import EXPORTS, SHARES, linkedin, medium_post, repository, rfc4180, shares, unpacked, zipped
from fakes import reading
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.errors import BadSource, TwinError, UnknownSource
from twin.core.records import Item, Skipped

ZIPPED = ["linkedin", "medium", "substack"]
FOREIGN = ("Datum", "Beitrag")


def found(kind: str, location: Path) -> list[Item | Skipped]:
    with tempfile.TemporaryDirectory() as cache:
        return list(sources.load(kind).read(str(location), reading(Path(cache))))


def texts(kind: str, location: Path) -> list[str]:
    return [one.text for one in found(kind, location) if isinstance(one, Item)]


def skipped(kind: str, location: Path) -> dict[str, str]:
    return {one.key: one.reason for one in found(kind, location) if isinstance(one, Skipped)}


def _truncated(at: Path) -> Path:
    whole = zipped(linkedin(), at / "export.zip").read_bytes()
    (at / "export.zip").write_bytes(whole[: len(whole) // 2])
    return at / "export.zip"


def _no_archive(at: Path) -> Path:
    (at / "export.zip").write_text("<html>Sign in to download</html>")
    return at / "export.zip"


def _locked(at: Path) -> Path:
    data = bytearray(zipped(linkedin(), at / "export.zip").read_bytes())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = data.find(mark)
        while start >= 0:
            data[start + flags] |= 1
            start = data.find(mark, start + 4)
    (at / "export.zip").write_bytes(data)
    return at / "export.zip"


def _empty_folder(at: Path) -> Path:
    (at / "empty").mkdir()
    return at / "empty"


Case = tuple[str, Callable[[Path], Path], str, str]
CASES: dict[str, Case] = {
    "truncated": ("linkedin", _truncated, "cut off", "download"),
    "no archive": ("linkedin", _no_archive, "not a zip", "zip file that you were sent"),
    "locked": ("linkedin", _locked, "password", "unpack"),
    "nothing there": ("medium", lambda at: at / "gone.zip", "nothing is at", "check the path"),
    "no posts, LinkedIn": (
        "linkedin",
        lambda at: unpacked({"Profile.csv": "", "Connections.csv": ""}, at),
        "Basic archive holds no posts",
        "larger archive",
    ),
    "no posts, Medium": (
        "medium",
        lambda at: unpacked({"profile/profile.html": ""}, at),
        "holds no posts",
        "Download your information",
    ),
    "no posts, Substack": ("substack", lambda at: unpacked({"posts/1.a.html": ""}, at), "no posts.csv", "Exports"),
    "another language": (
        "linkedin",
        lambda at: unpacked({"Shares.csv": rfc4180(FOREIGN, [("2021-10-05 06:27:54", "Türen.")])}, at),
        "columns 'Datum, Beitrag'; expected were 'date, sharelink, sharecommentary",
        "language to English",
    ),
    "empty folder": ("folder", _empty_folder, "holds no texts", "folder that your texts are in"),
    "no commits": ("git", lambda at: repository(at / "r", commits=()), "no commits", "first commit"),
    "commits of others": ("git", lambda at: repository(at / "r", mail="bob@x.org"), r"bob@x\.org", "twin init --me"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_export_that_cannot_be_read_says_why_and_what_to_do(case: str, tmp_path: Path) -> None:
    kind, made, message, hint = CASES[case]
    with pytest.raises(BadSource, match=message) as bad:
        found(kind, made(tmp_path))
    assert hint in bad.value.hint


@pytest.mark.parametrize("made", [_truncated, _no_archive, _locked])
def test_adding_a_damaged_zip_says_that_it_is_damaged(made: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(BadSource) as bad:
        sources.which(str(made(tmp_path)))
    assert not isinstance(bad.value, UnknownSource)


# -- one bad thing among good ones ---------------------------------------------------------------------------------

BROKEN_ROWS = {
    "a quote that is never closed": '2021-10-05 06:27:55,https://x.org/1,"No end,"","",PUBLIC\n',
    "a quote in the middle": '2021-10-05 06:27:55,https://x.org/1,"Two" inches","","",PUBLIC\n',
    "one column only": "what is this\n",
    "too many columns": '2021-10-05 06:27:55,https://x.org/1,"A","","",PUBLIC,more,and more\n',
    "a NUL byte": '2021-10-05 06:27:55,https://x.org/1,"A\0B","","",PUBLIC\n',
    "bytes that are no text": b'2021-10-05 06:27:55,https://x.org/1,"A\xff\xfeB","","",PUBLIC\n',
    "a lone surrogate": b'2021-10-05 06:27:55,https://x.org/1,"A\xed\xa0\x80B","","",PUBLIC\n',
}


@pytest.mark.parametrize("row", BROKEN_ROWS)
def test_a_broken_row_is_skipped_and_the_rest_is_kept(row: str, tmp_path: Path) -> None:
    good = [f"Post {i} – “fine”.\n\nWith two parts, “é”." for i in range(6)]
    starts = b"\n2021-10-05 06:27:54"
    lines = shares(*good).encode().split(starts)
    bad = BROKEN_ROWS[row]
    lines[3] += b"\n" + (bad if isinstance(bad, bytes) else bad.encode()).rstrip(b"\n")
    location = unpacked({"Shares.csv": starts.join(lines)}, tmp_path)
    kept, left = texts("linkedin", location), skipped("linkedin", location)
    assert [text for text in kept if text not in good] == []
    assert len(kept) >= 5, "at most the broken row and the one that it runs into are lost"
    assert left and all(left.values())


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_of_100_mb_is_skipped_and_the_rest_is_kept(packed: bool, tmp_path: Path) -> None:
    big = ("2021-10-05 06:27:55", "https://x.org/1", "x" * 100_000_000, "", "", "PUBLIC")
    file = shares("Before.") + rfc4180([], [big]).lstrip("\n") + shares("After.", first=7 << 60).partition("\n")[2]
    place = (lambda files: zipped(files, tmp_path / "e.zip")) if packed else (lambda files: unpacked(files, tmp_path))
    location = place({"Shares.csv": file})
    del big, file
    began = time.monotonic()
    got = found("linkedin", location)
    assert [one.text for one in got if isinstance(one, Item)] == ["Before.", "After."]
    (reason,) = (one.reason for one in got if isinstance(one, Skipped))
    assert "larger than" in reason
    assert time.monotonic() - began < 60


def test_a_path_that_leaves_the_folder_is_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    outside = dict.fromkeys(("../posts/a.html", "/etc/a.html", "C:\\a.html", "x\\..\\..\\a.html"), "<p>out</p>")
    location = zipped({**EXPORTS["substack"](), **outside}, tmp_path / "export.zip")
    left = skipped("substack", location)
    assert len([reason for reason in left.values() if "leads out" in reason]) == 4
    assert "He is a lift.\n\nHe is – fine." in texts("substack", location)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["export.zip"]


def test_a_link_inside_an_archive_or_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    location = zipped(EXPORTS["medium"](), tmp_path / "export.zip")
    with zipfile.ZipFile(location, "a") as archive:
        link = zipfile.ZipInfo("posts/link.html")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, str(tmp_path / "secret.txt"))
    assert "symbolic link" in skipped("medium", location)["posts/link.html"]
    unpacked(EXPORTS["medium"](), tmp_path / "folder")
    (tmp_path / "folder" / "posts" / "2020-01-01_x-7c41d09be2ff.html").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path / "folder")
    assert not [one for one in found("medium", tmp_path / "folder") if "secret" in repr(getattr(one, "text", ""))]


@pytest.mark.parametrize("kind", ZIPPED)
def test_a_damaged_member_is_skipped_and_the_rest_is_kept(kind: str, tmp_path: Path) -> None:
    pages = [name for name in EXPORTS[kind]() if name.endswith(".html") and "profile" not in name]
    location = tmp_path / "export.zip"
    with zipfile.ZipFile(location, "w", zipfile.ZIP_STORED) as archive:
        for name, content in EXPORTS[kind]().items():
            archive.writestr(name, content)
    victim = next(name for name in pages if "draft" in name or "noise" in name or "Half" in name)
    with zipfile.ZipFile(location) as archive:
        at = archive.getinfo(victim).header_offset + 30 + len(victim.encode()) + 3
    data = bytearray(location.read_bytes())
    data[at] ^= 0xFF
    location.write_bytes(data)
    assert any("damaged" in reason for reason in skipped(kind, location).values())
    assert texts(kind, location)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    files = {**EXPORTS["medium"](), "posts/2020-01-01_bomb-7c41d09be2ff.html": b"<p>" + b"a" * 50_000_000}
    began = time.monotonic()
    got = found("medium", zipped(files, tmp_path / "export.zip"))
    assert any("larger than" in one.reason or "unpacks" in one.reason for one in got if isinstance(one, Skipped))
    assert len([one for one in got if isinstance(one, Item)]) == 3
    assert time.monotonic() - began < 10


def test_a_page_nested_without_end_does_not_crash(tmp_path: Path) -> None:
    deep = "<div><ul><li><blockquote>" * 20_000 + "text"
    location = unpacked({"posts/2020-01-01_deep-7c41d09be2ff.html": medium_post("Deep", deep)}, tmp_path)
    assert len(found("medium", location)) == 1


# -- anything at all -----------------------------------------------------------------------------------------------

HEADINGS = st.sampled_from([b"", ",".join(SHARES).encode() + b"\n", b"Date,Link,Message\n", "Datum\n".encode("utf-16")])
PLACES = {
    "linkedin": ("Shares.csv", "Comments.csv", "Articles/a.html", "Recommendations_Given.csv", "Profile.csv"),
    "medium": ("posts/2020-01-01_a-7c41d09be2ff.html", "profile/profile.html"),
    "substack": ("posts.csv", "posts/7.gerald.html"),
    "folder": ("a.md", "b.txt"),
}
PIECES = [
    *"<>/&;\"'= \n\0", "<p>", "</p>", "<pre>", "<br>", "<li>", "<ol start=x>", "<table><tr><td>", "<!--", "<![CDATA[",
    "<?xml ?>", "&#xD800;", "&#0;", "---\n", "title: *a\n", "+++\n", '{"', "text", "é", "🚪",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.data())
@settings(deadline=None, max_examples=120)
def test_no_bytes_crash_an_importer(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(PLACES)))
    files: dict[str, str | bytes] = dict(EXPORTS[kind]())
    for name in PLACES[kind]:
        body = data.draw(st.one_of(st.binary(max_size=300), MARKUP.map(lambda text: text.encode())), label=name)
        files[name] = (data.draw(HEADINGS) if name.endswith(".csv") else b"") + body
    with tempfile.TemporaryDirectory() as folder:
        location = unpacked(files, Path(folder))
        try:
            sources.load(kind).owner(str(location))
            for one in found(kind, location):
                assert isinstance(one, Item | Skipped)
                one.text.encode() if isinstance(one, Item) else one.reason.encode()
        except TwinError as told:
            assert told.message and told.hint


@given(st.binary(max_size=200), st.sampled_from(ZIPPED), st.integers(0, 3000))
@settings(deadline=None, max_examples=80)
def test_no_bytes_in_place_of_a_zip_crash_an_importer(noise: bytes, kind: str, at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        location = zipped(EXPORTS[kind](), Path(folder) / "export.zip")
        whole = location.read_bytes()
        at = min(at, len(whole))
        location.write_bytes(whole[:at] + noise + whole[at + len(noise) :] if at else noise)
        try:
            sources.which(str(location))
            assert all(isinstance(one, Item | Skipped) for one in found(kind, location))
        except TwinError as told:
            assert told.message and told.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    location = zipped(linkedin(), tmp_path / "export.zip")
    location.chmod(0)
    with pytest.raises(BadSource, match="cannot open") as bad:
        found("linkedin", location)
    assert "permission" in bad.value.hint


def test_a_zip_of_zips_says_what_to_do(tmp_path: Path) -> None:
    zipped(linkedin(), tmp_path / "inner.zip")
    outer = zipped({"Complete.zip": (tmp_path / "inner.zip").read_bytes()}, tmp_path / "outer.zip")
    with pytest.raises(UnknownSource, match="holds other zip files") as bad:
        sources.which(str(outer))
    assert "unpack it once" in bad.value.hint
