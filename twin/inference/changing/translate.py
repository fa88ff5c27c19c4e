"""A draft and a language in, the draft in that language out, by the larger model: sentence by sentence.

So each keeps what was found of it. Its figures, links and hashtags are compared with those of the sentence that it was
made from; whether it says the same otherwise, nothing here can tell.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from twin.core.brief import answer_tokens
from twin.core.errors import BadRequest, ModelFailed
from twin.core.language import NAMES, language_of
from twin.core.prompts import asking_again, translating_prompt
from twin.core.protocols import Model, open_ended
from twin.core.records import Claim, Request
from twin.core.text import URL, word_count
from twin.inference.changing.abroad import abroad, check_abroad, claims_of, figures, speaks
from twin.inference.changing.refine import version_of
from twin.inference.checking.said import Said
from twin.inference.drafted import Counted, Writing, priced
from twin.inference.places._checks import HASHTAG
from twin.metrics.degenerate import CODE

TRIES = 3
LONGER = 3
"""Tokens that a translation may take beside the draft: other scripts take several a word."""
COMPARED = {"held": False, "why": "it is a translation: figures, links and hashtags are compared with the draft's"}
_ASKED = re.compile(r"translate(?: it| this)?(?: (?:in)?to)?(?: (.+))?")
_AFTER_LINK = ".,;:!?)]}'\"”’»。"
_LINE = re.compile(r"\s*(\d+)[.)]\s+(\S.*)")


def language_asked(ask: str) -> str:
    """`translate to German` or `translate de` in, `de` out; empty for another wish. Raises: BadRequest."""
    asked = _ASKED.fullmatch(" ".join(ask.lower().split()))
    if not asked:
        return ""
    said = (asked[1] or "").strip(" .!")
    code = next((code for code, name in NAMES.items() if said in (code, name.lower())), "")
    if not code:
        problem = f"no language here is called {said!r}" if said else "into which language should it be translated?"
        raise BadRequest(problem, f'say for instance "translate to German"; known are {", ".join(NAMES.values())}')
    return code


def translate(first: Mapping[str, Any], language: str, how: Writing) -> dict[str, Any]:
    """A stored draft and a language (ISO 639-1) in, the new draft out, with `from` naming the first.

    Code stays as it is. Raises: BadRequest without a larger model, where it may not be sent the draft, and for the
    language that the draft or the author has already; ModelFailed for answers of no use.
    """
    if how.content is None:
        raise BadRequest(
            "nothing here translates: the default model and every check of a sentence know English alone",
            "name a larger model (twin config content.name), or translate it elsewhere and keep it as your version: "
            "twin refine DRAFT --edited my-version.txt",
        )
    if language in (first.get("language"), how.desk.language):
        raise BadRequest(
            f"there is a draft of this in {NAMES[language]} already",
            f"see its versions, and refine the one that you want: twin drafts {first['id']}",
        )
    started, model, said = time.perf_counter(), Counted(how.content), Said.of(first["text"])
    coded = {number for block in CODE.finditer(said.text) for number in said.within(*block.span())}
    numbers = [number for number in said.numbers if speaks(said[number]) and number not in coded]
    if not numbers:
        raise BadRequest("there is no sentence in this draft to translate", "choose another one: twin drafts")
    old = [said[number] for number in numbers]
    new = _translated(old, language, model, how)
    for number, sentence in zip(numbers, new, strict=True):
        said = said.instead(number, sentence)
    found = {claim.sentence: claim for claim in claims_of(first)}
    known = [_carried(found.get(was), was, became) for was, became in zip(old, new, strict=True)]
    known += [found[said[number]] for number in coded if said[number] in found]
    there = abroad(how, language)
    one = check_abroad(said.text, known, request=first["request"], how=there)
    draft = version_of(first, one, (), f"translate to {NAMES[language]}", there)
    before = {key: value for key, value in first.get("made_with", {}).items() if key != "edited"}
    by = {"model": model.digest, "name": model.name, "language": language, "of": first["id"]}
    came = {
        "model": first["model"],
        "adapter": first["adapter"],
        "made_with": {**before, "translated": by},
        "bound": COMPARED,
        "language": language,
        **({"angle": first["angle"]} if "angle" in first else {}),
    }
    seconds = time.perf_counter() - started
    return priced({**draft, **came}, model, seconds=seconds, drafts=1, prompt=first["made"]["prompt"])


def _translated(lines: Sequence[str], language: str, model: Model, how: Writing) -> list[str]:
    """As many lines as there were, in that language. Raises: ModelFailed after `TRIES` answers that are not."""
    prompt = first = translating_prompt(lines, NAMES[language])
    most = LONGER * answer_tokens(sum(map(word_count, lines)))
    problem = ""
    for attempt in range(TRIES):
        seed = how.sampling.seed + attempt
        asked = Request(prompt, max_tokens=most, temperature=0.3 if attempt else 0.0, seed=seed)
        [answer] = model.generate([asked], progress=open_ended(how.progress, note="translating"))
        found = {match[1]: match[2] for match in map(_LINE.fullmatch, answer.text.splitlines()) if match}
        new = [found.get(str(i), "").strip() for i in range(1, len(lines) + 1)]
        problem = "it was cut off" if answer.finish == "length" else _problem(new, found, language)
        if not problem:
            return new
        prompt = asking_again(first, answer.text, problem, form="the numbered lines")
    raise ModelFailed(
        f"{model.name} gave no translation of use in {TRIES} tries: {problem}", "name a more capable one: content.name"
    )


def _problem(new: Sequence[str], found: Mapping[str, str], language: str) -> str:
    missing = [str(i) for i, line in enumerate(new, 1) if not line]
    if missing or len(found) > len(new):
        return f"there must be {len(new)} numbered lines; missing: {', '.join(missing) or 'none'}"
    told = language_of(" ".join(new))
    return "" if told == language or told not in NAMES else f"it is in {NAMES[told]}, not in {NAMES[language]}"


def _carried(claim: Claim | None, was: str, became: str) -> Claim:
    """What was found of a sentence holds on for its translation, where that has the same figures, links and tags."""
    missing, added = figures(was) - figures(became), figures(became) - figures(was)
    for pattern in (URL, HASHTAG):
        ours, theirs = ({one.rstrip(_AFTER_LINK) for one in pattern.findall(text)} for text in (was, became))
        missing.update(ours - theirs)
        added.update(theirs - ours)
    if missing or added:
        wrong = [*(f"{one} is missing" for one in missing), *(f"{one} is new" for one in added)]
        return Claim(became, "not_found", (), f"not as in “{was}”: {', '.join(wrong)}")
    if claim is None:
        return Claim(became, "memory", (), f"translated from “{was}”")
    return replace(claim, sentence=became, finding=f"translated from “{was}”")
