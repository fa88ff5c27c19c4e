"""The registry: versions by name, one active adapter, and everything that must go when a text is forgotten."""

from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import NotFound
from twin.core.records import Adapter
from twin.store import Store


def adapter(identity: str, **changes: Any) -> Adapter:
    values = {
        "dataset": "d",
        "base": "b",
        "method": "lora",
        "state": "candidate",
        "path": Path("/x"),
        "losses": {"before": 3.5, "after": 3.1},
        "settings": {"rank": 8},
    }
    return Adapter(identity, **{**values, **changes})


def test_named_state_is_replaced_and_empty_before(store: Store) -> None:
    assert store.get("index") == {}
    store.set("index", {"version": "1", "chunks": 3})
    store.set("index", {"version": "2"})
    assert store.get("index") == {"version": "2"}


def test_the_newest_dataset_is_last_even_when_it_is_an_old_one_again(store: Store) -> None:
    for version in ("a", "b", "a"):
        store.add_dataset(version, Path("/data") / version, {"version": version})
    assert store.datasets() == [("b", Path("/data/b"), {"version": "b"}), ("a", Path("/data/a"), {"version": "a"})]


def test_an_adapter_comes_back_as_it_was(store: Store) -> None:
    made = adapter("1", gate={"verdict": "activate"}, refit_of="0")
    store.add_adapter(made, ["doc"])
    back = store.adapter("1")
    assert back.created is not None
    assert adapter("1", gate={"verdict": "activate"}, refit_of="0", created=back.created) == back
    with pytest.raises(NotFound, match="'2'"):
        store.adapter("2")


def test_one_adapter_is_active_at_most(store: Store) -> None:
    for identity in "123":
        store.add_adapter(adapter(identity), [])
    assert store.active_adapter() is None
    store.set_adapter_state("1", "active")
    store.set_adapter_state("2", "active")
    assert {one.id: one.state for one in store.adapters()} == {"1": "retired", "2": "active", "3": "candidate"}
    with pytest.raises(NotFound):
        store.set_adapter_state("gone", "active")
    active = store.active_adapter()
    assert active is not None
    assert active.id == "2"


def test_a_gate_is_recorded_on_its_adapter(store: Store) -> None:
    store.add_adapter(adapter("1"), [])
    store.add_adapter(adapter("2"), [])
    store.set_gate("1", {"verdict": "candidate", "reason": "no better than the prompt"})
    assert [one.gate for one in store.adapters()] == [
        {"verdict": "candidate", "reason": "no better than the prompt"},
        {},
    ]


def test_forgetting_a_text_taints_the_adapters_that_learned_it_and_their_cached_answers(store: Store) -> None:
    store.add_adapter(adapter("1", state="active"), ["a", "b"])
    store.add_adapter(adapter("2"), ["c"])
    store.add_generations("1", {"k1": {"text": "x"}})
    store.add_generations("2", {"k2": {"text": "y"}})
    assert store.taint(["b", "z"]) == ["1"]
    assert {one.id: one.state for one in store.adapters()} == {"1": "tainted", "2": "candidate"}
    assert store.active_adapter() is None
    assert store.generations(["k1", "k2"]) == {"k2": {"text": "y"}}


def test_forgetting_a_text_deletes_the_drafts_that_stand_on_it(store: Store) -> None:
    store.add_draft("d1", "Write", "One", {"variant": 1}, ["a"])
    store.add_draft("d2", "Write", "Two", {"variant": 2}, ["b"])
    store.add_draft("d2", "Write", "Two again", {"variant": 3}, ["b"])
    assert store.drafts()[0] == {"id": "d2", "request": "Write", "text": "Two again", "variant": 3}
    assert store.forget_drafts(["a"]) == ["d1"]
    assert [draft["id"] for draft in store.drafts()] == ["d2"]
    assert store.draft("d2")[0] == store.drafts()[0]
    with pytest.raises(NotFound, match="no draft 'd1'"):
        store.draft("d1")
    assert store.forget_drafts(["a"]) == []


def test_generations_are_found_by_key_until_cleared(store: Store) -> None:
    store.add_generations("", {})
    store.add_generations("", {"k": {"text": "x"}})
    store.add_generations("", {"k": {"text": "y"}})
    assert store.generations(["k", "unknown"]) == {"k": {"text": "y"}}
    store.clear_generations()
    assert store.generations(["k"]) == {}


def test_a_home_that_was_moved_still_finds_its_folders(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    store = Store(f"sqlite:///{before}/twin.db", home=before)
    store.add_dataset("a", before / "datasets" / "a", {})
    store.add_dataset("b", tmp_path / "elsewhere", {})
    store.close()
    before.rename(after)
    moved = Store(f"sqlite:///{after}/twin.db", home=after)
    assert [path for _, path, _ in moved.datasets()] == [after / "datasets" / "a", tmp_path / "elsewhere"]
    moved.close()


def test_activations_are_remembered_in_order_and_going_back_forgets_what_came_after(store: Store) -> None:
    for identity in "123":
        store.add_adapter(adapter(identity), [])
    assert store.activations() == []
    for identity in "1232":
        store.set_adapter_state(identity, "active")
    store.set_adapter_state("2", "active")
    assert store.activations() == ["1", "2", "3", "2"]
    store.set_adapter_state("3", "active", back=True)
    assert store.activations() == ["1", "2", "3"]
    store.set_adapter_state("3", "retired")
    assert store.activations() == ["1", "2", "3"]


def test_a_home_without_that_memory_goes_by_the_order_in_which_they_were_made(store: Store) -> None:
    for identity, state in (("1", "active"), ("2", "retired"), ("3", "candidate"), ("4", "retired")):
        store.add_adapter(adapter(identity, state=state), [])
    assert store.activations() == ["2", "4", "1"]
