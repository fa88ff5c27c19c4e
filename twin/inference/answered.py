"""Passages of a post that is answered in, what it is about out: words that join a search and a topic after the user's.

It is a text from outside: the author states none of it, and its orders are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twin.core.brief import content_words
from twin.core.records import Passage
from twin.inference.material.orders import without_orders
from twin.inference.plan import TOPIC_WORDS

ANSWERED = "the post you answer"
"""Where its passages stand when its text was pasted."""


def about(post: Sequence[Passage]) -> tuple[str, ...]:
    """The topic words that it says most, the earlier first among those said as often; at most `TOPIC_WORDS`."""
    counts = Counter(word for passage in post for word in content_words(without_orders(passage.text)))
    return tuple(word for word, _ in counts.most_common(TOPIC_WORDS))
