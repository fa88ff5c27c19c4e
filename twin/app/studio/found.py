"""A draft in, what was found of it out: a quiet line for each question, more when the reader opens it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from twin.app import in_words
from twin.app.drafts import opening
from twin.app.show import MEANINGS
from twin.app.studio.frame import link, part, say
from twin.core.text import counted

PROMPT = "What the model was asked, word for word. It writes block by block: what stands so far follows the prompt."


def show_found(draft: Mapping[str, Any]) -> None:
    """Truth, voice, habits, copying, what was told before, sources, and how the draft was made."""
    with part("div", "found").props('data-part="found"'):
        for problem in draft.get("problems", []):
            with part("div", "notice warn"):
                say("b", f"Problem: {problem}.")
        _truth(draft)
        _code(draft)
        _angle(draft)
        _sources(draft["sources"])
        _content(draft)
        _voice(draft)
        _habits(draft)
        _copying(draft)
        _told(draft)
        _made(draft)


@contextmanager
def _question(name: str, answer: str, *, minded: bool = False) -> Iterator[None]:
    """A line that opens: what is asked of a draft, and the answer in a few words."""
    with part("details"):
        with part("summary", "minded" if minded else ""):
            say("b", name)
            say("span", answer).style("color: var(--warn)" if minded else "")
        with part("div", "more"):
            yield


def _truth(draft: Mapping[str, Any]) -> None:
    numbers = {source["id"]: i + 1 for i, source in enumerate(draft["sources"])}
    wrong = any(claim["status"] in ("contradicted", "not_found", "memory") for claim in draft["claims"])
    with _question("Truth", in_words.truth(draft), minded=wrong):
        for claim in draft["claims"]:
            with part("div", f"claim {claim['status']}"):
                say("span", claim["sentence"])
                say("span", _finding(claim, numbers), "status")
        held = draft.get("bound") or {"held": True}
        if not held["held"]:
            say("p", f"Numbers, dates and links were not held to your sources: {held['why']}.")
        changes = draft.get("mended", [])
        if changes:
            say("h3", f"{counted(len(changes), 'sentence')} changed")
        for one in changes:
            with part("div", "claim"):
                say("span", one["sentence"] or one["became"])
                say("span", one["why"], "status")


def _finding(claim: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    where = [f"source {numbers[one]}" for one in claim["sources"] if one in numbers]
    words = MEANINGS[claim["status"]]
    if where:
        return f"{words}: {', '.join(where)}"
    told = claim.get("finding") and claim["status"] != "memory"
    return f"{words} ({claim['finding']})" if told else words


def _code(draft: Mapping[str, Any]) -> None:
    found = in_words.code(draft)
    if not found:
        return
    with _question("Code", found[0], minded=True):
        say("p", "Code is no sentence: nothing here knows whether it runs, or does what the text says. Try it.", "soft")
        for one in found[1:]:
            say("p", one)


def _angle(draft: Mapping[str, Any]) -> None:
    found = in_words.angle(draft)
    if not found:
        return
    with _question("Angle", found):
        say("p", "The facts that the twin was told to say, in their order.", "soft")
        for one in in_words.planned(draft):
            say("p", one)


def _sources(sources: Sequence[Mapping[str, Any]]) -> None:
    used = sum(source["used"] for source in sources)
    with _question("Sources", f"{used} used of {len(sources)} offered", minded=not sources):
        if not sources:
            say("p", "None: nothing of yours is near this brief, so no fact in the draft is backed.", "soft")
        for i, source in enumerate(sources):
            with part("div", "passage"):
                with part("div", "head"):
                    say("b", f"{i + 1}. {source['title']}")
                    say("span", (source.get("published") or "undated")[:10], "soft")
                    say("span", "used" if source["used"] else "only offered", "kind")
                    if source.get("outside"):
                        say("span", "added by you", "kind")
                    if source.get("theirs"):
                        say("span", "somebody else’s words", "kind")
                if source.get("offered"):
                    say("div", f"Told the twin: {'; '.join(source['offered'])}", "soft")
                if source.get("excerpt"):
                    say("div", source["excerpt"], "excerpt")
                if source["url"]:
                    link(source["url"], source["url"])


def _content(draft: Mapping[str, Any]) -> None:
    said = in_words.content(draft)
    if not said:
        return
    with _question("Content", said, minded=not draft["content"]["sentences"]):
        say(
            "p",
            "The twin was given facts and notes of this; the draft is checked against the sources above.",
            "soft",
        )
        for one in draft["content"]["sentences"]:
            say("p", one)


def _voice(draft: Mapping[str, Any]) -> None:
    style = draft["style"]
    with _question("Voice", in_words.voice(draft), minded=style["verdict"] == "does-not"):
        if in_words.scale(draft):
            low, high = style["range"]
            _scale(style["score"], low, high, least=min(0.0, low, style["score"]))
            said = "0 is where other people's texts lie, the band holds four of five of your own."
            say("p", f"It {in_words.scale(draft)}: {said}", "soft")
        say(
            "p",
            "Judged by a verifier that had no part in choosing it. It says nothing of one text for certain.",
            "soft",
        )


def _habits(draft: Mapping[str, Any]) -> None:
    said = in_words.habits(draft)
    if not said:
        return
    with _question("Habits", said):
        for row in draft["habits"]["rows"]:
            with part("div", "habit" if row["within"] else "habit out"):
                say("span", in_words.habit(row))
                _scale(row["value"], row["low"], row["high"])
        if draft.get("hook"):
            say("p", f"It {opening(draft['hook'])}.", "soft")


def _scale(value: float, low: float, high: float, *, least: float = 0.0) -> None:
    """A line from `least` on with the author's range as a band and the draft as a dot."""
    most = max(value, high, least + 1e-9) * 1.15 or 1.0
    at = [f"{100 * (one - least) / (most - least):.1f}%" for one in (low, high, value)]
    with part("div", "scale").props('aria-hidden="true"'):
        part("i").style(f"left: {at[0]}; width: max(3px, calc({at[1]} - {at[0]}))")
        part("b").style(f"left: {at[2]}")


