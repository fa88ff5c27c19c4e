"""What an export leaves of a mention: a plain name at the head of a comment."""

from __future__ import annotations

import re

_OPENERS = frozenset(
    "a absolutely actually agree agreed all also and any are as at but can congrats congratulations could dear did do "
    "easy even every exactly fair fantastic for from glad good great haha happy hello here here's hey hi hm hmm how i "
    "i'd i'll i'm i've if in indeed interesting is it it's just let love lovely many maybe more most my nice no not of "
    "oh ok okay on or our perhaps please really right same see so some sorry sounds still sure thank thanks that "
    "that's the then there there's these they this to totally true usually very was we we're well what what's when "
    "where which who why will with wonderful would wow yeah yes yet you you're your".split()
)
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w.'’-]*")


def names_someone(text: str) -> bool:
    """Whether a comment begins with "First Last", what is left of a mention: two or more capitalised words, then a
    comma or a usual first word of a sentence. Anything less certain stays a comment."""
    heads = text.replace("’", "'").split(None, 5)
    for position, word in enumerate(heads[:5]):
        if word.rstrip(",:.!?…").lower() in _OPENERS:
            return position >= 2
        if not _CAPITALISED.fullmatch(word.rstrip(",:")):
            return False
        if word.endswith((",", ":")):
            return position >= 1
    return False
