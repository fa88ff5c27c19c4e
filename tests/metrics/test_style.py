"""Voice: the verifier tells people apart, says how well, and refuses where it cannot."""

from __future__ import annotations

import time

import pytest
from corpora import author_texts, invented, invented_background

from twin.core.protocols import Sample
from twin.metrics.background import Person, shipped
from twin.metrics.style import CHOOSES, FOLDS, JUDGES, LEAST_AUC, LEAST_TEXTS, LEAST_TO_CHOOSE, Style
from twin.metrics.voice.machine import LOWEST, Ends


@pytest.mark.parametrize(
    ("corpus", "least"),
    [("simon-willison-til", 0.95), ("remy-sharp-blog", 0.95), ("joao-goncalves-linkedin", 0.9)],
)
def test_it_knows_an_author_later_from_people_it_never_saw(corpus: str, least: float) -> None:
    from sklearn.metrics import roc_auc_score

    name, texts = author_texts(corpus)
    older, newer = texts[-140:-40], texts[-40:]
    begun = time.process_time()
    style = Style(older, shipped(), author=name)
    assert time.process_time() - begun < 10
    assert name not in style.facts()["others"]
    assert style.auc is not None
    assert style.auc >= least
    scores = [score for score in style.scores(newer) if score is not None]
    labels = [1] * len(scores) + [0] * len(style.other_scores)
    assert roc_auc_score(labels, [*scores, *style.other_scores]) >= 0.9


def test_an_author_scores_above_others_and_gets_words_for_it() -> None:
    style = Style(invented("plain", 30), invented_background())
    own = style.measure(Sample(invented("plain", 1, seed=99)[0]))
    other = style.measure(Sample(invented("grand", 1, seed=99)[0]))
    assert own.value is not None
    assert other.value is not None
    assert own.value > other.value
    assert (own.detail["verdict"], other.detail["verdict"]) == ("reads-like-you", "does-not")
    assert other.detail["percentile"] == 0


def test_no_mark_up_of_an_editor_is_voice() -> None:
    """Else the author of Markdown would be told from people by the format of the file, and a plain draft would lose."""
    plain = invented("plain", 30)
    marked = [f"# A heading\n\n{text.replace('. ', '. **', 1)}**\n\n```sh\nmake all\n```\n" for text in plain]
    style, other = (Style(texts, invented_background()) for texts in (plain, marked))
    assert (style.auc, style.own_scores) == (other.auc, other.own_scores)
    [told], [again] = style.scores(plain[:1]), style.scores(marked[:1])
    assert told == again


def test_too_few_texts_are_refused_with_the_number() -> None:
    style = Style(invented("plain", LEAST_TEXTS - 1), invented_background())
    found = style.measure(Sample(invented("plain", 1)[0]))
    assert found.value is None
    assert "19 texts" in found.why
    assert style.scores(["a text"]) == [None]
    assert style.facts()["refusal"]


def test_an_author_like_everybody_else_is_refused() -> None:
    style = Style(invented("grand", 30, seed=7), invented_background())
    found = style.measure(Sample(invented("grand", 1)[0]))
    assert found.value is None
    assert "AUC" in found.why


def test_a_short_text_is_not_judged() -> None:
    style = Style(invented("plain", 30), invented_background())
    found = style.measure(Sample(" ".join(["word"] * 74)))
    assert (found.value, found.detail["verdict"]) == (None, "too-short")


def test_heads_have_a_gap_where_the_text_has_a_score() -> None:
    style = Style(invented("plain", 30), invented_background())
    texts = [invented("plain", 1, seed=99)[0], "Too short.", invented("grand", 1, seed=99)[0]]
    own, none, other = style.by_head(texts)
    assert none is None
    assert own == pytest.approx(style.measure(Sample(texts[0])).detail["heads"], abs=0.001)
    assert set(own or {}) == set(style.head_aucs)
    assert sum((own or {}).values()) > 1.5 > 0.5 > sum((other or {}).values())
    assert Style(invented("plain", 5), invented_background()).by_head(texts) == [None] * 3


def test_every_text_has_a_score_from_folds_that_did_not_see_it() -> None:
    texts = [*invented("plain", 25), *invented("plain", 10, words=27, seed=3), "", *invented("plain", 1, words=1200)]
    style = Style(texts, invented_background())
    scores = [style.out_of_fold(i) for i in range(len(texts))]
    assert scores[35] is None, "an empty text"
    assert all(score is not None for score in scores[:34])
    assert style.out_of_fold(len(texts)) is None
    assert len(style.own_scores) >= LEAST_TEXTS


def test_a_text_is_judged_beside_one_of_the_authors_by_the_fold_that_never_saw_it() -> None:
    style = Style(invented("plain", 30), invented_background())
    own = [found for i in range(30) if (found := style.out_of_fold(i))]
    assert {found.fold for found in own} == set(range(FOLDS))
    texts = [*invented("plain", 2, seed=9), *invented("grand", 2, seed=9)]
    by_fold = [style.scores(texts, fold=fold) for fold in range(FOLDS)]
    assert len({str(scores) for scores in by_fold}) == FOLDS, "each fold has read other texts"
    assert style.scores(texts) == pytest.approx([sum(scores) / FOLDS for scores in zip(*by_fold, strict=True)])
    assert style.by_head(texts, fold=0) != style.by_head(texts, fold=FOLDS - 1)


