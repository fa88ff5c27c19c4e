"""A dataset's manifest and what is known of its texts in, the card that a person reads before using it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

SIDES = {"train": "to learn from", "tune": "to stop by", "test": "held out"}
NOT_FOR = (
    "Speaking in the author's name without the author: a text made with it is a draft until its author says it.",
    "Telling who wrote a text, or judging the author: it holds what the author chose to write, not what they are.",
    "Other people's twins, and training anything that others will use, unless the author and the licences allow it.",
    "Facts: a text says what its author thought on its day.",
)


def data_card(manifest: Mapping[str, Any], texts: Sequence[Mapping[str, Any]]) -> str:
    """Markdown with no word of any text; made again whenever a text is forgotten."""
    words = sum(one["words"] for one in texts)
    lines = [
        f"# Data card: dataset {manifest['version']}",
        "",
        f"{len(texts):,} texts by {manifest['author']}, {words:,} words, as examples to fine-tune a language model on.",
        "The target of every example is a text or section as its author wrote it, or as the author edited it here.",
    ]
    if manifest.get("redacted"):
        lines += [
            "",
            f"Redacted: {manifest['redacted']} examples went because a text was forgotten. The rest is as it was.",
        ]
    lines += ["", "## Sides", "", "| side | texts | words | examples | from | to |", "|---|---|---|---|---|---|"]
    for side, said in SIDES.items():
        first, last = manifest["dates"][side] or ("no dates", "")
        total = sum(one["words"] for one in texts if one["side"] == side)
        lines.append(
            f"| {side}, {said} | {manifest['documents'][side]:,} | {total:,} | {manifest[side]:,} | {first} | {last} |"
        )
    lines += [
        "",
        "A work stays on its side for good; the newest are held out. The shares stand under `recipe` in manifest.json.",
    ]
    lines += _counted("Shapes of the examples", _shapes(manifest))
    lines += _counted("Kinds and places", Counter(f"{one['kind']} from {one['place']}" for one in texts))
    lines += _counted("Languages", Counter(one["language"] or "not told" for one in texts))
    lines += _counted("Left out when it was built, and why", manifest["rejected"])
    lines += _private(manifest, texts)
    lines += _counted("Consent", Counter(_consent(one) for one in texts))
    lines += _counted("Licences", Counter(one["licence"] or "none stated" for one in texts))
    lines += _made(manifest)
    lines += ["", "## Not for", "", *(f"- {one}" for one in NOT_FOR)]
    return "\n".join(lines) + "\n"


def _counted(heading: str, counts: Mapping[str, int]) -> list[str]:
    rows = [f"- {n:,}: {name}" for name, n in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    return ["", f"## {heading}", "", *(rows or ["- nothing"])]


def _shapes(manifest: Mapping[str, Any]) -> Counter[str]:
    return sum((Counter(found) for found in manifest["shapes"].values()), Counter())


def _consent(text: Mapping[str, Any]) -> str:
    whose = "the author's own source" if text["consent"] == "mine" else text["consent"]
    return whose if text["authorship"] == "own" else f"{whose}, {text['authorship']}"


def _private(manifest: Mapping[str, Any], texts: Sequence[Mapping[str, Any]]) -> list[str]:
    masked = Counter(kind for one in texts for kind in one["masks"])
    rows = []
    for kind, choice in manifest["private"].items():
        held = f", found and masked in {masked[kind]:,} texts" if masked[kind] else ""
        rows.append(f"- {kind}: {choice}{held}")
    note = "keep: as it is; mask: hidden in every view of a text; drop: the text is not used. Rules find most, not all."
    return ["", "## Private things", "", *rows, "", note]


def _made(manifest: Mapping[str, Any]) -> list[str]:
    decisions, helper = manifest["decisions"], manifest["helper"]
    briefs = "by rule, with no other model"
    if helper:
        ruled = sum(helper["by_rule"].values())
        briefs = f"{helper['briefs']} by {helper['name']}, {ruled} by rule where it gave none of use"
    rows = [
        f"- briefs: {briefs}; prompts of version {manifest['prompts']}",
        f"- by the author's decision: {decisions['excluded']} sections excluded, {decisions['edited']} edited",
    ]
    if decisions["unmet"]:
        rows.append(f"- {len(decisions['unmet'])} decisions met no section: a text changed, or is not learned from")
    rows.append(
        "- what the author chose and edited of drafts: not here; it is read from the store when an adapter is trained, "
        "whose card counts the pairs (`twin preferences`, `twin adapters ID`)"
    )
    return ["", "## How it was made", "", *rows]
