"""Two dataset versions in, what became of texts, sides, examples, settings and decisions from one to the other out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest, NotFound
from twin.features.datasets.build import EXCLUDED, FILES, TEXTS, load_rows
from twin.store import Store

Version = tuple[str, Path, dict[str, Any]]
MOST_NAMED = 5
"""Texts that a sentence names, of each kind of change; the JSON has them all."""

TEXTS_THAT = {
    "added": "new texts",
    "removed": "texts no longer learned from",
    "edited": "texts edited at their source",
    "moved": "texts on another side",
    "masked": "texts masked otherwise",
    "told": "texts told otherwise (kind, place, date, language, work or rights)",
}
APART = frozenset({"version", "words", "side", "masks"})
"""What is known of a text and has a change of its own above."""
SECTIONS_THAT = {
    "excluded": "sections excluded by you",
    "edited": "sections edited by you",
    "taken back": "sections as they were written again",
    "unmet": "decisions whose section is not there any more",
}


def pair(store: Store, before: str = "", after: str = "") -> tuple[Version, Version]:
    """Versions by name or its beginning in, both out; without names the newest and the one before it.

    Raises: NotFound, BadRequest for a beginning that fits several.
    """
    versions = [one for one in store.datasets() if "decisions" in one[2]]
    if len(versions) < 2 and not before:
        raise NotFound(f"there are {len(versions)} dataset versions to compare", "build another: twin dataset")
    last = _named(versions, after) if after else versions[-1] if versions else None
    if last is None:
        raise NotFound("no dataset has been built yet", "twin dataset")
    return (_named(versions, before) if before else versions[-2]), last


def _named(versions: Sequence[Version], name: str) -> Version:
    found = [one for one in versions if one[0].startswith(name)]
    if len(found) > 1 and not (found := [one for one in found if one[0] == name]):
        raise BadRequest(f"several dataset versions begin with {name!r}", "give more of its name")
    if not found:
        known = ", ".join(one[0] for one in versions) or "none"
        raise NotFound(f"no dataset version {name!r}", f"the versions that can be compared: {known}")
    return found[0]


def difference(before: Version, after: Version) -> dict[str, Any]:
    """`{before after texts examples settings decisions rejected sentences}`; equal versions have no sentences."""
    old, new = before[2], after[2]
    result = {
        "before": before[0],
        "after": after[0],
        "texts": _texts(before[1], after[1]),
        "examples": {side: [old[side], new[side]] for side in FILES},
        "shapes": _changed(_shapes(old), _shapes(new), 0),
        "settings": _settings(old, new),
        "decisions": _decisions(before[1], after[1]),
        "rejected": _changed(old["rejected"], new["rejected"], 0),
        "redacted": [old.get("redacted", 0), new.get("redacted", 0)],
    }
    return {**result, "sentences": _sentences(result)}


def _texts(before: Path, after: Path) -> dict[str, list[dict[str, Any]]]:
    old, new = ({one["id"]: one for one in load_rows(path, TEXTS)} for path in (before, after))
    both = [(old[one], new[one]) for one in old if one in new]
    return {
        "added": [one for key, one in new.items() if key not in old],
        "removed": [one for key, one in old.items() if key not in new],
        "edited": [now for was, now in both if was["version"] != now["version"]],
        "moved": [{**now, "from": was["side"]} for was, now in both if was["side"] != now["side"]],
        "masked": [now for was, now in both if was["masks"] != now["masks"]],
        "told": [now for was, now in both if any(was.get(name) != now[name] for name in now.keys() - APART)],
    }


def _decisions(before: Path, after: Path) -> dict[str, list[dict[str, str]]]:
    """Sections that are decided on otherwise than before, of texts that both versions have."""
    old, new = _decided(before), _decided(after)
    shared = {document for document, _ in old} & {document for document, _ in new}
    found: dict[str, list[dict[str, str]]] = {name: [] for name in SECTIONS_THAT}
    for key in sorted(key for key in old | new if key[0] in shared):
        was, now = old.get(key, ("", "")), new.get(key, ("", ""))
        if was != now and (was[0] or now[0]):
            change = now[0] or ("taken back" if key in new else "unmet")
            found[change].append({"document": key[0], "section": key[1]})
    return found


def _decided(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """By document and section, what was decided of it, and the words that an edit gave it."""
    found = {}
    for name in (*FILES, EXCLUDED):
        for row in load_rows(path, name):
            said = "excluded" if name == EXCLUDED else "edited" if row["edited"] else ""
            found[row["document"], row["section"]] = (said, row["completion"] if said == "edited" else "")
    return found


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    recipe = {f"dataset.{name}": values for name, values in _changed(old["recipe"], new["recipe"], None).items()}
    private = {f"privacy.{name}": values for name, values in _changed(old["private"], new["private"], "").items()}
    others = {name: [old[name], new[name]] for name in ("author", "prompts") if old[name] != new[name]}
    if old["helper"] != new["helper"]:
        others["briefs"] = [_by(old["helper"]), _by(new["helper"])]
    return {**recipe, **private, **others}


def _by(helper: Mapping[str, Any]) -> str:
    return f"by {helper['name']}, {helper['briefs']} of them" if helper else "by rule"


def _shapes(manifest: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for shapes in manifest["shapes"].values():
        for shape, n in shapes.items():
            found[shape] = found.get(shape, 0) + n
    return found


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], none: Any) -> dict[str, list[Any]]:
    names = sorted({*old, *new})
    return {name: [old.get(name, none), new.get(name, none)] for name in names if old.get(name) != new.get(name)}


def _sentences(found: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{words}: {len(found['texts'][change])}: {_named_texts(found['texts'][change])}"
        for change, words in TEXTS_THAT.items()
        if found["texts"][change]
    ]
    lines += [f"{side} examples: {old} -> {new}" for side, (old, new) in found["examples"].items() if old != new]
    lines += [f"examples of shape {shape}: {old} -> {new}" for shape, (old, new) in found["shapes"].items()]
    lines += [f"{name}: {old} -> {new}" for name, (old, new) in found["settings"].items()]
    lines += [
        f"{words}: {len(found['decisions'][change])}"
        for change, words in SECTIONS_THAT.items()
        if found["decisions"][change]
    ]
    lines += [f"left out, {why}: {old} -> {new}" for why, (old, new) in found["rejected"].items()]
    for version, gone in zip((found["before"], found["after"]), found["redacted"], strict=True):
        if gone:
            lines.append(f"{version} lost {gone} examples when a text was forgotten")
    return lines


def _named_texts(texts: Sequence[Mapping[str, Any]]) -> str:
    named = [
        f"{one['kind']} of {one['published'] or 'no date'} ({one['id']}, "
        + (f"{one['from']} -> {one['side']})" if "from" in one else f"{one['side']})")
        for one in texts[:MOST_NAMED]
    ]
    return ", ".join(named) + (f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else "")
