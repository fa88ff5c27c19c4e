"""The pack of other people: nothing readable in it, everything credited, the same bytes every time."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from corpora import CORPORA, invented_background, need_corpora
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.errors import BadSource, MissingPart
from twin.core.text import word_count
from twin.metrics.background import PACK, shipped
from twin.metrics.background.build import build
from twin.metrics.background.features import masked_counts
from twin.metrics.background.typography import normalise, parts, prose


def test_the_shipped_pack_is_small_and_credits_everybody() -> None:
    background = shipped()
    assert PACK.stat().st_size < 4_000_000
    assert len(background.people) == 19
    assert background.chars.counts.shape[0] == background.masked.counts.shape[0] == len(background.person) > 900
    assert all(person.licence and person.attribution for person in background.people)
    assert not any("SA" in person.licence for person in background.people), "ShareAlike stays apart"


def test_nobody_is_in_his_own_background() -> None:
    background = shipped()
    left = background.without("simon willison")
    assert left.chars.counts.shape[0] == left.masked.counts.shape[0] == len(background.person) - 130
    assert "Simon Willison" not in {left.people[i].name for i in left.person}
    alone = background.only("Simon Willison")
    assert (len(alone.person), {alone.people[i].name for i in alone.person}) == (130, {"Simon Willison"})


def test_a_pack_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = invented_background()
    path = tmp_path / "pack.npz"
    with path.open("wb") as file:
        made.save(file)
    read = shipped(path)
    assert read.version == made.version
    for one, other in ((read.chars, made.chars), (read.masked, made.masked)):
        assert (one.counts != other.counts).nnz == 0
        assert (one.buckets == other.buckets).all()
    again = io.BytesIO()
    read.save(again)
    assert again.getvalue() == path.read_bytes()


def test_a_broken_pack_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "pack.npz").write_bytes(b"PK\x03\x04 no pack")
    with pytest.raises(MissingPart, match="cannot be read") as caught:
        shipped(tmp_path / "pack.npz")
    assert "reinstall" in caught.value.hint


def test_a_missing_corpus_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="simon-willison-til"):
        build(tmp_path)


@pytest.mark.slow
def test_the_shipped_pack_is_what_the_corpora_give() -> None:
    need_corpora()
    assert build(CORPORA).version == shipped().version


def test_the_masked_view_sees_no_topic() -> None:
    about_doors, about_boats = (
        masked_counts([f"We took the {one}, and it was never fixed."]) for one in ("doors", "boats")
    )
    assert (about_doors != about_boats).nnz == 0
    assert (about_doors != masked_counts(["We took the doors, and it was always fixed."])).nnz > 0


@given(text=st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or "w" in once
    assert not re.search(r"[“”‘’–—\d\n]", once.replace("0", ""))


def test_an_editor_leaves_no_trace() -> None:
    typed = normalise('"It\'s 12 - no, 13..."  see https://a.example/b')
    assert typed == normalise("“It’s 47 — no, 82…”\nsee www.other.example")


def test_prose_drops_what_a_site_adds() -> None:
    page = "---\ntitle: x\n---\n# Head\n\nWe *read* [the docs](https://x.y)\nand `ran` it.\n\n```\ncode\n```\n> said\n"
    assert prose(page) == "We read the docs and `ran` it."


@settings(max_examples=60)
@given(st.lists(st.integers(1, 500), max_size=8))
def test_parts_are_consecutive_and_sized(sizes: list[int]) -> None:
    text = " ".join(" ".join(f"w{i}x{j}" for j in range(size)).capitalize() + "." for i, size in enumerate(sizes))
    found = parts(text)
    assert all(word_count(part) <= 300 for part in found)
    if word_count(text) > 300:
        assert all(word_count(part) >= 80 for part in found) or len(found) == 1
    assert " ".join(" ".join(part.split()) for part in found) in " ".join(text.split()) or word_count(text) > 300
