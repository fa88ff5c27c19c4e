"""A sentence in, what kind of statement it is by its words out: question, advice, judgement, event."""

from __future__ import annotations

import re

from twin.core.brief import NUMBER_WORDS
from twin.core.text import words

ADVICE = frozenset(
    """ask avoid be begin bring build buy call change check choose clean come consider count do don't draw find
    fix follow forget get give go hire hold imagine join keep know learn leave let let's listen look make meet
    measure mind never note open pay pick please put read remember replace run say see send share show sit start
    stop take talk tell test think throw trust try turn use wait walk watch wear write""".split()
)
_JUDGEMENT = frozenset(
    """should must ought better best worse worst good bad great nice fine lovely love hate like prefer believe
    think feel opinion seems seem perhaps probably maybe matter matters need needs enough too wrong right
    beautiful ugly boring interesting important worth worthwhile honest honestly wonderful terrible awful easy
    hard difficult simple stupid clever useless useful serious silly funny fair unfair hope wish suspect doubt
    guess would could might never always everybody nobody anyone everyone favourite favorite pointless overrated
    underrated brilliant proud sorry""".split()
)
_MINE = frozenset("i we me us my our mine ours i'm i've i'd we've we'd myself ourselves".split())
PAST = frozenset(
    """was were forbade had did went came saw said told took made got gave found knew thought felt left kept held heard
    met paid sat stood ran wrote read spent sent bought brought caught drove ate drank fell grew began broke
    chose drew flew forgot hid hurt lay led lent lost meant put rang rode rose sang slept sold spoke stole swam
    taught threw understood woke wore won built burnt learnt knelt been became let cut hit set shut asked""".split()
)
_DONE = re.compile(
    r"\b(?:i|we)(?P<have>'ve|'d|\s+have|\s+had)?(?:\s+(?:also|always|even|just|never|not|once|only|still|then|\w+ly))?"
    r"\s+(?P<verb>[a-z]+)\b"
)
_HABIT = re.compile(r"\b(?:if|when|whenever|unless)\s+you\b", re.I)


def opinion(sentence: str) -> str:
    """A sentence in; "a question", "advice", "your judgement" or nothing out."""
    said = words(sentence)
    if not said:
        return ""
    if sentence.rstrip("\"'”’)] ").endswith("?"):
        return "a question"
    if said[0] in ADVICE and not (len(said) > 1 and said[1] in PAST):
        return "advice"
    if _HABIT.search(sentence):
        return "advice"
    return "your judgement" if _JUDGEMENT & set(said) else ""


def event(sentence: str) -> bool:
    """Whether the writer tells of something that happened to them."""
    said = words(sentence)
    return bool(_MINE & set(said)) and any(map(_past, said))


def told(sentence: str) -> bool:
    """Whether "I" or "we" did something, right before the verb: no judgement beside it makes that one."""
    said = sentence.lower().replace("’", "'")
    return any(_past(match["verb"]) or (match["have"] and _participle(match["verb"])) for match in _DONE.finditer(said))


def acts(sentence: str, first: str) -> bool:
    """Whether the capitalised first word is followed by a verb of the past, and so likely names somebody."""
    said = words(sentence)
    following = said[said.index(first.lower()) + 1 :][:1] if first.lower() in said else []
    return bool(following) and _past(following[0]) and not first.lower().endswith(("s", "ing", "ly"))


def _participle(word: str) -> bool:
    return word.endswith(("en", "wn", "ne")) and len(word) > 3 and word not in NUMBER_WORDS


def _past(word: str) -> bool:
    return word in PAST or (word.endswith("ed") and len(word) > 4)
