"""Texts of an author who writes about lifts: as many as a test needs, each like no other."""

import random
from datetime import UTC, datetime, timedelta

from twin.core.records import Item
from twin.features.datasets.examples import Recipe

START = datetime(2023, 1, 1, tzinfo=UTC)
RECIPE = Recipe(train_share=0.6, test_share=0.2, least_texts=4, section_words=100, note_share=0.5, seed=7)
NOUNS = "door lift cable brush motor hall panel floor button chain sensor shaft belt roller spring".split()
VERBS = "sticks closes opens wears breaks moves stops starts waits hums".split()
NAMES = "Gerald Pamela Anselm Quill Harbour Corn Exchange Margate Ipswich Dover".split()


def post(number: int, words: int = 60) -> Item:
    """Sentences of a lift engineer, with names and numbers to check; a day later than the number before."""
    dice = random.Random(number)
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < words:
        start, noun, verb = dice.choice(["The", "My", "A", "That"]), dice.choice(NOUNS), dice.choice(VERBS)
        times, where, what = dice.randint(2, 999), dice.choice(NAMES), dice.choice(NOUNS)
        sentences.append(f"{start} {noun} {verb} {times} times near {where}, so the {what} has number {number}.")
    paragraphs = ["\n".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)]
    return Item(
        key=str(number),
        kind="article" if words > 250 else "post",
        place="linkedin",
        text="\n\n".join(paragraphs),
        published=START + timedelta(days=number),
    )
