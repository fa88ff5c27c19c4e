"""Review: what the author decides of a section holds in every later version, in all its shapes and in every note."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lift_posts import RECIPE, post

from twin.core.errors import BadRequest, NotEnoughData, NotFound
from twin.core.records import Decision, Item
from twin.core.text import sentences
from twin.features.datasets.build import FILES, build_dataset, load_examples
from twin.features.datasets.decisions import decisions_digest
from twin.features.datasets.examples import sections
from twin.features.datasets.review import edit, exclude, include, listed, shown
from twin.features.forget import forget
from twin.store import Store

POSTS = [post(i) for i in range(12)] + [post(12, words=400)]


def cut(text: str) -> list[str]:
    return sections(text, RECIPE.section_words)


def build(store: Store, folder: Path, **more: Any) -> Path:
    recipe = replace(RECIPE, **{name: more.pop(name) for name in list(more) if hasattr(RECIPE, name)})
    return Path(build_dataset(store, folder, author="Ada Example", recipe=recipe, **more)["path"])


def manifest_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((path / "manifest.json").read_text("utf-8"))
    return found


def all_targets(path: Path) -> list[str]:
    return [one.completion for side in FILES for one in load_examples(path, side)]


def everything(path: Path) -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(path.iterdir()) if file.name != "excluded.jsonl")


@pytest.fixture
def built(filled: Callable[..., Store], tmp_path: Path) -> tuple[Store, Path]:
    store = filled(*POSTS)
    return store, build(store, tmp_path, note_share=1.0)


def learned(store: Store, path: Path, at: int = 0) -> dict[str, Any]:
    return [row for row in listed(store, path) if row["side"] == "train"][at]


def test_every_example_is_listed_with_its_side_and_shape(built: tuple[Store, Path]) -> None:
    store, path = built
    rows = listed(store, path)
    examples = [one for side in FILES for one in load_examples(path, side)]
    assert [(row["id"], row["side"], row["shape"]) for row in rows] == [(e.id, e.side, e.shape) for e in examples]
    assert not any(row["decision"] or row["waiting"] for row in rows)
    assert all(row["opening"] in example.completion for row, example in zip(rows, examples, strict=True))


def test_an_excluded_section_is_nowhere_in_the_next_version(built: tuple[Store, Path]) -> None:
    """Neither as a target nor in the notes of another example."""
    store, path = built
    gone = learned(store, path)
    text = shown(store, gone["id"], cut)["completion"]
    assert sum(sentence in everything(path).replace("\\n", "\n") for sentence in sentences(text)) >= 2
    exclude(store, gone["id"], "too loud")
    assert learned(store, path)["waiting"] and learned(store, path)["decision"] == "excluded"
    after = build(store, path.parent, note_share=1.0)
    assert after != path
    assert not any(sentence in everything(after) for sentence in sentences(text))
    assert manifest_of(after)["rejected"]["excluded by you"] == 1
    assert manifest_of(after)["excluded"] == 1
    [row] = [row for row in listed(store, after) if row["decision"]]
    assert (row["document"], row["decision"], row["why"], row["waiting"]) == (
        gone["document"],
        "excluded",
        "too loud",
        False,
    )
    now = shown(store, gone["id"], cut)
    assert (now["id"], now["dataset"], now["waiting"]) == (row["id"], after.name, False)
    include(store, row["id"])
    assert build(store, path.parent, note_share=1.0) == path


def test_an_edit_is_learned_in_place_of_the_section_and_the_document_stays(built: tuple[Store, Path]) -> None:
    store, path = built
    row = learned(store, path, 1)
    before = store.document(row["document"]).text
    edit(store, row["id"], "  We moved 14 pumps to Dover.\r\nNobody asked why, and Gerald did not say.\n", cut)
    after = build(store, path.parent, note_share=1.0)
    text = "We moved 14 pumps to Dover.\nNobody asked why, and Gerald did not say."
    [example] = [one for one in load_examples(after, "train") if one.completion == text]
    asked = example.prompt[1].content
    assert before not in all_targets(after) and store.document(row["document"]).text == before
    assert not any(fact in asked for fact in ("We moved 14 pumps to Dover", sentences(before)[0]))
    assert shown(store, example.id, cut)["written"] == before.strip()
    edit(store, example.id, before, cut)
    assert store.decisions() == []
    assert build(store, path.parent, note_share=1.0) == path


def test_decisions_hold_when_settings_and_prompts_change(built: tuple[Store, Path]) -> None:
    """The id of an example depends on its prompt; what was decided of its section does not."""
    store, path = built
    gone, other = learned(store, path), learned(store, path, 1)
    exclude(store, gone["id"], "")
    edit(store, other["id"], "Nine cables snapped near Dover, and I was not there.", cut)
    after = build(store, path.parent, note_share=0.0, seed=99)
    assert manifest_of(after)["decisions"] | {"digest": ""} == {"digest": "", "excluded": 1, "edited": 1, "unmet": []}
    assert "Nine cables snapped near Dover, and I was not there." in all_targets(after)
    assert gone["document"] not in {one.document for side in FILES for one in load_examples(after, side)}


def test_a_decision_holds_for_every_shape_of_its_section(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(*POSTS)
    drafts = {doc.text.strip(): "A draft without a voice." for doc in store.documents("train")}
    path = build(store, tmp_path, neutral=drafts)
    rows = [row for row in listed(store, path) if row["document"] == learned(store, path)["document"]]
    assert {row["shape"] for row in rows} > {"neutral"}
    assert exclude(store, rows[0]["id"], "") == 2
    after = build(store, tmp_path, neutral=drafts)
    assert rows[0]["document"] not in {one.document for side in FILES for one in load_examples(after, side)}
    assert manifest_of(after)["rejected"]["excluded by you"] == 1


def test_a_decision_whose_section_is_gone_is_told(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(*POSTS)
    path = build(store, tmp_path)
    long = next(row for row in listed(store, path) if row["kind"] == "article")
    exclude(store, long["id"], "")
    after = build(store, tmp_path, section_words=160)
    [lost] = manifest_of(after)["decisions"]["unmet"]
    assert (lost["document"], lost["said"]) == (long["document"], "excluded")
    assert "1 decisions met no section" in (after / "data-card.md").read_text("utf-8")
    assert shown(store, long["id"], lambda text: sections(text, 160))["written"] == ""


def test_an_edit_holds_nothing_private(built: tuple[Store, Path]) -> None:
    """No text with masked things is a target (decision 5), an edit neither."""
    store, path = built
    row = learned(store, path)
    with pytest.raises(BadRequest, match="email") as bad:
        edit(store, row["id"], "Write to ada@example.org, she knows.", cut)
    assert "privacy.email" in bad.value.hint
    with pytest.raises(BadRequest, match="no words"):
        edit(store, row["id"], " \n", cut)


@pytest.mark.parametrize("choice", ["mask", "drop"])
def test_an_edit_that_became_private_is_not_learned_from(built: tuple[Store, Path], choice: Any) -> None:
    """Also where a version was built with it before: what an author chose later makes another one."""
    store, path = built
    row = learned(store, path)
    store.private["email"] = "keep"
    edit(store, row["id"], "Write to ada@example.org, she knows the lifts of Margate.", cut)
    before = build(store, path.parent)
    assert "ada@example.org" in everything(before)
    store.private["email"] = choice
    after = build(store, path.parent)
    assert "ada@example.org" not in everything(after) + (after / "excluded.jsonl").read_text("utf-8")
    assert not any("lifts of Margate" in one.completion for side in FILES for one in load_examples(after, side))
    [found] = [one for one in listed(store, after) if one["decision"] == "excluded"]
    assert found["why"] == "your edit holds private things (email)" and not found["waiting"]
    assert any(one["waiting"] for one in listed(store, before))
    store.private["email"] = "keep"
    assert build(store, path.parent) == before, "the decision itself stays"


def test_excluding_nearly_everything_is_refused_when_it_is_built(built: tuple[Store, Path]) -> None:
    store, path = built
    for row in listed(store, path)[3:]:
        exclude(store, row["id"], "")
    with pytest.raises(NotEnoughData, match="3 texts"):
        build(store, path.parent)


def test_forgetting_a_text_takes_its_decision_out_of_every_version(built: tuple[Store, Path]) -> None:
    store, path = built
    row = learned(store, path)
    edit(store, row["id"], "Zanzibar has nine lifts and nobody to mend them.", cut)
    after = build(store, path.parent, note_share=1.0)
    exclude(store, row["id"], "")
    last = build(store, path.parent, note_share=1.0)
    assert "Zanzibar" in everything(after) and "Zanzibar" in (last / "excluded.jsonl").read_text("utf-8")
    told = forget(store, NoVectors(), path.parent, [store.document(row["document"])])  # type: ignore[arg-type]
    assert len(told["datasets"]) == 3
    for folder in (path, after, last):
        left = everything(folder) + (folder / "excluded.jsonl").read_text("utf-8")
        assert "Zanzibar" not in left and row["document"] not in left
        card, manifest = (folder / "data-card.md").read_text("utf-8"), manifest_of(folder)
        assert f"{len(POSTS) - 1} texts by Ada Example" in card and "Redacted" in card
        assert sum(manifest["documents"].values()) == len(POSTS) - 1
        assert manifest == next(known for version, _, known in store.datasets() if version == folder.name)
    assert store.decisions() == []
    with pytest.raises(NotFound):
        shown(store, row["id"], cut)


class NoVectors:
    def remove(self, chunk_ids: Any) -> None: ...
    def ids(self, documents: Any = ()) -> set[str]:
        return set()


def test_the_card_counts_what_is_there(filled: Callable[..., Store], tmp_path: Path) -> None:
    more = Item(
        key="x", kind="comment", place="linkedin", text="A comment on the lifts of Dover, nothing more than it."
    )
    path = build(filled(*POSTS, more), tmp_path)
    card, manifest = (path / "data-card.md").read_text("utf-8"), manifest_of(path)
    assert f"# Data card: dataset {path.name}" in card
    for side in FILES:
        assert f"| {manifest['documents'][side]:,} |" in card and f"| {manifest[side]:,} |" in card
    assert "- 12: post from linkedin" in card and "- 1: article from linkedin" in card
    for reason, n in manifest["rejected"].items():
        assert f"- {n:,}: {reason}" in card
    assert "comment" in " ".join(manifest["rejected"])
    assert not any(sentence in card for one in POSTS for sentence in sentences(one.text))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=5, unique_by=lambda one: one[0]))
def test_taking_every_decision_back_gives_the_first_version_again(
    emptied: Callable[[], Store], tmp_path_factory: pytest.TempPathFactory, chosen: list[tuple[int, bool]]
) -> None:
    from twin.core.protocols import silent
    from twin.features.collect import collect

    store = emptied()
    collect(store, store.add_source("linkedin", "x.zip", "mine"), POSTS, max_item_bytes=100_000, progress=silent)
    folder = tmp_path_factory.mktemp("data")
    first = build(store, folder)
    rows = listed(store, first)
    for at, whole in chosen:
        if whole:
            exclude(store, rows[at]["id"], "")
        else:
            edit(store, rows[at]["id"], f"Lift {at} is out of order, and has been since Monday.", cut)
    assert (build(store, folder) == first) == (not chosen)
    for decision in store.decisions():
        store.decide(Decision(decision.document, decision.section))
    assert decisions_digest(store) == "" and build(store, folder) == first


def test_addresses_are_in_no_section_and_in_no_edit(filled: Callable[..., Store], tmp_path: Path) -> None:
    linked = [replace(one, text=one.text.replace("number", "[number](/ada/41)")) for one in POSTS]
    store = filled(*linked)
    path = build(store, tmp_path)
    row = learned(store, path)
    seen = shown(store, row["id"], cut)
    assert seen["written"] == seen["completion"] and "/ada/41" not in seen["written"]
    edit(store, row["id"], seen["completion"].replace("number", "[number](/ada/42)"), cut)
    assert not shown(store, row["id"], cut)["decision"]
    with pytest.raises(BadRequest, match="no words"):
        edit(store, row["id"], "![a door of mine](door.png)", cut)
    edit(store, row["id"], "The [door](https://ada.example/door) of the lift sticks.", cut)
    assert shown(store, row["id"], cut)["waiting"]
    newer = build(store, tmp_path)
    now = next(one for one in listed(store, newer) if one["decision"] == "edited")
    assert now["completion"] == "The door of the lift sticks." and not now["waiting"]
