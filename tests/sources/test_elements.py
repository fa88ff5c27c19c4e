"""JSON read a value at a time: what the standard decoder would say, at any size, with what is broken stepped over."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.records import Skipped
from twin.sources._elements import MAX_VALUE, Broken, Path, elements, payload
from twin.sources.archive import Archive, Entry

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)


def read(data: bytes, *wanted: Path, after: str = "", packed: int = 1 << 40) -> list[Any]:
    archive = Archive("here", {"a.json": Entry(len(data), packed, lambda: io.BytesIO(data))}, [])
    return list(elements(archive, "a.json", *wanted, after=after))


@given(st.lists(VALUES, max_size=6), st.booleans())
@settings(deadline=None, max_examples=60)
def test_each_value_of_a_list_is_what_the_decoder_makes_of_it(values: list[Any], ascii_only: bool) -> None:
    data = json.dumps({"skip": values, "messages": values}, ensure_ascii=ascii_only, indent=1).encode()
    assert [value for _, value in read(data, ("messages", "*"))] == values


@given(st.lists(VALUES, min_size=1, max_size=5), st.data())
@settings(deadline=None, max_examples=60)
def test_no_bytes_crash_it_and_what_stands_before_is_kept(values: list[Any], data: st.DataObject) -> None:
    whole = json.dumps(values).encode()
    cut = data.draw(st.integers(0, len(whole)))
    found = read(whole[:cut] + data.draw(st.binary(max_size=20)), ("*",), ("*", "a"))
    assert all(isinstance(one, Skipped | tuple) for one in found)
    sure = sum(len(json.dumps(values[: count + 1])) <= cut for count in range(1, len(values)))
    assert [one[1] for one in found[:sure]] == values[:sure]


def test_places_are_told_apart_and_javascript_before_the_first_bracket_is_passed() -> None:
    data = b'window.YTD.a.part0 = {"a": {"b": [1, {"b": 2}]}, "b": [3]} '
    assert read(data, ("a", "b", "*"), ("b",), after="=") == [
        (("a", "b", "*"), 1),
        (("a", "b", "*"), {"b": 2}),
        (("b",), [3]),
    ]


def test_a_value_longer_than_the_window_is_stepped_over() -> None:
    escaped = ('\\"' * MAX_VALUE).encode()
    long = [b'"' + b"x" * (3 * MAX_VALUE) + b'"', b'{"a": "' + escaped + b'"}', b"[" + b"1," * MAX_VALUE + b"2]"]
    found = read(b"[1, " + b", ".join(long) + b", 2]", ("*",))
    too_long = Broken("too long to be a text")
    assert [value for _, value in found] == [1, too_long, too_long, too_long, 2]


def test_a_file_that_breaks_off_or_is_no_json_says_so() -> None:
    for data in (b"", b"[1, ", b'[1, {"a": "b', b"[1}", b'{"a" 1}', b"[1, :]"):
        last = read(data, ("*",), ("a",))[-1]
        assert isinstance(last, Skipped) and "damaged" in last.reason, data


def test_a_bomb_is_not_unpacked() -> None:
    (one,) = read(b"[" + b" " * (130 << 20) + b"]", ("*",), packed=1000)
    assert isinstance(one, Skipped) and "unpacks" in one.reason


def test_a_payload_can_be_stored_whatever_it_holds() -> None:
    assert payload({"a": "é"}, [1]) == '{"a": "é"}\n[1]'
    assert payload({"a": "\ud83d\x00"}).isascii()
