"""The stages of a training: bare texts before the examples, preferences after, none done twice, none left lying."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_dpo import answering, example
from test_sft import RECIPE, stop_at, weights_of

from twin.core.errors import BadSettings
from twin.core.protocols import silent
from twin.core.records import Example, Message
from twin.models.hf import load_tokenizer
from twin.models.rows import encode
from twin.models.weights import Base, find_base
from twin.training.choices import CHOSEN, EDITED, Choices
from twin.training.methods import PLAIN, Methods
from twin.training.pairs import LEARNED as OWN
from twin.training.pairs import OTHER_LENGTH, TOO_LONG, Pair
from twin.training.stages import learn, raw_rows, raw_texts

RAW = Methods(pretrain_epochs=1)
PREFER = Methods(method="sft+dpo", dpo_beta=0.5, dpo_rate=1e-2, dpo_steps=3)
WORDS = "tea rain oak moss fern dew elm sea ash bay".split()


def said(word: str, side: Any = "train", **changes: Any) -> Example:
    text = f"{word} and {word} and more {word}, said the man who sells {word}!"
    return replace(Example(word, f"doc-{word}", side, "brief", (Message("user", f"say {word}"),), text), **changes)


LEARNED, TUNED = [said(word) for word in WORDS[:8]], [said(word, "tune") for word in WORDS[8:]]


@pytest.fixture
def base(tiny: Path, tmp_path: Path) -> Base:
    return find_base(str(tiny), cache=tmp_path)


@pytest.fixture
def stages(tiny: Path, base: Base, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(name: str = "a", methods: Methods = PLAIN, **options: Any) -> dict[str, Any]:
        given = {"recipe": RECIPE, "generate": None, "progress": silent, **options}
        return learn(tiny, LEARNED, TUNED, base=base, methods=methods, folder=tmp_path / name, **given)

    return run


def test_bare_texts_come_first_and_change_what_is_learned(
    stages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = stages("plain")
    monkeypatch.setattr("twin.training.stages.LEAST_RAW_WORDS", 10)
    raw = stages("raw", RAW)
    assert raw["raw"]["steps"] > 0
    assert raw["before"] < plain["before"], "the examples begin from what the bare texts taught"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plain", "raw"]


def test_too_few_bare_words_are_told_and_the_rest_is_a_plain_fit(stages: Any, tmp_path: Path) -> None:
    found = stages("raw", RAW)
    stages("plain")
    assert "too few" in " ".join(found["notes"])
    assert "raw" not in found
    assert weights_of(tmp_path / "raw") == weights_of(tmp_path / "plain")


def test_a_stage_that_was_whole_is_not_done_again(stages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.training.stages.LEAST_RAW_WORDS", 10)
    stages("whole", RAW)
    totals: list[int] = []

    def stopping(done: int, total: int, note: str) -> None:
        totals.append(total)
        if totals[0] != total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stages("cut", RAW, progress=stopping)
    assert (tmp_path / "cut.raw").is_dir()
    seen: list[int] = []
    stages("cut", RAW, progress=lambda done, total, note: seen.append(total))
    assert set(seen) == {12}, "only the steps of the examples: 8 in batches of 2, 3 times"
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_preferences_follow_the_fit(stages: Any, tmp_path: Path) -> None:
    rivals = answering("box and box and more box, says a man that buys a box!")
    found = stages("both", PREFER, generate=rivals)
    stages("plain")
    assert (found["pairs"], found["preferred"]["steps"]) == ({OWN: 8}, 3)
    assert found["notes"][-1] == "8 pairs to prefer by: 8 with your text over the twin's."
    assert found["after"] == found["preferred"]["after"]
    assert weights_of(tmp_path / "both") != weights_of(tmp_path / "plain")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["both", "plain"]


def test_too_few_pairs_leave_the_fitted_adapter(stages: Any, tmp_path: Path) -> None:
    found = stages("both", PREFER, generate=answering("no"))
    stages("plain")
    assert (found["pairs"], found["pairs_left_out"]) == ({}, {OTHER_LENGTH: 8})
    assert found["notes"][-2:] == [
        "0 pairs to prefer by. That is too few, 8 are needed: the fitted adapter stays as it is.",
        "Left out of the pairs: 8 of another length.",
    ]
    assert weights_of(tmp_path / "both") == weights_of(tmp_path / "plain")


def unasked(requests: Any, adapter: Path | None) -> Any:
    raise AssertionError("nothing is written where only choices are learned from")


def chosen(n: int, source: str = CHOSEN) -> list[Pair]:
    words = [f"{word}{i}" for i in range(n) for word in WORDS][:n]
    return [
        Pair((Message("user", f"say {word}"),), f"{word} and tea!", f"{word}, or coffee?", source, (f"doc-{word}",))
        for word in words
    ]


CHOICES = Choices((*chosen(6), *chosen(3, EDITED)), {"a translation": 2})


def test_what_the_author_chose_is_preferred_without_anything_being_written(stages: Any, tmp_path: Path) -> None:
    methods = replace(PREFER, method="sft+choices")
    found = stages("chosen", methods, generate=unasked, choices=CHOICES)
    stages("plain")
    assert found["pairs"] == {CHOSEN: 6, EDITED: 3}
    assert found["preferred"]["pairs"] == 9
    assert found["choices_from"] == sorted({one.documents[0] for one in CHOICES.pairs})
    assert found["notes"][-2:] == [
        "9 pairs to prefer by: 3 with your edit over the draft, 6 with your choice over another.",
        "Left out of the pairs: 2 a translation.",
    ]
    assert weights_of(tmp_path / "chosen") != weights_of(tmp_path / "plain")


def test_too_few_choices_leave_the_fitted_adapter_and_are_counted_with_the_texts_of_the_author(
    stages: Any, tmp_path: Path
) -> None:
    few = Choices(tuple(chosen(3)))
    alone = stages("alone", replace(PREFER, method="sft+choices"), generate=unasked, choices=few)
    stages("plain")
    assert alone["notes"][-1].startswith("3 pairs to prefer by: 3 with your choice over another. That is too few, 8")
    assert "preferred" not in alone and "choices_from" not in alone
    assert weights_of(tmp_path / "alone") == weights_of(tmp_path / "plain")
    rivals = answering("box and box and more box, says a man that buys a box!")
    both = stages("both", replace(PREFER, method="sft+dpo+choices"), generate=rivals, choices=few)
    assert both["pairs"] == {OWN: 8, CHOSEN: 3}
    assert both["preferred"]["pairs"] == 11


def test_a_pair_that_would_lose_the_end_of_a_text_is_none(stages: Any) -> None:
    long = replace(CHOICES.pairs[0], rejected="tea " * 60)
    found = stages(
        "a", replace(PREFER, method="sft+choices"), generate=unasked, choices=Choices((*CHOICES.pairs, long))
    )
    assert found["preferred"]["pairs"] == 9
    assert found["pairs_left_out"] == {TOO_LONG: 1}


def test_preferences_without_a_writer_are_refused_at_once(stages: Any) -> None:
    with pytest.raises(BadSettings) as bad:
        stages("a", PREFER, progress=stop_at(1))
    assert bad.value.hint.endswith("twin config train.method sft")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("abc .,!?\n", min_size=1, max_size=300), st.integers(8, 40))
def test_bare_text_is_cut_into_pieces_that_lose_nothing(tiny: Path, text: str, size: int) -> None:
    tokenizer = load_tokenizer(tiny)
    rows = raw_rows(tokenizer, text, max_tokens=size)
    encoded = [encode(tokenizer, one, max_tokens=size) for one in rows]
    assert "".join(piece for _, piece in rows) == text
    assert all(len(one["input_ids"]) == size for one in encoded[:-1])
    assert all(tokenizer.eos_token_id not in one["input_ids"][1:] for one in encoded[:-1]), "a cut is no end"


def test_bare_text_holds_each_section_once_and_nothing_that_was_left_out() -> None:
    views = [said("tea"), said("tea", view=1), said("tea", shape="neutral"), said("tea", completion="Then rain fell.")]
    assert raw_texts([*views, said("oak")]) == [f"{views[0].completion}\n\nThen rain fell.", said("oak").completion]


def test_methods_change_an_adapter_only_where_they_make_a_difference() -> None:
    some = Methods(most_examples=5, dpo_beta=0.1, dpo_rate=1e-4, dpo_steps=9)
    assert some.said(5) == {}
    assert some.said(6) == {"most_examples": 5}
    for method in ("sft+dpo", "sft+choices", "sft+dpo+choices"):
        assert replace(some, method=method).said(5).keys() == {"method", "dpo_beta", "dpo_rate", "dpo_steps"}
    assert [Methods(method="sft+dpo", pretrain_epochs=1).name, PLAIN.name] == ["lora-raw+sft+dpo", "lora-sft"]


def test_a_refit_prefers_only_where_the_adapter_that_was_measured_did() -> None:
    assert PREFER.again(preferred=True) == PREFER
    assert PREFER.again(preferred=False).name == "lora-sft"
    assert replace(RAW, method="sft+choices").again(preferred=False) == RAW


def test_of_many_examples_the_newest_are_learned_from() -> None:
    many = [example(identity=str(i)) for i in range(10_000)]
    some = Methods(most_examples=2000)
    assert [one.id for one in some.newest(many)] == [str(i) for i in range(8_000, 10_000)]
    assert "2,000 of 10,000" in some.left_out(len(many))[0]
    assert PLAIN.newest(many) == many
    assert PLAIN.left_out(len(many)) == []
