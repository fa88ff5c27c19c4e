"""A second opinion on claims: a real classifier with rigged weights shows what it may change, and what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from corpora import passage

from twin.core.errors import BadSettings, MissingPart
from twin.core.protocols import Sample
from twin.core.records import Claim
from twin.metrics.claims import Claims, claims
from twin.models.entail import Entailment

SOURCE = passage(
    "p1", "Gerald was installed in 1974. We look after 340 lifts in 112 buildings, and Mabel is the slowest."
)
SAID = "We look after 340 lifts in 112 buildings."
REWORDED = "The lift that takes longest of all the lifts is called something with slowest buildings."
INVENTED = "Gerald was installed in 1974 by Otto Krause."
LABELS = ("contradiction", "entailment", "neutral")


def rigged(folder: Path, always: str, labels: tuple[str, ...] = LABELS) -> Entailment:
    """A tiny BERT on disk that gives every pair one class: its weights are nought, its bias is not."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = "[PAD] [UNK] [CLS] [SEP] [MASK] we look after lifts in buildings gerald mabel is the slowest".split()
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        max_position_embeddings=64, id2label=dict(enumerate(labels)), label2id={one: i for i, one in enumerate(labels)},
    )  # fmt: skip
    network = BertForSequenceClassification(config)
    with torch.no_grad():
        network.classifier.weight.zero_()
        network.classifier.bias.copy_(torch.tensor([9.0 if one == always else 0.0 for one in labels]))
    network.save_pretrained(folder)
    return Entailment(str(folder))


def status(text: str, model: Any) -> Claim:
    return claims(text, [SOURCE], "", model)[0]


def test_it_raises_what_is_only_worded_otherwise(tmp_path: Path) -> None:
    model = rigged(tmp_path, "entailment")
    assert status(REWORDED, None).status == "not_found"
    raised = status(REWORDED, model)
    assert (raised.status, raised.sources) == ("supported", ("p1",))
    assert str(tmp_path) in raised.finding


def test_it_never_overrules_a_name_that_stands_nowhere(tmp_path: Path) -> None:
    found = status(INVENTED, rigged(tmp_path, "entailment"))
    assert found.status == "not_found"
    assert "Otto Krause" in found.finding


def test_it_lowers_what_only_shares_words(tmp_path: Path) -> None:
    assert status(SAID, None).status == "supported"
    assert status(SAID, rigged(tmp_path, "contradiction")).status == "contradicted"


def test_an_undecided_model_changes_nothing(tmp_path: Path) -> None:
    model = rigged(tmp_path, "neutral")
    for sentence in (SAID, REWORDED, INVENTED):
        assert status(sentence, model) == status(sentence, None)


def test_long_premises_are_cut_and_batches_keep_their_order(tmp_path: Path) -> None:
    model = rigged(tmp_path, "entailment")
    found = model.judge([("lifts " * (1 + 40 * (i % 3)), "Gerald is slowest") for i in range(40)])
    assert len(found) == 40
    assert all(entailed > 0.99 > 0.01 > denied for entailed, denied in found)


def test_numbers_with_and_without_it_are_not_compared(tmp_path: Path) -> None:
    with_it = Claims(rigged(tmp_path, "neutral"))
    assert with_it.version != Claims().version
    assert with_it.measure(Sample(SAID, "", (SOURCE,))).version == with_it.version


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no class for entailment"):
        status(SAID, rigged(tmp_path, "joy", ("joy", "anger")))


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match="cannot be loaded"):
        status(SAID, Entailment(str(tmp_path / "nowhere")))
