"""What holding texts to their sources changes: `python -m bench.bound HOME`, a home with a trained twin.

The same briefs and seeds, free and bound, side by side: single texts as they are drawn, and drafts as `twin write`
grows, chooses and mends them. What no source holds is counted by a detector that shares no
code with what is enforced: every run of digits, every link and every capitalised word inside a sentence is looked for
in the brief and in the whole text of the passages. Sentences are classed by the claim checker, which chose the drafts.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.homes import twin_in
from twin.core.brief import content_words, note_of
from twin.core.protocols import Progress, Sample, silent
from twin.core.records import Completion, Request
from twin.core.text import word_count
from twin.inference import places
from twin.inference.checking.check import check
from twin.inference.composing.bound import allowed
from twin.inference.composing.compose import Sampling, Start, compose, prompt_for
from twin.inference.material.retrieve import retrieve
from twin.inference.plan import plan
from twin.inference.planned import MOST_NOTES
from twin.models import open_model
from twin.models.remembered import Remembered
from twin.pipeline import Twin

CONTEXT = 2048
BRIEFS = (
    "Why we stopped buying predictive sensors before cleaning the door tracks",
    "What 35 minutes with a brush did to our callouts",
    "How Gerald's ropes told us their own date",
    "Why every machine room has a red paper book",
    "What the sea taught us about where a lift waits",
    "Why we answer our own phone at night",
    "What a new engineer should do in the first week",
    "What 412 alerts cost us, with the numbers of each year and links to read on",
    "The cheapest repair we ever made",
    "Why I would rather buy a brush than a dashboard",
)
COLUMNS = (
    ("numbers", "numbers that no source holds, a draft"),
    ("links", "links"),
    ("names", "names"),
    ("not found", "share of sentences not found or contradicted"),
    ("supported", "share of sentences that stand in a source"),
    ("coverage", "brief covered"),
    ("voice", "voice, percentile"),
    ("words", "words"),
    ("tokens/s", "tokens a second"),
    ("seconds", "seconds a draft"),
)


SINGLE_COLUMNS = [one for one in COLUMNS if one[0] not in ("supported", "seconds")]


class Fresh(Remembered):
    """Asks anew each time, so that time can be measured."""

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        return self.model.generate(requests, adapter=adapter, progress=progress)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bound", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seeds", default="7")
    parser.add_argument("--briefs", type=int, default=len(BRIEFS))
    parser.add_argument("--singles", type=int, default=8, help="single texts a brief")
    parser.add_argument("--show", action="store_true", help="print every draft with what was found in it")
    chosen = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {"free": [], "bound": []}
    twins = {name: opened(chosen.home, name) for name in rows}
    for brief in BRIEFS[: chosen.briefs]:
        for seed in map(int, chosen.seeds.split(",")):
            for name, twin in twins.items():
                write = twin.settings.write.model_copy(update={"seed": seed})
                twin.settings = twin.settings.model_copy(update={"write": write})
                row = measured(twin, brief)
                rows[name].append(row)
                if chosen.show:
                    print(f"\n== {name}: {brief}\n{row['text']}\n   not in a source: {row['strange']}", flush=True)
    table("drafts", rows, COLUMNS)
    raw = [single(twins["bound"], brief, chosen.singles) for brief in BRIEFS[: chosen.briefs]]
    table("single texts", {name: [row for one in raw for row in one[name]] for name in rows}, SINGLE_COLUMNS)


def table(what: str, rows: dict[str, list[dict[str, Any]]], columns: Sequence[tuple[str, str]]) -> None:
    print(f"\n{len(rows['free'])} {what} each\n{'':48}{'free':>10}{'bound':>10}")
    for key, meaning in columns:
        print(f"{meaning:48}" + "".join(f"{mean(rows[name], key):10.2f}" for name in rows), flush=True)


def opened(home: Path, name: str) -> Twin:
    twin = twin_in(home, {"write.bound": name == "bound"})
    twin.__dict__["model"] = Fresh(open_model(twin.settings.model, cache=twin.settings.cache), twin.store)
    return twin


def measured(twin: Twin, brief: str) -> dict[str, Any]:
    """One draft and its figures."""
    result = twin.write(brief)
    draft = result["drafts"][0]
    held = f"{brief}\n" + "\n".join(f"{one['title']}\n{whole(twin, one['document'])}" for one in draft["sources"])
    strange = unheld(draft["text"], held)
    statuses = [claim["status"] for claim in draft["claims"]]
    return {
        "text": draft["text"],
        "strange": strange,
        **{key: len(found) for key, found in strange.items()},
        "not found": fmean(status in ("not_found", "contradicted") for status in statuses),
        "supported": fmean(status == "supported" for status in statuses),
        "coverage": draft["coverage"],
        "voice": draft["style"]["percentile"],
        "words": word_count(draft["text"]),
        "tokens/s": result["tokens"] / result["seconds"],
        "seconds": result["seconds"],
    }


def single(twin: Twin, request: str, count: int) -> dict[str, list[dict[str, Any]]]:
    """Whole texts to one brief, each drawn once and not chosen among, free and bound, with the same seeds."""
    chosen, desk, adapter = (
        twin.settings.write,
        twin._desk(places.load(places.DEFAULT)),
        twin.store.active_adapter(),
    )
    assert adapter
    passages = retrieve(request, embedder=twin.embedder, vectors=twin.vectors, k=chosen.passages)
    brief = plan(request, passages, words=chosen.words)
    notes = [note_of(passage.text, set(content_words(request))) for passage in passages[:MOST_NOTES]]
    prompt = prompt_for(twin.author.name, brief, notes=notes, exemplars=(), tuned=True, context_tokens=CONTEXT)
    sampling = Sampling(count, 0.7, chosen.top_p, chosen.min_p, 1.05, 2, chosen.seed)
    held = f"{request}\n" + "\n".join(f"{one.title}\n{whole(twin, one.document)}" for one in passages)
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, only in (("free", None), ("bound", allowed(request, passages, form=brief.form))):
        started = time.perf_counter()
        how = replace(sampling, only=only)
        file = adapter.path / "adapter.gguf"
        drawn = compose(
            twin.model, [Start(prompt, brief)], words=brief.words, sampling=how, adapter=file, progress=silent
        )
        speed = drawn.tokens / (time.perf_counter() - started)
        found = [check(one.text, desk=desk, brief=brief, request=request, passages=passages) for one in drawn.texts]
        rows[name] = [
            {
                **{key: len(strange) for key, strange in unheld(one.text, held).items()},
                "not found": fmean([claim.status in ("not_found", "contradicted") for claim in one.claims] or [0]),
                "coverage": one.coverage.value,
                "voice": (desk.judge.measure(Sample(one.text)).detail or {}).get("percentile") if desk.judge else None,
                "words": word_count(one.text),
                "tokens/s": speed,
            }
            for one in found
        ]
    return rows


def whole(twin: Twin, document: str) -> str:
    return next((doc.text for doc in twin.store.documents("retrieve") if doc.id == document), "")


def unheld(text: str, held: str) -> dict[str, list[str]]:
    """What a draft says in digits, links and capitals, and its sources do not hold."""
    links = re.findall(r"(?:https?://|www\.)\S*[^\s.,;:!?)]", text)
    digits = re.findall(r"\d+(?:[.,:]\d+)*", re.sub(r"(?:https?://|www\.)\S+", " ", text))
    known_digits = set(re.findall(r"\d+(?:[.,:]\d+)*", held)) | set(re.findall(r"\d+", held))
    inside = re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", text)
    spoken = held.lower()
    return {
        "numbers": [one for one in digits if one not in known_digits],
        "links": [one for one in links if one not in held],
        "names": [one for one in inside if not re.search(rf"\b{one.lower()}", spoken)],
    }


def mean(rows: Sequence[dict[str, Any]], key: str) -> float:
    found = [row[key] for row in rows if row[key] is not None]
    return fmean(found) if found else float("nan")


if __name__ == "__main__":
    main()
