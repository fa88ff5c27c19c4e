"""A helper's answer in, the brief that it may be believed for out, or what is wrong with it in words."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin.core.text import sentences, word_count, words

RUN, NEUTRAL_RUN = 4, 8
"""Words in a row that a topic, and that a neutral draft, may not share with the text."""
FACT_WORDS = 20
LEAST_NEUTRAL = 0.3


class Refused(Exception):
    """An answer of no use: `reason` is counted, `problem` told to the helper, `usable` what is good in it."""

    def __init__(self, reason: str, problem: str, usable: dict[str, Any] | None = None) -> None:
        super().__init__(problem)
        self.reason = reason
        self.problem = problem
        self.usable = usable


class Said(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    topic: str = Field(min_length=3, max_length=300)
    facts: list[Annotated[str, Field(min_length=2, max_length=200)]] = Field(max_length=8)
    form: Literal["story", "list", "question"]
    neutral: str = ""


def read_answer(answer: str, section: str, *, neutral: bool, cut_off: bool) -> dict[str, Any]:
    """`{topic facts form neutral}`. Raises: Refused."""
    if cut_off:
        raise Refused("cut off", "it was cut off before its end: be shorter")
    said = _parsed(answer)
    _check_brief(said, section)
    found = said.model_dump()
    if not neutral:
        return {**found, "neutral": ""}
    problem = _neutral_problem(said.neutral, section)
    if problem:
        raise Refused("no neutral draft", problem, {**found, "neutral": ""})
    return found


def _parsed(answer: str) -> Said:
    """The object between the first and the last brace: models like to talk around it."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        return Said.model_validate(json.loads(answer[start : end + 1], strict=False))
    except json.JSONDecodeError as bad:
        raise Refused("no JSON", f"it is not JSON ({bad.msg})") from bad
    except ValidationError as bad:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in bad.errors())
        raise Refused("another form", problems) from bad


def _check_brief(said: Said, section: str) -> None:
    shared = _runs(said.topic, RUN) & _runs(section, RUN)
    if shared:
        raise Refused("repeats the text", f"the topic says {_first(shared)!r} as the text does: use your own words")
    opening = (sentences(section) or [""])[0]
    size = min(RUN, len(words(opening)))
    for part in (said.topic, *said.facts):
        again = _runs(part, size) & _runs(opening, size) if size > 1 else set()
        if again:
            raise Refused(
                "repeats the opening", f"{part!r} says {_first(again)!r} as the first sentence does: leave it out"
            )
        if word_count(part) > FACT_WORDS:
            raise Refused("too long", f"{part!r} has more than {FACT_WORDS} words")
    _check_numbers(" ".join((said.topic, *said.facts)), section)


def _check_numbers(text: str, section: str) -> None:
    invented = _numbers(text) - _numbers(section)
    if invented:
        raise Refused("a number of its own", f"the number {min(invented)} is not in the text")


def _neutral_problem(neutral: str, section: str) -> str:
    shared = _runs(neutral, NEUTRAL_RUN) & _runs(section, NEUTRAL_RUN)
    if shared:
        return f"the neutral draft says {_first(shared)!r} as the text does: use your own words"
    if word_count(neutral) < LEAST_NEUTRAL * word_count(section):
        return "the neutral draft leaves most of the text out"
    invented = _numbers(neutral) - _numbers(section)
    return f"the number {min(invented)} of the neutral draft is not in the text" if invented else ""


def _runs(text: str, size: int) -> set[tuple[str, ...]]:
    """The runs of `size` words of a text; none where it is shorter."""
    tokens = words(text)
    return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)} if size else set()


def _numbers(text: str) -> set[str]:
    return {word for word in words(text) if any(char.isdigit() for char in word)}


def _first(runs: set[tuple[str, ...]]) -> str:
    return " ".join(min(runs))
