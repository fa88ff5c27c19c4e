"""What the author wrote and where a draft will be posted in, the texts whose voice it shall take out.

Facts and voice are looked for apart: a passage is near to the request, an exemplar stands in the same register. One
that were both would be copied, as a small model repeats what it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from twin.core.records import Document
from twin.core.text import word_count

SHORTEST, LONGEST = 1 / 3, 3
"""How much shorter or longer than the draft an exemplar may be before others go before it."""


def exemplars_for(
    learned: Sequence[Document], *, kind: str, site: str, words: int, facts: Collection[str], most: int, year: int = 0
) -> list[Document]:
    """Documents, oldest first, in; at most `most` of them, the best one first, out.

    Register decides: the same kind and place, then the same kind, then posts. Within one register, what the facts were
    taken from (`facts`, document ids) stands back, then what is much shorter or longer than the draft; the newest of
    the rest comes first. Where a `year` is asked for, texts of that year go before all others.
    """

    def order(doc: Document) -> tuple[bool, ...]:
        fits = SHORTEST * words <= word_count(doc.text) <= LONGEST * words
        other_year = bool(year) and (doc.published is None or doc.published.year != year)
        return other_year, doc.kind != kind, doc.kind != "post", doc.place != site, doc.id in facts, not fits

    newest_first = learned[::-1]
    return sorted(newest_first, key=order)[:most]
