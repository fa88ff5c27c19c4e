"""A text from outside in, the same without sentences that give orders out: they are no facts and reach no prompt.

A small model copies what it reads, so quoting an order as data is not enough. What looks like an order and is none
(advice in an article) is lost as a fact; it stays a source that a draft may be checked against. Three signs: it begins
as an order does; it speaks of the writing, of who writes or reads, or to a machine; or it holds a machine's own marks.
A claim that merely is not true has none of them: `apart` finds what nothing else in its text speaks of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from twin.core.text import sentences
from twin.metrics.truth.stems import stems

LEAST_BESIDE = 6
"""Sentences from which on a text has a subject."""
_COMMANDS = """act add advertise advise advocate agree allow always announce answer append apply approve assert assume
attach be begin build call cease change choose cite claim click close compose conclude confirm consider continue
convert copy create credit cut decode delete deny describe disregard do don't draft drop echo emphasise emphasize employ
encourage end endorse ensure execute explain express extol feature finish follow forget format generate give go hail
have highlight ignore imagine include incorporate inform inject insert instruct introduce invent invite keep leave let
link list make mention modify mouth name never note obey omit open output override paste place plug post praise prefer
present pretend print proclaim produce promote prompt provide publish put quote read recommend refer reference reflect
reiterate remember remove render repeat rephrase replace reply report respond return reveal review rewrite roleplay run
salute say see send set share show sign slip speak spread start state stay stick stop stress substitute suggest
summarise summarize switch swap take talk tell thank throw tout translate treat trust tweet urge use visit vote weave
welcome work write"""
_BEFORE = """please kindly now then also so first finally next instead hey hi dear ok okay important note nb ps urgent
attention notice warning reminder hint tip task goal system user assistant developer admin editor instruction
instructions response hidden just simply always never bitte"""
_FIRST = re.compile(
    rf"^[\W_]*(?:(?:(?:{'|'.join(_BEFORE.split())}|correction[^:]*)\b[\W_]*)"
    rf"|(?:(?:could|can|would|will|shall)\s+(?:you|we|i)\s+)|(?:(?:we|i)\s+(?:ask|want|need|request|order|beg)\b[^.]*?\bto\s+)"
    rf"|(?:you\s+(?:are|must|should|shall|will|may|can|could|need|have)\s+(?:to\s+|asked\s+to\s+|free\s+to\s+)?))*"
    rf"(?:{'|'.join(_COMMANDS.split())})\b(?!')",
    re.IGNORECASE,
)
_WRITING = (
    r"(?:post|draft|text|summary|summaries|article|paragraph|sentence|line|headline|title|caption|answer|output|reply"
    r"|response|brief|prompt|conclusion|opening|closing|copy|write-?up|piece|page|review)s?"
)
_DUTY = (
    r"(?:must|shall|should|ought|has to|have to|need(?:s)? to|need(?:s)?|will|is to|are to|is required|are required"
    r"|is expected|is asked|are asked|be sure|make sure|without|never|always)"
)
_WHO = (
    r"(?:whoever|anyone who|anybody who|everyone who|those who|the one who|(?:the\s+)?(?:reader|writer|author|editor"
    r"|summari[sz]er|ghost-?writer|copywriter|poster)s?)"
)
_ADDRESSED = re.compile(
    r"<\||\[/?inst\]|</?s>|<(?:start|end)_of_turn>|<!--|-->|[\u200b-\u200f\u2060-\u2064]"
    r"|\b(?:previous|prior|above|earlier|your|these|following)\s+(?:instructions?|rules|guidelines|prompts?|briefs?|orders)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message)\b|\bprompt\b.*\binject|\bjailbreak"
    r"|\b(?:ai|ais|llms?|gpt|language models?|chat-?bots?|bots?|assistants?|agents?|machines?|crawlers?|algorithms?)\b"
    r".*\b(?:must|should|shall|add|write|say|note|mention|name|asked|required|reading|read|are|is)\b"
    r"|\b(?:note|message|instruction|reminder)s?\s+(?:to|for)\s+(?:ai|llm|language|the\s+(?:model|assistant|writer|editor|author))"
    r"|\byou are now\b|\bfrom now on\b|\bi allow you\b|\bend of (?:material|text|document|page|article)\b"
    r"|\b(?:new|real|actual|updated|true|hidden|secret|final)\s+(?:task|brief|instructions?|goal|prompt|request|topic|order)\b"
    r"|\byour\s+(?:task|goal|job|brief|role|instructions?|topic|text|post|draft|answer|summary|output|readers?|followers?)\b"
    r"|^(?:system|assistant|user|human|ai|developer|topic|facts?|task|brief|instructions?|p\.?s|nb|editor)\b\W*:"
    r"|^\W*###|^\{.*\}$|\bbase64\b|\bthis (?:text|post|article|page)\b|\bsay so\b|\bas follows\b"
    rf"|\b{_DUTY}\b[^.]{{0,60}}\b(?:the|a|an|any|every|each|all)\s+(?:\w+\s+)?{_WRITING}\b"
    rf"|\b(?:the|any|every|each|all)\s+(?:\w+\s+)?{_WRITING}\b[^.]{{0,40}}\b(?:{_DUTY}|mentions?|names?|recommends?|contains?"
    r"|includes?|ends?|begins?|opens?|closes?|praises?)\b"
    rf"|\b{_WHO}\b[^.]{{0,60}}\b(?:{_DUTY}|loves?|hates?|recommends?|prefers?|wants?|says?|swears?|uses?|believes?|endorses?)\b"
    r"|\bas the (?:author|writer|editor)\b|\b(?:verbatim|word for word|wherever possible|at least once)\b"
    r"|\b(?:slip|work|weave|sneak|squeeze)\s+in\b|\bit is (?:required|requested|mandatory|imperative|obligatory)\b"
    r"|\b(?:por favor|s['’]il (?:vous|te) pla[iî]t|per favore|bitte|alsjeblieft|proszę)\b",
    re.IGNORECASE,
)


def without_orders(text: str, beside: Sequence[str] = ()) -> str:
    """Sentences that begin with a command, address who writes or carry a machine's marks are left out.

    So is what shares no word of content with anything `beside` it: the other sentences of the text, what is asked.
    """
    said = [one for one in sentences(text) if not (_FIRST.search(one) or _ADDRESSED.search(one))]
    return " ".join(one for one in said if one not in apart(said, beside))


def apart(said: Sequence[str], beside: Sequence[str]) -> set[str]:
    """Sentences in, those that share no word of content with any other nor with what stands beside them out.

    None where all together are few: then they have no subject that one of them could lie apart from.
    """
    others = [one for one in beside if one not in said]
    if len(said) + len(others) < LEAST_BESIDE:
        return set()
    seen = Counter(stem for one in (*said, *others) for stem in stems(one))
    return {one for one in said if (found := stems(one)) and all(seen[stem] < 2 for stem in found)}
