"""A sentence in, what its writer says there of themselves out: that they hold something, or did, do, are or plan it.

What somebody holds is an opinion. What they did or do is true or not, and nobody but them knows. English, by the words
that follow "I" and "we"; a "we" of the present may be anybody's, so that of it its past and its plans are told, what it
does by now, and what only a firm does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from twin.core.brief import NUMBER_WORDS
from twin.core.text import words
from twin.metrics.truth.stems import in_full

PAST = frozenset(
    """was were forbade had did went came saw said told took made got gave found knew thought felt left kept held heard
    met paid sat stood ran wrote read spent sent bought brought caught drove ate drank fell grew began broke
    chose drew flew forgot hid hurt lay led lent lost meant put rang rode rose sang slept sold spoke stole swam
    taught threw understood woke wore won built burnt learnt knelt been became let cut hit set shut asked""".split()
)
_HOLDING = frozenset(
    """think believe feel hope wish love hate like prefer doubt suspect guess agree disagree wonder enjoy
    appreciate trust care recommend suggest expect mean mind admire fear bet see find""".split()
)
"""Verbs of an opinion; "see that" and "find that" state what follows, and are told apart by the "that"."""
_MINDING = frozenset(f"{verb.removesuffix('e')}ing" for verb in _HOLDING - {"mean"}) | {"talking", "saying"}
_FORWARD = {"look": "forward", "looking": "forward"}
_STATING = frozenset({"see", "find"})
_BY_NOW = frozenset({"now", "currently", "still"})
_TRADING = frozenset({"sell", "offer", "employ", "stock", "operate"})
"""What a firm does: a "we" that does it is no "we" of everybody; nor is one that does something by now."""
_BETWEEN = frozenset(
    """also always even just never not once only still then often sometimes now currently usually rarely mostly
    almost already soon really truly""".split()
)
_MODAL = frozenset("can cannot could would should might may must do does did was were shall".split())
_ANNOUNCING = frozenset("announce share say report tell introduce launch present".split())
_ARTICLES = frozenset({"a", "an", "the", "your"})
_NOT_ME = re.compile(
    r"\bi\.e\b\.?|\b[Ii][-./]\w+|\w+-I\b"
    r"|\b(?:Phase|Part|Type|War|Volume|Chapter|Class|Level|Stage|Act|Book) I\b"
)
_NO_VERB = frozenset("and or but if i we you my our in on at of for to with as than who that which".split())
_OF_A_VIEW = frozenset(
    "opinion view hope wish guess advice point take feeling favourite favorite mind eyes question answer".split()
)
_TO_ME = frozenset("seems seem matters matter looks look sounds sound means mean feels feel".split())
_MOODS = frozenset(
    """glad sure proud sorry afraid happy excited thrilled grateful thankful lucky certain convinced curious surprised
    tired delighted fond passionate hopeful sad angry worried confident pleased amazed impressed keen eager ready
    sceptical skeptical aware""".split()
)
_VERY = frozenset("so very too quite more most pretty rather all both".split())


def says_of_self(sentence: str) -> frozenset[str]:
    """A sentence in; of "holds" and "tells" those that it does out."""
    said = words(in_full(_NOT_ME.sub(" ", sentence)))
    found = {_after(said[i], said[i + 1 :]) for i, word in enumerate(said) if word in ("i", "we")}
    found |= set(_of_mine(said))
    return frozenset(found - {""})


def past(word: str) -> bool:
    return word in PAST or (word.endswith("ed") and len(word) > 4 and word != "indeed")


def _after(who: str, said: Sequence[str]) -> str:
    """What the words after "I" or "we" make of it."""
    following = [word for word in said[:8] if word not in _BETWEEN and not word.endswith("ly")]
    verb, then = (*following, "", "")[:2]
    if verb in ("have", "had", "would") and (past(then) or _participle(then)):
        return "tells"
    if verb in ("am", "are"):
        return _being(who, following[1:])
    if past(verb) or verb in ("will", "shall"):
        return "tells"
    if verb in _HOLDING or _FORWARD.get(verb) == then or (verb == "would" and then in _HOLDING):
        return "tells" if verb in _STATING and "that" in said[:4] else "holds"
    if not verb or verb in _MODAL | _NO_VERB:
        return ""
    by_now = any(word in _BY_NOW for word in said[: said.index(verb)])
    return "tells" if who == "i" or by_now or verb in _TRADING else ""


def _being(who: str, said: Sequence[str]) -> str:
    """What follows "I am": doing and being are told, a mood is held; who is glad to say something says it."""
    first, then = (*(word for word in said if word not in _VERY), "", "")[:2]
    if any(one == "to" and other in _ANNOUNCING for one, other in pairwise(said)):
        return "tells"
    if _FORWARD.get(first) == then:
        return "holds"
    if first in _ARTICLES or (first.endswith("ing") and first not in _MINDING):
        return "tells"
    if first in _MOODS or first in _MINDING:
        return "holds"
    return "tells" if who == "i" and first else ""


def _of_mine(said: Sequence[str]) -> Iterator[str]:
    """What "my" and "me" make of it: "in my opinion", "for me"; or a sentence that says what is mine."""
    for i, word in enumerate(said):
        mine = word == "my" and _OF_A_VIEW & set(said[i + 1 : i + 3])
        to_me = word == "me" and i and said[i - 1] in ("for", "to")
        if mine or (to_me and (i == 1 or _TO_ME & set(said[max(0, i - 4) : i - 1]))):
            yield "holds"
    if said[:1] in (["my"], ["our"]) and {"is", "are"} & set(said[2:4]) and not _OF_A_VIEW & set(said[1:3]):
        yield "tells"


def _participle(word: str) -> bool:
    return word.endswith(("en", "wn", "ne")) and len(word) > 3 and word not in NUMBER_WORDS
