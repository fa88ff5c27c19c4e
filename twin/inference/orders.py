"""A text from outside in, the same without sentences that give orders out: they are no facts and reach no prompt.

A small model copies what it reads, so quoting an order as data is not enough. What looks like an order and is none
(advice in an article) is lost as a fact; it stays a source that a draft may be checked against.
"""

from __future__ import annotations

import re

from twin.core.text import sentences

_COMMANDS = """act add answer append approve begin change claim click confirm continue convert copy decode delete
deny disregard do end execute follow forget give ignore include insert invent mention name obey output override pay
post praise pretend print promote publish put recommend repeat replace reply respond reveal run say send set sign
speak start state switch tell translate treat use vote write"""
_FIRST = re.compile(
    rf"^[\W_]*(?:(?:please|now|then|also|important|note|system|user|assistant|instruction|response|correction[^:]*|hidden)"
    rf"\b[\W_]*)*(?:{'|'.join(_COMMANDS.split())})\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"<\||\[/?inst\]|</?s>|<(?:start|end)_of_turn>|<!--|[\u200b-\u200f\u2060-\u2064]"
    r"|\b(?:previous|your)\s+(?:instructions|rules|guidelines)\b|\bsystem prompt\b"
    r"|\b(?:ai|ais|llm|language models?|chatbots?|assistants?)\b.*\b(?:must|should|shall|add|write|say|note)\b"
    r"|\b(?:note|message)\s+to\s+(?:ai|llm|language|the\s+(?:model|assistant))"
    r"|\byou are now\b|\bfrom now on\b|\bi allow you\b|\bnew brief\b|\bend of (?:material|text|document)\b"
    r"|^(?:system|assistant|user|topic|facts)\s*:|^\W*###|^\{.*\}$|\bbase64\b|\bthis text\b|\bsay so\b",
    re.IGNORECASE,
)


def without_orders(text: str) -> str:
    """Sentences that begin with a command, address a model or carry its marks are left out."""
    return " ".join(one for one in sentences(text) if not (_FIRST.search(one) or _ADDRESSED.search(one)))
