"""A draft in, what was found of it in words out: a line each, the same on the terminal and in the studio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twin.app.show import MEANINGS, VERDICTS
from twin.core.language import NAMES
from twin.core.records import IN_PART
from twin.core.text import counted

Draft = Mapping[str, Any]
LEAST_OF_YOURS = 10
"""Below so many percent of an author's own texts one may be told from other people's and still be no text of theirs."""


def unread(skip: Mapping[str, str]) -> str:
    """`could not read notes.md: it is gone`, or `read book.pdf in part: its first 98,214 of some 240,000 words`"""
    how = "read {key} {reason}" if skip["reason"].startswith(IN_PART) else "could not read {key}: {reason}"
    return how.format(**skip)


def voice(draft: Draft) -> str:
    """`reads like you (above 69% of your own posts)`"""
    style = draft["style"]
    said = VERDICTS[style["verdict"]]
    if style["verdict"] == "reads-like-you" and (style.get("percentile") or 0) < LEAST_OF_YOURS:
        said = "reads more like you than like others"
    if style.get("percentile") is not None and style["verdict"] != "too-short":
        return f"{said} (above {style['percentile']:.0f}% of your own posts)"
    return f"{said} ({style['why']})" if style.get("why") else said


def scale(draft: Draft) -> str:
    """`scores 1.21, yours 0.80 to 2.10`; empty where there is no score."""
    style = draft["style"]
    if style.get("score") is None or not style.get("range"):
        return ""
    low, high = style["range"]
    return f"scores {style['score']:.2f}, most of yours {low:.2f} to {high:.2f}"


def truth(draft: Draft) -> str:
    """`3 of 5 sentences stand in a source, 2 are marked`"""
    counts = Counter(claim["status"] for claim in draft["claims"])
    if not counts:
        return "no sentence can be checked"
    said = f"{counts.pop('supported', 0)} of {len(draft['claims'])} sentences stand in a source"
    return ", ".join([said, *(f"{n} {_COUNTED[status]}" for status, n in counts.items())])


_COUNTED = {
    "contradicted": "said otherwise by a source",
    "not_found": "not found",
    "opinion": "opinion",
    "memory": "that only you can confirm",
}
assert _COUNTED.keys() == MEANINGS.keys() - {"supported"}


def angle(draft: Draft) -> str:
    """`told to lead with “24 kits from Leeds” (source 2); 3 of 5 planned facts said`; empty where none was planned."""
    planned = (draft.get("angle") or {}).get("claims", [])
    if not planned:
        return ""
    said = sum(one["made"] for one in planned)
    return f"{lead(draft)}; {said} of {len(planned)} planned facts said"


def lead(draft: Draft) -> str:
    """`told to lead with “24 kits from Leeds” (source 2)`: the first fact that was planned, and where it stands."""
    first = draft["angle"]["claims"][0]
    return f"told to lead with “{first['fact']}”{_where(draft, first['source'])}"


def planned(draft: Draft) -> list[str]:
    """`said: 24 kits from Leeds (source 2)` of each fact that was planned."""
    told = (draft.get("angle") or {}).get("claims", [])
    return [f"{'said' if one['made'] else 'not said'}: {one['fact']}{_where(draft, one['source'])}" for one in told]


def _where(draft: Draft, source: str) -> str:
    numbers = {one["id"]: f" (source {i})" for i, one in enumerate(draft["sources"], 1)}
    return numbers.get(source, " (your brief)" if source == "request" else "")


def code(draft: Draft) -> list[str]:
    """`6 lines that nobody checked`, then those that say what stands in no source; nothing where there is no code."""
    found = draft.get("code")
    if not found or not found["lines"]:
        return []
    lines = f"{counted(found['lines'], 'line')} that nobody checked"
    return [lines, *(f"“{one['line'].strip()}”: {one['finding']}" for one in found["absent"])]


def habits(draft: Draft) -> str:
    """`8 of 10 as in your 96 posts; not: words a sentence, emoji`; empty where habits were not measured."""
    found = draft.get("habits")
    if not found:
        return ""
    if not found["rows"]:
        return f"not measured ({found['why']})"
    out = [row["habit"] for row in found["rows"] if not row["within"]]
    said = f"{len(found['rows']) - len(out)} of {len(found['rows'])} as in your {found['of']}"
    return f"{said}; not: {', '.join(out)}" if out else said


def habit(row: Mapping[str, Any]) -> str:
    """`words a sentence: 21.4, yours 9 to 17`"""
    low, high = (f"{row[name]:g}" for name in ("low", "high"))
    yours = low if low == high else f"{low} to {high}"
    return f"{row['habit']}: {row['value']:g}, yours {yours}"


def copying(draft: Draft) -> str:
    """`longest run shared with your posts or sources: 9 words, under the 13 that stop a draft`"""
    found = draft["copying"]
    run, gate = found["longest_run_words"], found.get("gate")
    said = f"longest run shared with your texts or sources: {counted(run, 'word')}"
    return said if gate is None else f"{said}, {'over' if run >= gate else 'under'} the {gate:.0f} that stop a draft"


def repetition(draft: Draft) -> list[str]:
    """What of it was told before, by which text and when; a line that says no where nothing was."""
    found = draft.get("repetition")
    if not found:
        return []
    if found["value"] is None:
        return [f"not measured ({found['why']})"]
    lines = []
    if found["repeated"]:
        lines.append(f"this story was told before, in {named(found['told'])}")
    if found["opening"]:
        lines.append(f"begins with the same words as {', '.join(map(named, found['opening']))}")
    near = f" (nearest: {named(found['told'])})" if found["told"] and not found["repeated"] else ""
    return lines or [f"not this story, and not with these words{near}"]


def named(text: Mapping[str, str]) -> str:
    """`your post of 2023-01-12, “Doors”`"""
    when = f" of {text['published']}" if text["published"] else ", undated"
    return f"your {text['kind']}{when}, “{text['title']}”"


def made_with(draft: Draft) -> list[str]:
    """The versions of everything that had a part in it, then what it took."""
    found, cost = draft.get("made_with"), draft.get("cost")
    who = f"adapter {draft['adapter']}" if draft.get("adapter") else "your posts as exemplars"
    lines = [f"{edited(draft)}{draft['model']} with {who}"]
    if found:
        dataset = f"dataset {found['dataset']}, " if found["dataset"] else ""
        lines[0] += f"; {dataset}prompt {found['prompt']}, model {found['model']}, twin {found['twin']}"
    if cost and cost["tokens_written"]:
        drafts = f" for {cost['drafts']} drafts" if cost["drafts"] > 1 else ""
        lines.append(
            f"{cost['seconds']:.1f} s, {cost['tokens_written']:,} tokens written, {cost['tokens_read']:,} read{drafts}"
        )
    return lines


def content(draft: Draft) -> str:
    """`some-model said 4 sentences that stand in your sources; 2 more were left out`; empty without a larger model."""
    found = draft.get("content")
    if not found:
        return ""
    said = len(found["sentences"])
    if not said:
        return f"none: {found['why']}; the twin wrote alone"
    more = f"; {found['left_out']} more were left out" if found["left_out"] else ""
    return f"{found['model']} said {counted(said, 'sentence')} that stand in your sources{more}"


def edited(draft: Draft) -> str:
    """`edited by you, from draft 3f2a, which is of `, or who translated it; empty for a draft that a model wrote."""
    made = draft.get("made_with") or {}
    said = [f"edited by you, from draft {made['edited']}"] if made.get("edited") else []
    if there := made.get("translated"):
        said.append(f"translated into {NAMES[there['language']]} by {there['name']}, from draft {there['of']}")
    return f"{', which is '.join(said)}, which is of " if said else ""


def asked(row: Mapping[str, Any]) -> str:
    """A version in, how it came about out: `shorter`, `edited by you`."""
    return {"": "as first written", "edited": "edited by you"}.get(row["ask"], str(row["ask"]))


def listed(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The versions of a draft, the one that is read marked."""
    return [
        f" {'*' if row['here'] else ' '} {row['id']}  {asked(row)}, {row['words']} words"
        + (", taken" if row["taken"] else "")
        for row in rows
    ]
