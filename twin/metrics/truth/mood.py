"""A sentence in, what kind of statement it is by its words out: question, advice, judgement, event."""

from __future__ import annotations

import re

from twin.core.text import words
from twin.metrics.truth.person import PAST, past, says_of_self
from twin.metrics.truth.stems import in_full
from twin.metrics.truth.tools import named, works

ADVICE = frozenset(
    """ask avoid be begin bring build buy call change check choose clean come consider count do don't draw find
    fix follow forget get give go hire hold imagine join keep know learn leave let let's listen look make meet
    measure mind never note open pay pick please put read remember replace run say see send share show sit start
    stop take talk tell test think throw trust try turn use wait walk watch wear write""".split()
)
_WORTH = frozenset(
    """good bad better best worse worst great nice fine lovely beautiful ugly boring interesting important crucial
    essential vital valuable invaluable worth worthwhile worthless wonderful terrible awful amazing brilliant
    excellent easy easier hard harder difficult simple tricky stupid clever smart wise useful useless helpful serious
    silly funny fun fair unfair right wrong honest pointless overrated underrated powerful enough sad certain
    surprising exciting inspiring""".split()
)
_IS = frozenset(
    """is are was were be been being am have has feel feels look looks sound sounds seem seems become
    becomes""".split()
)
_WORTH_WITHIN = 4
_OUGHT = frozenset("should must ought need needs deserve deserves matter matters".split())
_VAGUE = frozenset(
    """might could would may perhaps probably maybe seems seem never always everybody nobody anyone anybody everyone
    nothing everything too simply really truly just""".split()
)
"""Words of a general remark: one that holds nothing to check says nothing that a source could hold."""
MOST_WORDS_OF_A_VERDICT = 14
_MINE = frozenset("i we me us my our mine ours myself ourselves".split())
_CLAUSE = re.compile(r"[.,;:!?()–—]")
_HABIT = re.compile(r"\b(?:if|when|whenever|unless)\s+you\b", re.I)


def opinion(sentence: str, *, checkable: bool = False) -> str:
    """A sentence in; "a question", "advice", "your judgement", "a general remark" or nothing out.

    One that is `checkable`, which holds a name, a number or the like, is no general remark, and a judgement only where
    somebody says that they hold it, or in a few words: a long one says more of the thing than that it is good. What
    names a command or a part of a program, or says what one does, is no advice either.
    """
    said = words(in_full(sentence))
    if not said:
        return ""
    if _asks(sentence):
        return "a question"
    does = works(sentence)
    technical = does or bool(named(sentence))
    if words(sentence)[0] in ADVICE and not technical and not (len(said) > 1 and said[1] in PAST):
        return "advice"
    if "holds" in says_of_self(sentence):
        return "your judgement"
    if does or ((checkable or technical) and len(said) > MOST_WORDS_OF_A_VERDICT):
        return ""
    if (_OUGHT & set(said) and not technical) or any(map(_values, _CLAUSE.split(in_full(sentence)))):
        return "your judgement"
    if checkable or technical:
        return ""
    return "a general remark" if _VAGUE & set(said) or _HABIT.search(sentence) else ""


def event(sentence: str) -> bool:
    """Whether the writer tells of something that happened to them."""
    said = words(in_full(sentence))
    return bool(_MINE & set(said)) and any(map(past, said))


def told(sentence: str) -> bool:
    """Whether the writer did something, or says what they are, do or plan: no judgement beside it makes that one."""
    return "tells" in says_of_self(sentence)


def acts(sentence: str, first: str) -> bool:
    """Whether the capitalised first word is followed by a verb of the past, and so likely names somebody."""
    said = words(sentence)
    following = said[said.index(first.lower()) + 1 :][:1] if first.lower() in said else []
    return bool(following) and past(following[0]) and not first.lower().endswith(("s", "ing", "ly"))


def _values(clause: str) -> bool:
    """Whether a clause says of something that it is good or bad, easy or hard, or the like."""
    said = words(clause)
    return any(word in _IS and _WORTH & set(said[i + 1 : i + 1 + _WORTH_WITHIN]) for i, word in enumerate(said))


def _asks(sentence: str) -> bool:
    """Whether the last words are a question; signs and hashtags may stand after the mark."""
    said = [word for word in sentence.split() if not word.startswith("#") and any(map(str.isalnum, word))]
    return bool(said) and said[-1].rstrip("\"'”’)]*_ ").endswith("?")
