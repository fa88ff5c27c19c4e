"""Works and sides: one story stays together, and what was held out stays held out."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lift_posts import START, post

from twin.core.records import Document, Item, Side
from twin.core.text import words
from twin.features.runs import packed, run_hashes
from twin.features.split import MANY, new_sides
from twin.features.works import COMMON, works_of


def document(item: Item, **changes: Any) -> Document:
    made = Document(
        item.key, "v", "s", item.key, item.kind, item.place, "", item.text, "", item.published, "en", 60, "own", "mine",
        "", False, (), (), False, "", item.key, None, True, ("train", "retrieve", "evaluate"), "",
    )  # fmt: skip
    return replace(made, **changes)


def stories(documents: list[Document]) -> dict[str, str]:
    found = works_of(lambda: [(doc.id, packed(run_hashes(words(doc.text)))) for doc in documents])
    return {doc.id: found.get(doc.id, doc.id) for doc in documents}


def test_a_post_that_opens_an_article_is_one_work_with_it_and_others_are_not() -> None:
    teaser, article, other = document(post(1, 60)), document(post(2, 400)), document(post(3, 60))
    article = replace(article, text=f"{teaser.text}\n\n{article.text}")
    assert stories([teaser, article, other]) == {"1": "1", "2": "1", "3": "3"}


def test_works_join_through_a_third_text() -> None:
    one, two = document(post(1, 60)), document(post(2, 60))
    both = document(post(3), text=f"{one.text}\n{two.text}")
    assert set(stories([one, two, both]).values()) == {"1"}


def test_punctuation_and_case_do_not_part_a_work() -> None:
    one = document(post(1, 60))
    assert set(stories([one, document(post(2), text=one.text.upper().replace(",", " –"))]).values()) == {"1"}


def test_a_stock_phrase_joins_nothing() -> None:
    phrase = "Follow me for one lesson on lifts every week and tell your friends about it too please."
    texts = [document(post(i, 10), text=f"Post {i}. {phrase}") for i in range(COMMON + 1)]
    assert len(set(stories(texts).values())) == COMMON + 1


def test_copies_of_one_text_are_one_work_however_many_there_are() -> None:
    story = post(1, 60).text
    copies = [document(post(i, 60), text=f"{story} Told for the {i}th time.") for i in range(3 * COMMON)]
    other = document(post(900, 60))
    found = stories([*copies, other])
    assert {found[doc.id] for doc in copies} == {copies[0].id}
    assert found[other.id] == other.id


def test_short_texts_are_never_joined() -> None:
    assert len(set(stories([document(post(i), text="Well said, Pamela, well said.") for i in (1, 2)]).values())) == 2


def test_new_texts_do_not_rename_a_work() -> None:
    one, later = document(post(1, 60)), document(post(9))
    assert stories([one]).items() <= stories([one, replace(later, text=one.text + " More.")]).items()


@given(
    counts=st.lists(st.integers(0, 12), min_size=1, max_size=5),
    shares=st.tuples(st.floats(0.1, 0.8), st.floats(0.05, 0.5)).filter(lambda pair: sum(pair) <= 1),
)
def test_adding_works_never_moves_a_work(counts: list[int], shares: tuple[float, float]) -> None:
    known: dict[str, Side] = {}
    documents: list[Document] = []
    for count in counts:
        documents += [document(post(len(documents) + i, 5)) for i in range(count)]
        fresh = new_sides(documents, train_share=shares[0], test_share=shares[1], known=known)
        assert not fresh.keys() & known.keys()
        known = {**known, **fresh}
        assert known.keys() == {doc.work for doc in documents}


@given(total=st.integers(MANY, 300))
def test_the_oldest_are_learned_from_and_the_newest_measured_on(total: int) -> None:
    documents = [document(Item(f"{i:03}", "post", "linkedin", "x", published=START)) for i in range(total)]
    sides = list(new_sides(documents, train_share=0.6, test_share=0.2, known={}).values())
    assert sides == sorted(sides, key=["train", "tune", "test"].index)
    assert abs(sides.count("test") - 0.2 * total) <= 0.5
    assert abs(sides.count("train") - 0.6 * total) <= 1
