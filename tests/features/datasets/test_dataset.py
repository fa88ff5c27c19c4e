"""Datasets: the person's own words as targets, nothing held out in a prompt, the same folder for the same texts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lift_posts import RECIPE, post

from twin.core.brief import brief_of, document_frequency
from twin.core.errors import NotEnoughData
from twin.core.prompts import render_brief
from twin.core.protocols import silent
from twin.core.records import Side
from twin.core.text import clean_view, sentences, word_count
from twin.features.collect import collect
from twin.features.datasets.build import FILES, build_dataset, load_examples, redact
from twin.features.datasets.examples import sections
from twin.features.forget import forget
from twin.features.works import works_of
from twin.store import Store

POSTS = [post(i) for i in range(20)] + [post(20, words=400), post(21, words=400)]
SIDES: tuple[Side, ...] = FILES


def build(store: Store, folder: Path, **changes: Any) -> dict[str, Any]:
    store.set_works(works_of(store.runs))
    return build_dataset(store, folder, author="Ada Example", recipe=replace(RECIPE, **changes))


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_targets_are_the_authors_own_words(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    manifest = build(store, tmp_path / "data")
    texts = {doc.id: clean_view(doc.text) for doc in store.documents()}
    seen = set()
    for side in SIDES:
        examples = list(load_examples(Path(manifest["path"]), side))
        assert len(examples) == manifest[side] > 0
        for example in examples:
            assert example.completion in texts[example.document]
            assert example.side == side
            seen.add(example.document)
    assert seen == set(texts)
    assert sum(manifest["documents"].values()) == len(POSTS)


def test_no_document_and_no_work_is_on_two_sides(filled: Any, tmp_path: Path) -> None:
    copies = [replace(item, key=f"copy {item.key}", place="medium", kind="article") for item in POSTS[::3]]
    store = filled(*POSTS, *copies)
    path = Path(build(store, tmp_path)["path"])
    work = {doc.id: doc.work for doc in store.documents()}
    on = {side: {example.document for example in load_examples(path, side)} for side in SIDES}
    works = {side: {work[identity] for identity in found} for side, found in on.items()}
    for left, right in (("train", "test"), ("train", "tune"), ("tune", "test")):
        assert not on[left] & on[right]
        assert not works[left] & works[right]
    assert sum(map(len, on.values())) == len(POSTS)


def test_no_prompt_holds_its_target_or_a_held_out_sentence(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    path = Path(build(store, tmp_path, note_share=1.0)["path"])
    held = {s for doc in store.documents(side="test") for s in sentences(doc.text)}
    for side in SIDES:
        for example in load_examples(path, side):
            prompt = example.prompt[1].content
            assert example.shape == "brief+notes"
            assert not any(sentence in prompt for sentence in sentences(example.completion))
            assert side == "test" or not any(sentence in prompt for sentence in held)


def test_the_same_texts_give_the_same_folder_byte_for_byte(filled: Any, tmp_path: Path) -> None:
    first = build(filled(*POSTS), tmp_path / "a")
    second = build(filled(*reversed(POSTS)), tmp_path / "b")
    assert first["version"] == second["version"]
    assert content(Path(first["path"])) == content(Path(second["path"]))


def test_another_text_or_setting_gives_another_version(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    versions = {build(store, tmp_path, **changes)["version"] for changes in ({}, {"seed": 8}, {"section_words": 90})}
    versions.add(build(filled(*POSTS[:-1]), tmp_path)["version"])
    assert len(versions) == 4
    assert store.datasets()[-1][0] in versions


def test_a_second_build_leaves_the_folder_alone(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    path = Path(build(store, tmp_path)["path"])
    before = {file: file.stat().st_mtime_ns for file in path.iterdir()}
    build(store, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in path.iterdir()} == before
    assert len(store.datasets()) == 1


@pytest.mark.parametrize("said", [{"kind": "article"}, {"published": post(-400).published}])
def test_a_text_of_another_kind_or_date_gives_another_version(
    filled: Any, tmp_path: Path, said: dict[str, Any]
) -> None:
    """The order of the texts stays; both may stand in a prompt."""
    first = build(filled(*POSTS), tmp_path)
    second = build(filled(replace(POSTS[0], **said), *POSTS[1:]), tmp_path)
    assert first["version"] != second["version"]
    assert content(Path(first["path"]))["texts.jsonl"] != content(Path(second["path"]))["texts.jsonl"]


def test_a_mark_on_a_learned_text_reaches_its_prompts_and_taken_back_gives_the_version_before(
    filled: Any, tmp_path: Path
) -> None:
    store = filled(*POSTS)
    first = build(store, tmp_path)
    doc = store.documents(side="train")[0]
    store.mark([doc.id], "kind", "article")
    second = build(store, tmp_path)
    assert first["version"] != second["version"]
    asked = [one.prompt[1].content for one in load_examples(Path(second["path"]), "train") if one.document == doc.id]
    assert asked and all("LinkedIn article section" in one for one in asked)
    store.mark([doc.id], "kind", "")
    assert build(store, tmp_path)["version"] == first["version"]


def test_another_work_gives_another_version(filled: Any, tmp_path: Path) -> None:
    """An older teaser takes the work over; the text that is learned from stays the same."""
    store = filled(*POSTS)
    before = build(store, tmp_path)["version"]
    doc = store.documents(side="train")[3]
    teaser = replace(post(-9), text=doc.text.rpartition("\n\n")[0], place="x")
    collect(store, store.sources()[0], [teaser], max_item_bytes=100_000, progress=silent)
    after = build(store, tmp_path)["version"]
    assert store.document(doc.id).work != doc.work and store.document(doc.id).canonical
    assert before != after


def test_what_is_left_out_is_told_as_it_is_now_and_no_folder_changes(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    first = build(store, tmp_path)
    before = content(Path(first["path"]))
    comment = replace(post(50), kind="comment", text="Nobody oils the rail of number four before it sings.")
    collect(store, store.sources()[0], [comment], max_item_bytes=100_000, progress=silent)
    second = build(store, tmp_path)
    assert (first["version"], first["rejected"]) == (second["version"], {})
    assert second["rejected"] == {"a comment: used for facts, not for the voice of posts": 1}
    assert content(Path(first["path"])) == before
    assert forget(store, NoVectors(), tmp_path, [])["datasets"] == [], "nothing was redacted"  # type: ignore[arg-type]


def test_too_few_texts_are_refused_with_the_next_step(filled: Any, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData, match="3 texts") as bad:
        build(filled(*POSTS[:3]), tmp_path)
    assert "twin add" in bad.value.hint
    assert not list(tmp_path.glob("*/manifest.json"))


def test_one_text_twenty_times_is_too_few_texts(filled: Any, tmp_path: Path) -> None:
    copies = [replace(POSTS[0], key=str(i), published=post(i).published) for i in range(20)]
    with pytest.raises(NotEnoughData, match="1 text to learn from"):
        build(filled(*copies), tmp_path)


def test_a_refusal_says_why_texts_were_left_out(filled: Any, tmp_path: Path) -> None:
    private = [replace(post(i), text=f"{post(i).text}\n\nCall me: +44 20 7946 0{i}12.") for i in range(5)]
    with pytest.raises(NotEnoughData, match=r"0 texts to learn from.*left out, 5: .*private"):
        build(filled(*private), tmp_path)


@pytest.mark.slow
def test_a_text_of_50_000_words_is_learned_in_sections_on_one_side(filled: Any, tmp_path: Path) -> None:
    store, book = filled(*POSTS), post(-40, words=50_000)
    source = store.add_source("blog", "https://ada.example", "mine")
    collect(store, source, [book], max_item_bytes=10_000_000, progress=silent)
    made = build(store, tmp_path)
    [document] = {doc.id for doc in store.documents() if len(doc.text) > 100_000}
    found = {
        side: [one for one in load_examples(Path(made["path"]), side) if one.document == document] for side in SIDES
    }
    assert [side for side in SIDES if found[side]] == ["train"], "the oldest text is learned from"
    measured = [one.completion for one in found["train"] if one.measured]
    assert sum(map(word_count, measured)) > 0.9 * word_count(book.text)
    assert max(map(word_count, measured)) < 3 * RECIPE.section_words


def test_redacting_removes_every_word_of_a_document_and_says_so(filled: Any, tmp_path: Path) -> None:
    """A text stands in its own rows and, as a note, in the prompts of others."""
    store = filled(*POSTS)
    path = Path(build(store, tmp_path, note_share=1.0)["path"])
    gone = next(doc for doc in store.documents(side="train") if doc.key == "4")
    assert any(sentence in written(path) for sentence in sentences(gone.text))
    elsewhere = [one for side in SIDES for one in load_examples(path, side) if one.document != gone.id]
    assert any(sentence in one.prompt[1].content for one in elsewhere for sentence in sentences(gone.text))
    (path / ".train.jsonl.0a1b").write_text(gone.text)  # of a run that was killed while it wrote
    rows = redact(path, {gone.id})
    manifest = json.loads((path / "manifest.json").read_text())
    assert rows >= 1
    assert manifest["redacted"] == rows
    assert not any(sentence in written(path) for sentence in sentences(gone.text))
    assert gone.id not in written(path)
    assert redact(path, {gone.id}) == 0


def written(path: Path) -> str:
    """Every string of a dataset folder."""
    return "\n".join(file.read_text("utf-8") for file in sorted(path.iterdir()))


class NoVectors:
    def remove(self, chunk_ids: Any) -> None: ...
    def ids(self, documents: Any = ()) -> set[str]:
        return set()


def test_forgetting_reaches_datasets_drafts_and_adapters(filled: Any, tmp_path: Path) -> None:
    store = filled(*POSTS)
    manifest = build(store, tmp_path)
    gone = store.documents(side="train")[0]
    store.add_draft("d", "Write", "A draft.", {}, [gone.id])
    unfinished = [tmp_path / "adapters" / name for name in ("a.raw", "a.sft", "a.run")]
    for stage in unfinished:
        stage.mkdir(parents=True)
    told = forget(store, NoVectors(), tmp_path, [gone])  # type: ignore[arg-type]
    assert not any(stage.exists() for stage in unfinished), "stages of a training that was cut short hold its words"
    assert (told["documents"], told["datasets"], told["drafts"]) == (1, [manifest["version"]], 1)
    assert store.datasets()[0][2]["redacted"] >= 1
    assert gone.id not in {doc.id for doc in store.documents()}


WORDS = st.lists(
    st.sampled_from("The door of number 7 in Margate was never quite shut and I know why".split()),
    min_size=6,
    max_size=14,
)
TEXTS = st.lists(WORDS.map(lambda words: " ".join(words).capitalize() + "."), min_size=2, max_size=8).map(" ".join)


@given(text=TEXTS, title=st.sampled_from(["", "On doors"]))
def test_a_brief_never_holds_the_first_sentence(text: str, title: str) -> None:
    brief = brief_of(
        text, title=title, kind="post", place="linkedin", frequency=document_frequency([text]), total=1, most_facts=5
    )
    asked = render_brief(brief).lower()
    assert sentences(text)[0].lower().strip(".") not in asked
    assert all(fact.lower() not in sentences(text)[0].lower() for fact in brief.facts)


@given(
    text=st.lists(st.integers(1, 200).map(lambda n: "word " * n), min_size=1, max_size=8).map("\n\n".join),
    size=st.integers(60, 300),
)
def test_sections_are_parts_of_the_text_in_order(text: str, size: int) -> None:
    at = 0
    for section in sections(text.strip(), size):
        at = text.index(section, at) + len(section)
        assert word_count(section) > 0
