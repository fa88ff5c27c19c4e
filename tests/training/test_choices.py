"""What the author chose and edited: which pairs an adapter may learn from, and why the others are left out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_bases import EXAMPLES
from test_sft import weights_of

from twin.core.prompts import exemplar_prompt, writing_prompt
from twin.core.protocols import silent
from twin.core.records import CHOSEN as PRIVATE_CHOSEN
from twin.core.records import Brief, digest
from twin.core.settings import TrainSettings
from twin.models.weights import find_base
from twin.training.advice import of_pairs
from twin.training.choices import CHOSEN, EDITED, NONE, Choices, Known, choices_of
from twin.training.methods import chosen
from twin.training.pairs import LEARNED
from twin.training.train import train_adapter

ASKED = [{"role": one.role, "content": one.content} for one in writing_prompt("Ada", Brief("lifts", ("24 sensors",)))]
DRAFT = "The lift stopped again on Monday, between two floors, with nobody in it but a parcel for the third floor."
OTHER = "We wrote a note on every door that day, because people had begun to take the stairs and said so loudly."
MINE = "On Monday it stopped again, our lift, and nobody was in it but a parcel that the third floor waited for."
HELD = "My aunt kept eleven brass keys on a nail by the door and never once told anybody what the twelfth had opened."
KNOWN = Known("Ada", PRIVATE_CHOSEN, {"base", "a1"}, {"en"}, {"d1", "d2", "h1"}, {})


def draft(identity: str, text: str, **changes: Any) -> dict[str, Any]:
    made_with = {"model": "base", "adapter": None, "exemplars": [], **changes.pop("made_with", {})}
    return {"id": identity, "text": text, "made": {"prompt": ASKED}, "made_with": made_with, "sources": [], **changes}


def kept(text: str = OTHER, rejected: str = DRAFT, *, of: str = "o", **changes: Any) -> dict[str, Any]:
    about = {"draft": of, "prompt": ASKED, "chosen": text, "rejected": rejected, "documents": ["d1"]}
    return {"id": digest(text, rejected), **about, **changes}


DRAFTS = [draft("d", DRAFT), draft("o", OTHER), draft("m", MINE, made_with={"edited": "d"})]


def test_a_choice_and_an_edit_are_pairs_with_the_very_prompt_of_the_draft() -> None:
    found = choices_of([kept(), kept(MINE, of="m"), kept(MINE, OTHER, of="m")], DRAFTS, KNOWN)
    assert found.left_out == {}
    assert {(one.chosen, one.rejected, one.source) for one in found.pairs} == {
        (OTHER, DRAFT, CHOSEN),
        (MINE, DRAFT, EDITED),
        (MINE, OTHER, CHOSEN),
    }
    assert all([{"role": m.role, "content": m.content} for m in one.prompt] == ASKED for one in found.pairs)
    assert {one.documents for one in found.pairs} == {("d1",)}


def test_the_digest_is_of_the_words_and_not_of_when_they_were_chosen() -> None:
    rows = [kept(), kept(MINE, of="m")]
    one, other = (choices_of(some, DRAFTS, KNOWN).digest for some in (rows, rows[::-1]))
    assert one == other
    assert len({one, choices_of(rows[:1], DRAFTS, KNOWN).digest, choices_of([], DRAFTS, KNOWN).digest}) == 3
    assert choices_of([], DRAFTS, KNOWN) == NONE


GERMAN = "Am Montag blieb unser Aufzug wieder stehen, und niemand war darin außer einem Paket für den dritten Stock."
SERVED = {"made_with": {"model": "gpt", "adapter": None}}
OTHERS_ADAPTER = {"made_with": {"model": "base", "adapter": "b7"}}
PASSAGE = {"sources": [{"document": "h1", "outside": False}]}
SHOWN = {"made_with": {"exemplars": ["h1"]}}
LINKED = {"sources": [{"document": "", "outside": True}]}
UNSEEN = replace(KNOWN, held_out={"h1": HELD})


@pytest.mark.parametrize(
    ("row", "changed", "known", "why"),
    [
        (kept(of="gone"), {}, KNOWN, "of a draft that is gone"),
        (kept(), {"sections": [{}]}, KNOWN, "written section by section, each to a prompt of its own"),
        (
            kept(),
            {"made_with": {"adapter": "a1"}},
            replace(KNOWN, knowing={"a1"}),
            "written by an adapter that learned what is held out",
        ),
        (kept(rejected="Gone."), {}, KNOWN, "of a draft that is gone"),
        (kept(), {}, replace(KNOWN, author="Bob"), "asked for in another name than yours"),
        (kept(), {"language": "de"}, KNOWN, "a translation"),
        (kept(GERMAN), {"text": GERMAN}, KNOWN, "a translation"),
        (kept(), SERVED, KNOWN, "written by another model"),
        (kept(), OTHERS_ADAPTER, KNOWN, "written by another model"),
        (kept(documents=["x"]), {}, KNOWN, "of a text that is gone"),
        (kept(documents=["h1"]), {}, UNSEEN, "of a text that is held out"),
        (kept(), PASSAGE, UNSEEN, "of a text that is held out"),
        (kept(), SHOWN, UNSEEN, "of a text that is held out"),
        (kept(HELD), {"text": HELD}, UNSEEN, "with words of a text that is held out"),
        (kept(f"{OTHER} Call +44 20 7946 0812."), {"text": f"{OTHER} Call +44 20 7946 0812."}, KNOWN,
         "holds private things (phone): masked, not learned"),
        (kept("It stopped."), {"text": "It stopped."}, KNOWN, "of another length"),
    ],
)  # fmt: skip
def test_what_is_no_pair_is_left_out_with_the_reason(
    row: dict[str, Any], changed: dict[str, Any], known: Known, why: str
) -> None:
    found = choices_of([row], [DRAFTS[0], draft("o", changed.pop("text", OTHER), **changed)], known)
    assert found == Choices((), {why: 1})


def test_words_of_a_held_out_text_leak_through_no_part_of_a_pair() -> None:
    """Also where they came in by a link, or by the author's own hand: neither is among the passages."""
    said = f"{OTHER} {' '.join(HELD.split()[3:12])}."
    assert choices_of([kept(DRAFT, said, of="d")], [draft("o", said), DRAFTS[0]], UNSEEN).pairs == ()
    asked = [*ASKED[:1], {"role": "user", "content": f"Write.\n* {HELD}"}]
    drafts = [{**one, "made": {"prompt": asked}, **LINKED} for one in DRAFTS]
    assert choices_of([kept(prompt=asked)], drafts, UNSEEN).left_out == {"with words of a text that is held out": 1}
    assert len(choices_of([kept(prompt=asked)], drafts, KNOWN).pairs) == 1, "a refit has learned the text itself"


