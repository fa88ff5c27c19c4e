"""Two reports in, what became better or worse out: the same briefs, paired, and only metrics of one definition.

A number of another version is another number: such a metric is named and left out. Loss is comparable under one base
model alone, for its unit is that model's token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twin.core.errors import BadRequest
from twin.evaluation.intervals import Row, difference_of
from twin.evaluation.rows import by_document
from twin.evaluation.words import interval

LOWER_IS_BETTER = {
    "gap_closed": False,
    "loss": True,
    "coverage": False,
    "unsupported": True,
    "longest_run_words": True,
    "told_before": True,
}
STANDS_ON = {
    "gap_closed": ("gap_closed", "style", "degenerate", "copying"),
    "loss": (),
    "coverage": ("coverage",),
    "unsupported": ("claims",),
    "longest_run_words": ("copying",),
    "told_before": ("repetition",),
}
"""The versions that a metric's meaning depends on."""


def against(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """`{briefs systems left_out sentences}`: new minus old by system and metric. Raises: BadRequest.

    `left_out` says of each metric that cannot be compared why. Briefs that only one of them has are not counted.
    """
    if new.get("schema") != old.get("schema"):
        raise BadRequest(
            f"the reports follow different protocols ({old.get('schema')} and {new.get('schema')})",
            "measure again with this version: twin evaluate",
        )
    left, right = _common(new["rows"], old["rows"]), _common(old["rows"], new["rows"])
    if not left:
        raise BadRequest("the reports have no brief in common", "compare reports of one author and home")
    left_out = {metric: why for metric in LOWER_IS_BETTER if (why := _unlike(metric, new, old))}
    options = {"resamples": int(new["resamples"]), "seed": int(new["seed"])}
    systems: dict[str, dict[str, Row]] = {}
    for name in (one for one in new["systems"] if one in old["systems"]):
        systems[name] = {
            metric: difference_of(
                by_document(left, name, metric),
                by_document(right, name, metric),
                lower_is_better=lower,
                **options,
            )
            for metric, lower in LOWER_IS_BETTER.items()
            if metric not in left_out
        }
    found = {
        "briefs": len(left),
        "only_new": len(new["rows"]) - len(left),
        "only_old": len(old["rows"]) - len(right),
        "systems": systems,
        "left_out": left_out,
    }
    return {**found, "sentences": _sentences(found, new, old)}


def _common(rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows whose brief the others have too, in one order for both."""
    there = {row["id"] for row in others}
    return sorted((row for row in rows if row["id"] in there), key=lambda row: str(row["id"]))


def _unlike(metric: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    if metric == "loss" and new["model"]["digest"] != old["model"]["digest"]:
        return f"another base model ({old['model']['name']}, {new['model']['name']})"
    for name in STANDS_ON[metric]:
        one, other = old["metrics"].get(name), new["metrics"].get(name)
        if one != other:
            return f"{name} is of version {one or 'none'} there and {other or 'none'} here"
    return ""


def _sentences(found: Mapping[str, Any], new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    said = [f"Compared on {found['briefs']} briefs that both reports have."]
    if new["adapter"] == old["adapter"]:
        said.append("Both measured the same adapter: differences come from the briefs, the data or the program.")
    texts = [report["style"].get("scorer", {}).get("texts") for report in (old, new)]
    if texts[0] != texts[1] and "gap_closed" not in found["left_out"]:
        said.append(
            f"The scorer of voice learned from {texts[0]} texts there and {texts[1]} here: its scale has moved."
        )
    for name, metrics in found["systems"].items():
        for metric, row in metrics.items():
            if row["low"] is not None and (row["low"] > 0 or row["high"] < 0):
                better = (row["value"] < 0) == LOWER_IS_BETTER[metric]
                digits = 3 if metric == "loss" else 2
                said.append(
                    f"{name}: {metric.replace('_', ' ')} is {'better' if better else 'worse'} by "
                    f"{interval(row, signed=True, digits=digits)}."
                )
    if len(said) == 1 or all(" by " not in one for one in said):
        said.append("No difference is clear: every interval holds 0.")
    return said + [f"Not compared: {metric.replace('_', ' ')}, {why}." for metric, why in found["left_out"].items()]
