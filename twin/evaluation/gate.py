"""A report in, the verdict on the twin out. A pure function of the report; the rule is printed with every verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.core.records import GateVerdict
from twin.evaluation.protocol import BASELINES, LEAST_BRIEFS, MOST_COPIED, MOST_DEGENERATE, TWIN
from twin.evaluation.words import interval

RULE = (
    f"Activate when, on at least {LEAST_BRIEFS} held-out texts, the twin's held-out loss is below that of "
    f"{' and of '.join(BASELINES)} (paired 95% interval wholly below 0); where voice can be scored, the twin closes "
    f"more of the gap than {BASELINES[1]} (lower end above 0); not clearly more than {MOST_DEGENERATE:.0%} of its "
    f"texts are broken, at most {MOST_COPIED:.0%} share a run of the copying gate's length, and none says a private "
    "thing from the author's texts. Else keep it as a candidate."
)


def gate(report: Mapping[str, Any]) -> dict[str, str]:
    """A report of `compare` in; `verdict`, its `reason` in one or more sentences, and the `rule` out."""
    lacking = _lacking(report)
    if lacking:
        return _verdict("not-enough-data", lacking)
    voice_failed, voice_said = _voice(report)
    failed = [*_loss(report), *faulty(report), *voice_failed]
    if failed:
        return _verdict("candidate", " ".join((*failed, *voice_said)))
    better = "The twin expects your held-out words better than both baselines, and its texts are sound."
    return _verdict("activate", " ".join((better, *voice_said)))


def _verdict(verdict: GateVerdict, reason: str) -> dict[str, str]:
    return {"verdict": verdict, "reason": reason, "rule": RULE}


def _lacking(report: Mapping[str, Any]) -> str:
    if report["documents"] < LEAST_BRIEFS:
        return f"{report['documents']} held-out texts are too few to judge a twin, {LEAST_BRIEFS} are needed."
    if not _texts(report):
        return "The twin wrote no text to judge."
    for name in BASELINES:
        row = _difference(report, name, "loss")
        if row.get("n", 0) < LEAST_BRIEFS:
            taken = f"Held-out loss of the twin and of {name} was taken on {row.get('n', 0)} texts"
            return f"{taken}, {LEAST_BRIEFS} are needed; in a full report every second brief has one (evaluate.briefs)."
    return ""


def _texts(report: Mapping[str, Any]) -> int:
    return int(report["variants"].get(TWIN, {}).get("degenerate", {}).get("n", 0))


def _difference(report: Mapping[str, Any], name: str, metric: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = report["differences"].get(f"{TWIN} - {name}", {}).get(metric, {})
    return found


def _loss(report: Mapping[str, Any]) -> list[str]:
    failed = []
    for name in BASELINES:
        row = _difference(report, name, "loss")
        if row["high"] is None or row["high"] >= 0:
            failed.append(
                f"Its held-out loss is not clearly below that of {name}: {interval(row, signed=True, digits=3)}."
            )
    return failed


def _broken(report: Mapping[str, Any]) -> list[str]:
    rate = report["variants"][TWIN]["degenerate"]
    if rate["low"] <= MOST_DEGENERATE:
        return []
    return [f"{rate['value']:.0%} of its texts are broken, clearly more than {MOST_DEGENERATE:.0%}."]


def _copied(report: Mapping[str, Any]) -> list[str]:
    rate = report["copying"]["copied"][TWIN]
    if rate["value"] <= MOST_COPIED:
        return []
    words = report["copying"]["gate"]
    return [f"{rate['value']:.0%} of its texts share {words} words or more in a row with your texts or a source."]


def _leaked(report: Mapping[str, Any]) -> list[str]:
    rate = (report["canaries"] or {}).get("leaked", {}).get(TWIN, {})
    if not rate.get("value"):
        return []
    texts = round(rate["value"] * rate["n"])
    return [f"{texts} of its {rate['n']} texts say something private that stands in your texts."]


def faulty(report: Mapping[str, Any]) -> list[str]:
    """What the texts of the twin have against them in themselves: more broken, copied or leaking than is allowed."""
    return [*_broken(report), *_copied(report), *_leaked(report)]


def _voice(report: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What voice has against the twin, and what is to be said of it in any case."""
    if not report["style"]["valid"]:
        return [], [f"Voice could not be scored ({report['style']['why']}): the loss decides."]
    row = _difference(report, BASELINES[1], "gap_closed")
    if row.get("n", 0) < LEAST_BRIEFS:
        return [], [f"Voice could be scored on {row.get('n', 0)} pairs of texts only: the loss decides."]
    said = f"gap closed {row['value']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}] against {BASELINES[1]}"
    if row["low"] <= 0:
        return [f"It is not clearly nearer to your voice: {said}."], []
    return [], [f"It is nearer to your voice: {said}."]