def test_a_stock_phrase_of_the_authors_is_nothing_of_a_held_out_text() -> None:
    phrase = "Write to me about doors that do not shut"
    known = replace(KNOWN, held_out={"h1": f"{HELD} {phrase}.", "h2": f"A nail is no place for keys. {phrase}."})
    said = f"{OTHER} {phrase}."
    rejected = f"{DRAFT} It said nothing about any of that."
    drafts = [draft("o", said), draft("d", rejected)]
    assert len(choices_of([kept(said, rejected)], drafts, known).pairs) == 1


def test_an_adapter_of_this_twin_wrote_what_may_be_learned_from_whatever_ran_it() -> None:
    drafts = [draft("d", DRAFT, made_with={"model": "older", "adapter": "a1"}), DRAFTS[1]]
    assert len(choices_of([kept()], drafts, KNOWN).pairs) == 1


def test_what_an_edit_cuts_is_what_it_says() -> None:
    mine = draft("m", "On Monday it stopped again.", made_with={"edited": "d"})
    found = choices_of([kept(mine["text"], of="m"), kept(mine["text"], OTHER, of="m")], [*DRAFTS[:2], mine], KNOWN)
    assert [one.source for one in found.pairs] == [EDITED]
    assert found.left_out == {"of another length": 1}


def test_what_is_preferred_says_its_links_and_not_their_addresses() -> None:
    said = f"{OTHER} [All of it](https://ada.example/doors)."
    [pair] = choices_of([kept(said)], [draft("o", said), DRAFTS[0]], KNOWN).pairs
    assert pair.chosen == f"{OTHER} All of it."


def test_a_prompt_that_shows_exemplars_is_one_of_the_author_too() -> None:
    shown = exemplar_prompt("Ada", Brief("lifts"), [(Brief("doors"), "A door is a wall that gave in.")])
    asked = [{"role": one.role, "content": one.content} for one in shown]
    drafts = [{**one, "made": {"prompt": asked}} for one in DRAFTS]
    [pair] = choices_of([kept(prompt=asked)], drafts, KNOWN).pairs
    assert pair.prompt == shown


def test_before_anything_is_written_a_plan_says_what_may_become_of_it() -> None:
    assert of_pairs({EDITED: 1}, {}, more=40) == [
        "Up to 41 pairs to prefer by: 1 with your edit over the draft, at most 40 with your text over the twin's."
    ]
    assert "too few" in of_pairs({EDITED: 1}, {}, more=6)[0]
    assert of_pairs({LEARNED: 1}, {})[0].startswith("1 pair to prefer by")


def test_an_adapter_is_named_by_the_choices_that_it_learned_from(
    tiny_checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    """The same pairs are the same adapter, others another one; a plain fit is named as it was."""
    base = find_base(str(tiny_checkpoint("llama")), cache=tmp_path)
    rows = [kept(f"{OTHER} {i}.", of=f"o{i}") for i in range(8)]
    drafts = [DRAFTS[0], *(draft(f"o{i}", f"{OTHER} {i}.") for i in range(8))]
    all_of_them, fewer = (choices_of(some, drafts, KNOWN) for some in (rows, rows[:7]))
    assert (len(all_of_them.pairs), len(fewer.pairs)) == (8, 7)

    def trained(method: Any, choices: Choices, folder: str = "a") -> Any:
        said = TrainSettings(method=method, rank=2, max_tokens=768, dpo_steps=1).model_dump()
        recipe, methods, _ = chosen(said, base=base, examples=len(EXAMPLES))
        recipe = replace(recipe, epochs=1)
        return train_adapter(
            EXAMPLES, [], dataset="d", base=base, recipe=recipe, folder=tmp_path / folder, cache=tmp_path,
            methods=methods, choices=choices, generate=lambda requests, adapter: [], progress=silent,
        )  # fmt: skip

    one, card = trained("sft+choices", all_of_them)
    same, _ = trained("sft+choices", all_of_them, "b")
    assert one.id == same.id
    assert weights_of(one.path) == weights_of(same.path)
    assert (one.method, one.settings["choices"]) == ("lora-sft+choices", all_of_them.digest)
    assert card["pairs"] == {CHOSEN: 8}
    assert any(note.startswith("8 pairs to prefer by") for note in card["notes"])
    assert card["choices_from"] == ["d1"]
    other, card = trained("sft+choices", fewer)
    plain, _ = trained("sft", NONE)
    assert len({one.id, other.id, plain.id}) == 3
    assert weights_of(other.path) == weights_of(plain.path), "seven are too few"
    assert "too few" in " ".join(card["notes"])
    assert "choices" not in plain.settings and trained("sft", all_of_them)[0].id == plain.id
