"""Does truth survive training? `python -m bench.faithful CORPORA --kept FOLDER --homes CELLS --authors NAME,NAME`.

The bare model with passages, the twin with passages, and twins that learned from briefs without facts or with all facts
of their texts write to the same held-out briefs, with the sampling and seeds of `twin evaluate` and nothing held back
while they write. Counted by 100 words: names, numbers, dates and links that stand in neither brief nor passages
(`bench.unheld`, which shares no code with the product); beside it the share of sentences that the product's own claims
find in no source.

A home is a copy of that of `bench.recipes` in CELLS where there is one, else a new one, and is trained. Every interval
is over held-out texts, paired (bootstrap, 95%). What was written once is remembered by the home.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.corpora import usual_words
from bench.drafts import RESAMPLING, shown
from bench.homes import home_for, opened, takes_settings, trained_by
from bench.recipes import SEARCHED
from bench.unheld import KINDS, Held, unheld
from twin.core.brief import brief_of_document, document_frequency, said_in
from twin.core.protocols import Sample
from twin.core.records import Adapter, Brief, Document
from twin.core.text import word_count
from twin.evaluation.heldout import cases_of, kinds_of, posts_first
from twin.evaluation.intervals import difference_of, mean_of
from twin.evaluation.protocol import BASE_RETRIEVAL, FULL, THIN, TWIN_RETRIEVAL
from twin.evaluation.rows import Case, in_markdown
from twin.features.datasets.build import build_dataset
from twin.metrics.claims import Claims
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate
from twin.pipeline import Twin

OTHERWISE = {"no facts": 0, "all facts": 40}
"""Twins of the same texts, recipe and seed by the most facts in the briefs that they learned from; usually five."""
SYSTEMS = (BASE_RETRIEVAL, TWIN_RETRIEVAL, *OTHERWISE)
COLUMNS = (
    *((kind, f"{kind} that stand nowhere, per 100 words") for kind in KINDS),
    ("all", "all of these"),
    ("unsupported", "sentences without a source, by the claims"),
    ("coverage", "brief covered"),
    ("words", "words"),
    ("broken", "broken texts"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faithful", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kept", type=Path, required=True, help="folder of homes")
    parser.add_argument("--homes", type=Path, help="the --kept of bench.recipes; only read")
    parser.add_argument("--authors", default=",".join(SEARCHED))
    parser.add_argument("--texts", type=int, default=50, help="texts to learn from")
    parser.add_argument("--briefs", type=int, default=24)
    takes_settings(parser)
    parser.add_argument("--twins", default=",".join(OTHERWISE), help="those that learn from other briefs; '' for none")
    chosen = parser.parse_args()
    usual = usual_words(chosen.corpora)
    rows: list[dict[str, Any]] = []
    for name in chosen.authors.split(","):
        trained = trained_by(name, chosen.homes, chosen.texts)
        home = home_for(chosen.kept, name, trained, chosen.texts)
        twin = opened(chosen.corpora / f"{name}.jsonl", home, trained, chosen.texts, dict(chosen.settings))
        found = written(twin, chosen.briefs, [one for one in chosen.twins.split(",") if one])
        rows += [measured(case, usual) for case in found]
        twin.close()
        print(f"\n{name}, {chosen.texts} texts to learn from")
        table(rows[-len(found) :])
    if "," in chosen.authors:
        print("\nall of them")
        table(rows)


def written(twin: Twin, most: int, otherwise: Sequence[str]) -> list[Case]:
    """The cases of a home: every system's texts to the same held-out briefs."""
    told = twin.store.active_adapter() or twin._fit(twin.dataset(), ("train",), ("tune",))[0]
    twin._index_if_stale()
    asked = kinds_of(posts_first(twin.store.documents("evaluate", side="test")), most)
    learned = twin.store.documents("train", side="train")

    def cases(adapter: Adapter, *systems: str) -> list[Case]:
        return cases_of(asked, learned, bench=replace(twin._bench(adapter, short=True), systems=systems), scores={})

    found = cases(told, BASE_RETRIEVAL, TWIN_RETRIEVAL)
    for name in otherwise:
        other = cases(taught(twin, OTHERWISE[name]), TWIN_RETRIEVAL)
        found = [
            replace(one, outputs={**one.outputs, name: also.outputs[TWIN_RETRIEVAL]})
            for one, also in zip(found, other, strict=True)
        ]
    return found