def _copying(draft: Mapping[str, Any]) -> None:
    found = draft["copying"]
    gate = found.get("gate")
    with _question("Copying", in_words.copying(draft), minded=gate is not None and found["longest_run_words"] >= gate):
        if found.get("run"):
            say("p", f"“{found['run']}”", "excerpt")
        if found.get("of"):
            _own("It stands in", found["of"])
        say("p", f"{found['share']:.0%} of its words stand in shared runs of five and more.", "soft")


def _told(draft: Mapping[str, Any]) -> None:
    found = draft.get("repetition")
    if not found:
        return
    minded = found["repeated"] or bool(found["opening"])
    with _question("Told before", "; ".join(in_words.repetition(draft)), minded=minded):
        if found["told"]:
            _own("Nearest is", found["told"])
            shared = ", ".join(found["told"]["shared"])
            gate = f"{found['value']:.2f} alike; from {found['gate']:.2f} on it is the same story"
            say("p", f"{gate}. Both speak of: {shared}.", "soft")
        for one in found["opening"]:
            _own("The same first words:", one)


def _own(said: str, text: Mapping[str, str]) -> None:
    with part("p"):
        say("span", f"{said} {in_words.named(text)} ")
        if text["url"]:
            link(text["url"], text["url"])


def _made(draft: Mapping[str, Any]) -> None:
    who, *cost = in_words.made_with(draft)
    by = f"adapter {draft['adapter']}" if draft.get("adapter") else "your posts as examples"
    with _question(
        "How it was made",
        "; ".join([f"{in_words.edited(draft)}{draft['model']} with {by}", *(one.split(" for ")[0] for one in cost)]),
    ):
        for line in (who, *cost):
            say("p", line)
        chosen = (draft.get("made_with") or {}).get("sampling")
        if chosen:
            say(
                "p",
                "Sampling: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen.items()),
                "soft",
            )
        if draft.get("prompt"):
            say("p", PROMPT, "soft")
        asked = [(message["role"], message["content"]) for message in draft.get("prompt", [])]
        for number, section in enumerate(draft.get("sections", []), 1):
            asked += [(f"section {number}", one["content"]) for one in section["prompt"] if one["role"] == "user"]
        for role, said in asked:
            say("div", role, "soft")
            say("div", said, "asked")
