"""The walls of an archive: bounds, encodings, names, and keys that stay unique."""

import pytest
from exports import unpacked, zipped

from twin.core.errors import UnknownSource
from twin.core.records import Item, Skipped
from twin.sources import archive, which
from twin.sources.archive import decoded, each_once, moment, open_archive


def test_an_entry_beyond_the_bounds_is_named(tmp_path, monkeypatch):
    location = str(unpacked({"a.txt": "word " * 100, "b.txt": "word " * 100}, tmp_path / "export"))
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 700)
    with open_archive(location) as opened:
        opened.left_bytes = 700
        assert opened.text("a.txt", limit=499) == Skipped("a.txt", "larger than 499 bytes")
        assert opened.text("a.txt") == "word " * 100
        assert opened.text("b.txt") == Skipped("b.txt", "the texts of this archive are larger than 700 bytes in all")


def test_an_entry_that_unpacks_to_many_times_its_size_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FLOOR_BYTES", 1000)
    with open_archive(str(zipped({"a.txt": "x" * 1_000_000, "b.txt": "x" * 900}, tmp_path / "export.zip"))) as opened:
        assert opened.text("a.txt") == Skipped("a.txt", "unpacks to more than 200 times its size")
        assert opened.text("b.txt") == "x" * 900


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é – 🙂".encode(), "é – 🙂"),
        ("é – 🙂".encode("utf-8-sig"), "é – 🙂"),
        ("é – 🙂".encode("utf-16"), "é – 🙂"),
        (b"\xfe\xff" + "é – 🙂".encode("utf-16-be"), "é – 🙂"),
        ("é – ’quoted’".encode("cp1252"), "é – ’quoted’"),
        ("éé – ".encode() + b"\xff", "éé – \udcff"),
        (b"\xff\xfea", ""),
        (b"", ""),
    ],
)
def test_bytes_are_decoded_by_bom_then_utf_8_then_cp1252(data, text):
    assert decoded(data) == text


def test_a_key_is_given_once():
    one, other = Item("1", "post", "here", "One."), Item("1", "post", "here", "Other.")
    found = list(each_once([one, one, other, other, Skipped("1", "bad"), one]))
    assert found[0] == one
    assert [type(each) for each in found] == [Item, Skipped, Item, Skipped, Skipped, Skipped]
    assert found[2].text == "Other."
    assert len({each.key for each in found}) == len(found)


@pytest.mark.parametrize("value", ["", "yesterday", "2024-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_date_is_none(value):
    assert moment(value) is None


def test_a_date_of_another_zone_is_told_in_utc():
    assert moment("2024-03-01T22:00:00-01:30").isoformat() == "2024-03-01T23:30:00+00:00"
    assert moment("2024-03-01").isoformat() == "2024-03-01T00:00:00+00:00"


@pytest.mark.parametrize("location", ["~nobody-here/export.zip", "x" * 5000, "a\x00b", "  ", "ftp://x/" + "y" * 300])
def test_what_cannot_be_a_path_is_an_unknown_source(location):
    with pytest.raises(UnknownSource) as raised:
        which(location)
    assert raised.value.hint
    assert len(raised.value.message) < 400