def taught(twin: Twin, most_facts: int) -> Adapter:
    """An adapter of the home's texts, recipe and seed, fitted on briefs that hold so many facts at most."""
    dataset = build_dataset(
        twin.store,
        twin.home / "datasets",
        author=twin.author.name,
        recipe=twin._recipe(),
        brief_for=briefs_with(twin.store.documents("train", side="train"), most_facts),
        helper={
            "digest": f"at most {most_facts} facts, without addresses",
            "name": "a bench's rule",
            "briefs": 0,
            "by_rule": {},
        },
    )
    adapter, _ = twin._fit(dataset, ("train",), ("tune",))
    return adapter


def briefs_with(learned: Sequence[Document], most_facts: int) -> Callable[[Document, str], Brief]:
    """Learned texts in, the rule that makes briefs as the product does but for the number of facts out."""
    clean = [said for doc in learned if (said := said_in(doc))]
    frequency = document_frequency(clean)

    def brief_for(doc: Document, section: str) -> Brief:
        return brief_of_document(doc, section, frequency=frequency, total=len(clean), most_facts=most_facts)

    return brief_for


def measured(case: Case, usual: frozenset[str]) -> dict[str, Any]:
    """One brief's figures by system, each the mean over the texts that it wrote."""
    held = Held("\n".join([case.request, *(f"{one.title}\n{one.text}" for one in case.passages)]))
    return {
        "document": case.document,
        "kind": case.kind,
        **{
            name: {
                key: fmean(found)
                for key, found in _columns([_figures(case, text, held, usual) for text in output.texts])
            }
            for name, output in case.outputs.items()
        },
    }


def _columns(texts: Sequence[Mapping[str, float]]) -> list[tuple[str, list[float]]]:
    return [(key, [text[key] for text in texts]) for key in texts[0]]


def _figures(case: Case, text: str, held: Held, usual: frozenset[str]) -> dict[str, float]:
    strange, size = unheld(text, held, usual), word_count(text)
    sample = Sample(text, case.request, case.passages, in_markdown(case.brief))
    by_kind = {kind: 100 * len(strange[kind]) / max(1, size) for kind in KINDS}
    return {
        **by_kind,
        "all": sum(by_kind.values()),
        "unsupported": Claims().measure(sample).value or 0.0,
        "coverage": Coverage(case.brief).measure(sample).value or 0.0,
        "words": size,
        "broken": Degenerate().measure(sample).value or 0.0,
    }


def table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Means by system, then the differences, over held-out texts; full briefs and those without facts apart too."""
    names = [name for name in SYSTEMS if name in rows[0]]
    pairs = [(TWIN_RETRIEVAL, other) for other in names if other != TWIN_RETRIEVAL]
    for kind in ("", FULL, THIN):
        chosen = [row for row in rows if kind in ("", row["kind"])]
        if not chosen:
            continue
        heads = [*names, *(f"{one.split('+')[0]} less {other.split('+')[0]}" for one, other in pairs)]
        print(f"{len(chosen)} briefs{f', {kind}' * bool(kind)}".ljust(44) + "".join(f"{head:>24}" for head in heads))
        for key, meaning in COLUMNS:
            values = {name: by_text(chosen, name, key) for name in names}
            cells = [mean_of(values[name], **RESAMPLING) for name in names]
            apart = [difference_of(values[a], values[b], **RESAMPLING, lower_is_better=True) for a, b in pairs]
            print(f"{meaning:44}" + "".join(f"{shown(one):>24}" for one in (*cells, *apart)), flush=True)


def by_text(rows: Sequence[Mapping[str, Any]], name: str, key: str) -> list[float]:
    """One value for each held-out text, the mean of its briefs."""
    found: dict[str, list[float]] = {}
    for row in rows:
        found.setdefault(row["document"], []).append(row[name][key])
    return [fmean(values) for values in found.values()]


if __name__ == "__main__":
    main()
