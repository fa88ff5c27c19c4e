"""Sections in, what a helper model says of each out: a brief, and a draft without a voice where that is asked for.

Every answer is checked before it is believed, told what is wrong and asked again, and kept by the digest of (model,
prompt, section): a run that was killed goes on where it was. What the helper cannot do is done by rule, and counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from twin.core.brief import answer_tokens
from twin.core.errors import ModelFailed
from twin.core.prompts import HELPER_VERSION, asking_again, helper_prompt
from twin.core.protocols import Model, Progress
from twin.core.records import Brief, Document, Request, digest
from twin.core.text import word_count
from twin.features.datasets.answers import Refused, read_answer
from twin.features.datasets.parts import BriefFor, Cut, Decided, decided_texts
from twin.store import Store

CHARS_A_TOKEN = 4
BRIEF_TOKENS, AGAIN_TOKENS = 160, 80
MOST_FAILED = 3
"""Sections in a row of which the server answers nothing, before a run stops: it would fall back on rules for all."""
NO_ENTRY = frozenset({401, 403, 404})
NOT_THIS = frozenset({400, 413, 422})
"""What a server answers to everybody who has no key or model, and to one text: too long for it, or not to its taste."""
NO_ANSWER, NOT_TAKEN = "the helper's server failed", "the helper's server refused the text"


@dataclass(frozen=True, slots=True)
class Helper:
    """Who is asked, and how. Prices are those of a million tokens."""

    model: Model
    neutral: bool
    retries: int
    parallel: int
    price_in: float
    price_out: float

    def most_tokens(self, section: str) -> int:
        """The longest answer that is waited for."""
        return 2 * BRIEF_TOKENS + (answer_tokens(2 * word_count(section)) if self.neutral else 0)

    def price(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6

    def key(self, section: str) -> str:
        return digest("helped", self.model.digest, HELPER_VERSION, self.neutral, section)


@dataclass(frozen=True, slots=True)
class Helped:
    """What `build_dataset` takes: briefs, neutral drafts by section, and what a manifest says of them."""

    brief_for: BriefFor
    neutral: Mapping[str, str]
    about: Mapping[str, Any]


def sections_of(documents: Sequence[Document], cut: Cut, decided: Decided) -> dict[str, list[str]]:
    """Documents in; every section that is learned from, as it is learned, with the ids of its documents, out.

    Private things are masked in it, and what the author excluded is not there: nothing else is ever sent.
    """
    _, parts = decided_texts(documents, cut, decided)
    found: dict[str, list[str]] = {}
    for doc in documents:
        for part in parts[doc.id]:
            if not part.excluded:
                found.setdefault(part.text, []).append(doc.id)
    return found


def plan_of(sections: Mapping[str, Sequence[str]], *, helper: Helper, store: Store) -> dict[str, Any]:
    """What a run would send and cost: `{model sections cached requests tokens_in tokens_out price price_most first}`.

    Tokens are an estimate by characters. `price_most` is for every section asked about as often as it may be, each
    answer as long as it may be and sent back once. `first` is the first prompt, whole.
    """
    known = store.helped()
    missing = [section for section in sections if helper.key(section) not in known]
    prompts = [helper_prompt(section, neutral=helper.neutral) for section in missing]
    sent = sum(math.ceil(sum(len(one.content) for one in prompt) / CHARS_A_TOKEN) for prompt in prompts)
    answered = sum(BRIEF_TOKENS + (answer_tokens(word_count(one)) if helper.neutral else 0) for one in missing)
    most_out = sum(helper.most_tokens(section) for section in missing) * (1 + helper.retries)
    most_in = sent * (1 + helper.retries) + most_out + len(missing) * helper.retries * AGAIN_TOKENS
    return {
        "model": helper.model.name,
        "sections": len(sections),
        "cached": len(sections) - len(missing),
        "requests": len(missing),
        "tokens_in": sent,
        "tokens_out": answered,
        "price": helper.price(sent, answered),
        "price_most": helper.price(most_in, most_out),
        "first": [{"role": one.role, "content": one.content} for one in prompts[0]] if prompts else [],
    }


def helped_by(sections: Mapping[str, Sequence[str]], *, helper: Helper, store: Store, progress: Progress) -> Helped:
    """Asks for what is not known yet and keeps each answer at once. Raises: ModelFailed when the server is gone."""
    known = store.helped()
    missing = [section for section in sections if helper.key(section) not in known]
    failed = 0
    with ThreadPoolExecutor(helper.parallel) as pool:
        for start in range(0, len(missing), helper.parallel):
            asked = {pool.submit(_ask, helper, one): one for one in missing[start : start + helper.parallel]}
            for done in as_completed(asked):
                section = asked[done]
                try:
                    known[helper.key(section)] = value = done.result()
                except ModelFailed as bad:
                    failed += 1
                    if failed >= MOST_FAILED or bad.status in NO_ENTRY:
                        raise
                else:
                    failed = 0
                    store.add_helped(helper.key(section), sections[section], value)
            progress(min(start + helper.parallel, len(missing)), len(missing), f"briefs by {helper.model.name}")
    return _collected({section: known.get(helper.key(section), {"refused": NO_ANSWER}) for section in sections}, helper)


def _ask(helper: Helper, section: str) -> dict[str, Any]:
    """A section in, what is kept of the answer out: a brief, or why there is none. Raises: ModelFailed."""
    prompt = helper_prompt(section, neutral=helper.neutral)
    most = helper.most_tokens(section)
    best: dict[str, Any] = {"refused": "no answer"}
    failure: ModelFailed | None = None
    for attempt in range(1 + helper.retries):
        request = Request(prompt, max_tokens=most, temperature=0.3 if attempt else 0.0, seed=attempt)
        try:
            answer = helper.model.generate([request])[0]
        except ModelFailed as bad:
            if bad.status in NOT_THIS:
                return {"refused": NOT_TAKEN}
            failure = bad
            if bad.status in NO_ENTRY:
                break
            continue
        try:
            return read_answer(answer.text, section, neutral=helper.neutral, cut_off=answer.finish == "length")
        except Refused as bad:
            if bad.usable or "topic" not in best:
                best = bad.usable or {"refused": bad.reason}
            prompt = asking_again(
                helper_prompt(section, neutral=helper.neutral), answer.text, bad.problem, form="the JSON object"
            )
    if failure and "topic" not in best:
        raise failure
    return best


def _collected(values: Mapping[str, Mapping[str, Any]], helper: Helper) -> Helped:
    briefs = {section: value for section, value in values.items() if "topic" in value}
    neutral = {section: value["neutral"] for section, value in briefs.items() if value.get("neutral")}
    refused = Counter(value["refused"] for value in values.values() if "refused" in value)

    def brief_for(doc: Document, section: str) -> Brief | None:
        said = briefs.get(section)
        if said is None:
            return None
        words = max(20, round(word_count(section), -1))
        return Brief(said["topic"], tuple(said["facts"]), said["form"], words, doc.kind, doc.place)

    about = {
        "name": helper.model.name,
        "digest": digest("helped", sorted(values.items())),
        "briefs": len(briefs),
        "neutral": len(neutral),
        "by_rule": dict(refused),
    }
    return Helped(brief_for, neutral, about)
