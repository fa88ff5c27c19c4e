"""Attribution: who of a closed set, the bare model among them."""

from __future__ import annotations

from corpora import invented, invented_background

from twin.metrics.voice.attribution import AUTHOR, MODEL, Attribution


def test_an_author_is_told_from_the_others_and_from_the_model() -> None:
    machine = [text.replace("grand", "vast").replace(" ", "  very ", 9) for text in invented("grand", 12, seed=77)]
    who = Attribution(invented("plain", 30), invented_background(), negatives=machine)
    assert who.names[:2] == (AUTHOR, MODEL)
    assert who.of(invented("plain", 3, seed=50)) == [AUTHOR] * 3
    assert AUTHOR not in who.of(invented("chatty", 3, seed=50))
    assert (who.own, who.model_like) == (1.0, 0.0)


def test_own_texts_that_sound_like_the_model_are_counted() -> None:
    machine = invented("grand", 20, seed=40)
    mixed = [*invented("plain", 20), *invented("grand", 10, seed=41)]
    background = invented_background().without("A", "D")
    assert Attribution(mixed, background, negatives=machine).model_like > 0.1


def test_without_texts_of_the_model_it_is_no_class_and_no_text_is_no_answer() -> None:
    who = Attribution(invented("plain", 30), invented_background())
    assert MODEL not in who.names
    assert who.of([]) == []
