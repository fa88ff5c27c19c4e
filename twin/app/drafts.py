"""Drafts in, what a person reads on the terminal out. The JSON of the same command holds more."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twin.app import in_words
from twin.app.show import MARKS, MEANINGS
from twin.core.text import counted

RULER = "─" * 72
LEVELS = {"blocker": "cannot be posted so", "warning": "look at this", "advice": "advice"}


def version(result: Mapping[str, Any]) -> str:
    """A draft that was made from another one, and what changed on the way."""
    draft = result["draft"]
    lines = [drafts({"drafts": [draft], "unread": [], "seconds": None})]
    if "from" in draft:
        lines.append(f"made of draft {draft['from']['draft']}")
    return "\n".join(lines)


def preferences(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        f"{row['id']}  {row['created'][:10]}  + {textwrap.shorten(row['chosen'], 44, placeholder=' …')}"
        f"  - {textwrap.shorten(row['rejected'], 44, placeholder=' …')}"
        for row in rows
    ]
    return "\n".join([*lines, counted(len(rows), "pair")])


def asking(result: Mapping[str, Any]) -> str:
    """Where there is nothing to stand on: what the author could answer."""
    lines = ["No text of yours, link or fact is a source for this brief: a draft would be invented.", "", "answer"]
    lines += [f" ? {one}" for one in result["questions"]]
    lines += ["", "outline", *(f" - {one}" for one in result["outline"]), ""]
    lines += map(in_words.unread, result["unread"])
    return "\n".join([*lines, "Write it with your answers in the brief or in a file, or set write.unsourced."])


def drafts(result: Mapping[str, Any]) -> str:
    if not result["drafts"]:
        return asking(result)
    blocks = [*map(in_words.unread, result["unread"])]
    for i, draft in enumerate(result["drafts"], 1):
        blocks += [
            RULER if len(result["drafts"]) == 1 else f"─── {i} of {len(result['drafts'])} ".ljust(72, "─"),
            *_parts(draft),
            RULER,
            f"{size(draft)}; {in_words.voice(draft)}",
            *_form(draft.get("form", [])),
            *_opening(draft),
            *_labelled("angle", [in_words.angle(draft)]),
            *draft.get("problems", []),
            *_bound(draft),
            *_labelled("code", in_words.code(draft)),
            *_labelled("content", [in_words.content(draft)]),
            *_labelled("copying", [in_words.copying(draft)]),
            *_labelled("told before", in_words.repetition(draft)),
            *_labelled("habits", [in_words.habits(draft)]),
            *_labelled(f"draft {draft['id']}", in_words.made_with(draft)[:1]),
            *_labelled("took", in_words.made_with(draft)[1:]),
            "",
            "claims",
        ]
        numbers = {source["id"]: i + 1 for i, source in enumerate(draft["sources"])}
        for claim in draft["claims"]:
            at = ", ".join(f"[{numbers[source]}]" for source in claim["sources"] if source in numbers)
            sentence = textwrap.shorten(claim["sentence"], 90, placeholder=" …")
            why = claim["finding"] if claim["status"] in ("supported", "contradicted", "not_found") else ""
            blocks.append(f" {MARKS[claim['status']]} {sentence}  {at or why}".rstrip())
        used = Counter(claim["status"] for claim in draft["claims"])
        blocks.append("   (" + "; ".join(f"{MARKS[s]} {n} {MEANINGS[s]}" for s, n in used.items()) + ")")
        told = in_words.planned(draft)
        blocks += ["", "planned", *(f" {line}" for line in told)] if told else []
        blocks += _mended(draft.get("mended", []))
        blocks += ["", "sources"]
        blocks += [
            f" [{numbers[source['id']]}] {source['published'] or 'undated'}  {textwrap.shorten(source['title'], 60)}  "
            f"{source['url']}{'' if source['used'] else '  (offered, not used)'}"
            for source in draft["sources"]
        ] or [" none: nothing of yours is near this brief, so no fact in it is backed"]
    return "\n".join([*blocks, *([f"({result['seconds']} s)"] if result["seconds"] is not None else [])])


def _labelled(label: str, said: Sequence[str]) -> list[str]:
    return [f"{label}: {line}" for line in said if line]


def _opening(draft: Mapping[str, Any]) -> list[str]:
    hook = draft.get("hook")
    return [opening(hook)] if hook else []


def opening(hook: Mapping[str, Any]) -> str:
    """`opens with a number, as 31% of your posts do`"""
    return f"opens with a {hook['kind']}, as {hook['share']:.0%} of your posts do"


def _bound(draft: Mapping[str, Any]) -> list[str]:
    held = draft.get("bound", {"held": True})
    return [] if held["held"] else [f"numbers, dates and links were not held to your sources: {held['why']}"]


def _mended(changes: Sequence[Mapping[str, str]]) -> list[str]:
    """What was written first and is not so any more, or stays with a mark, with the reason."""
    said = [textwrap.shorten(one["sentence"] or one["became"], 70, placeholder=" …") for one in changes]
    lines = [f" {what}  {textwrap.shorten(one['why'], 110)}" for what, one in zip(said, changes, strict=True)]
    return ["", "mended", *lines] if lines else []


def _parts(draft: Mapping[str, Any]) -> list[str]:
    """What is posted: the text, or the parts of a thread with a line between them."""
    first, *rest = draft.get("rendered", {}).get("numbered", [draft["text"]])
    return [first, *(line for part in rest for line in (RULER, part))]


def size(draft: Mapping[str, Any]) -> str:
    """A draft in, how long it is as its place counts out: `274 of 280 weighted characters`."""
    from twin.inference.places import DEFAULT, load

    place = load(draft.get("place", DEFAULT))
    size = draft.get("characters", len(draft["text"]))
    return f"{size:,} of {place.limit:,} {place.unit}" if place.limit else f"{size:,} {place.unit}"


def _form(findings: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{LEVELS[finding['level']]}: {finding['message']}" for finding in findings]


def repurposed(result: Mapping[str, Any]) -> str:
    """The text, each part of a thread apart; then what changed and what the place minds."""
    draft = result["draft"]
    return "\n".join(
        [RULER, *_parts(draft), RULER,
         f"{draft['place']}: {size(draft)}; draft {draft['id']}, made of {draft['from']['draft']}",
         *_form(result["changes"])]
    )  # fmt: skip