def test_its_own_text_again_scores_as_it_did_out_of_fold() -> None:
    texts = invented("plain", 30)
    style = Style(texts, invented_background())
    own = [found for i in range(30) if (found := style.out_of_fold(i))]
    again = [style.scores([text], fold=found.fold)[0] for text, found in zip(texts, own, strict=True)]
    assert again == pytest.approx([found.score for found in own])
    by_all = [score or 0 for score in style.scores(texts)]
    assert sum(by_all) > sum(found.score for found in own), "the other folds have read them"


def test_the_base_models_own_texts_are_pushed_below_people() -> None:
    machine = [text.replace("the", "a very") for text in invented("plain", 12, seed=5)]
    naive = Style(invented("plain", 30), invented_background())
    warned = Style(invented("plain", 30), invented_background(), negatives=machine)
    fresh = [text.replace("the", "a very") for text in invented("plain", 12, seed=6)]
    before = sum(score or 0 for score in naive.scores(fresh)) / (sum(naive.own_scores) / len(naive.own_scores))
    after = sum(score or 0 for score in warned.scores(fresh)) / (sum(warned.own_scores) / len(warned.own_scores))
    assert after < before
    assert warned.base_outranks is not None


def test_an_author_who_stands_in_the_background_is_left_out_of_it() -> None:
    own = invented("plain", 30)
    twice = {Person("Somebody", "post", "modern", "invented", "by this test"): own[:12]}
    style = Style(own, invented_background().joined(twice))
    assert style.left_out == ("Somebody",)
    assert "Somebody" not in style.facts()["others"]
    assert style.auc == Style(own, invented_background()).auc


def test_people_that_were_added_count_among_the_others() -> None:
    added = {Person("Added", "added", "modern", "", ""): invented("grand", 15, seed=70)}
    style = Style(invented("plain", 30), invented_background().joined(added))
    assert "Added" in style.facts()["others"]
    assert style.left_out == ()


def test_a_background_of_the_author_alone_is_refused() -> None:
    own = invented("plain", 30)
    alone = invented_background().only("A").joined({Person("Me", "post", "modern", "", ""): own})
    assert "fewer than two other people" in Style(own, alone).refusal


def test_the_same_seed_gives_the_same_scores() -> None:
    texts, fresh = invented("plain", 25), invented("chatty", 3, seed=9)
    first, second = (Style(texts, invented_background(), seed=3).scores(fresh) for _ in range(2))
    assert first == second


def test_two_verifiers_share_no_person_and_agree_on_who_it_is() -> None:
    choosing, judging = shipped().halves()
    people = [{half.people[i].name for i in half.person} for half in (choosing, judging)]
    assert people[0] and people[1] and not people[0] & people[1]
    assert people[0] | people[1] == {shipped().people[i].name for i in shipped().person}
    _, texts = author_texts("remy-sharp-blog")
    sample = Sample(texts[-1])
    for half, weights, least in ((choosing, CHOOSES, LEAST_TO_CHOOSE), (judging, JUDGES, LEAST_AUC)):
        style = Style(texts[-140:-40], half, author="Remy Sharp", weights=weights, least_auc=least)
        found = style.measure(sample)
        assert found.value is not None
        assert found.detail["percentile"] > 5
    assert not set(CHOOSES) & set(JUDGES)


def test_a_model_that_resembles_the_author_more_than_others_do_is_told_all_the_same() -> None:
    """Half the author's words: without the model's texts as negatives it beats people, with them it does not."""
    halves = [
        " ".join(one + " " + other for one, other in zip(plain.split(". "), odd.split(". "), strict=False))
        for plain, odd in zip(invented("plain", 40, seed=5), invented("clipped", 40, seed=5), strict=False)
    ]
    others = invented_background().only("A", "B", "D")
    blind = Style(invented("plain", 40), others)
    told = Style(invented("plain", 40), others, negatives=halves[:16])
    for style, beaten in ((blind, True), (told, False)):
        scores = [score for score in style.scores(halves[16:]) if score is not None]
        wins = sum(score > other for score in scores for other in style.other_scores)
        assert (wins > 0.9 * len(scores) * len(style.other_scores)) is beaten
    assert told.base_outranks is not None
    assert told.base_outranks < 0.1
    own = told.measure(Sample(invented("plain", 1, seed=99)[0]))
    assert own.detail["verdict"] == "reads-like-you"


def test_an_author_who_writes_a_little_like_a_model_loses_few_of_his_texts_to_it() -> None:
    import numpy as np

    rng = np.random.default_rng(3)
    own, people, model = rng.normal(1.0, 1.0, 60), rng.normal(4.0, 1.0, 600), rng.normal(-2.0, 1.0, 40)
    ends = Ends.of(np.concatenate([own, people, model]), len(own), len(own) + len(people))
    assert (ends.penalty(own) > 0).mean() == pytest.approx(LOWEST, abs=0.02)
    assert (ends.penalty(people) > 0).mean() < LOWEST
    assert (ends.penalty(model) > 0).mean() > 0.9
    usual = Ends.of(np.concatenate([own + 9, people, model]), len(own), len(own) + len(people))
    assert (usual.penalty(people) > 0).mean() == pytest.approx(LOWEST, abs=0.02), "an author unlike it changes nothing"
