"""What shown drafts say and no source holds, bound and free: `python -m bench.drafts CORPORA --kept FOLDER`.

Fifty briefs over seven authors are written to by the product's own `write`. A brief is the title of a text that the
home holds; or of one that it does not, with three sentences of it stated; or with that text handed over as a file. An
author writes with an adapter where `--homes`, a folder of `bench.recipes`, has one (it is copied), else from exemplars.
What was written once is read from FOLDER, a file a draft; `--read` prints brief, sources and draft for a reader.

Names, numbers, dates and links are looked for in the brief and in the passages by `bench.unheld`, which shares no code
with the product; a sentence is "marked" where the product calls it not found or contradicted. Intervals: bootstrap
over briefs, Wilson for shares of drafts, 95%.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench.bound import Fresh
from bench.corpora import HELD_OUT, LEAST_WORDS, body, own_rows, tuned_by, usual_words
from bench.homes import home_for, made_with, opened, takes_settings, trained_by
from bench.unheld import KINDS, Held, unheld
from twin.core.brief import document_frequency, topic_of
from twin.core.layers import load_settings
from twin.core.paths import write_whole
from twin.core.protocols import Sample
from twin.core.records import digest
from twin.core.text import sentences, word_count
from twin.evaluation.intervals import difference_of, mean_of, rate_of
from twin.inference.checking.check import MOST_RUN
from twin.metrics.style import JUDGES
from twin.models import open_model
from twin.pipeline import Twin

VERSION = 4
AUTHORS = (
    "joao-goncalves-linkedin",
    "simon-willison-til",
    "josh-branchaud-til",
    "ben-balter-blog",
    "remy-sharp-blog",
    "matthias-endler-blog",
    "samuel-pepys-diary",
)
LEARNED = 24
"""Texts that a home without a trained adapter learns nothing from: with those held out, 52 to search and to imitate."""
STATED = 3
MODES = ("free", "bound")
WRONG = ("not_found", "contradicted")
RESAMPLING = {"resamples": 2000, "seed": 7}


@dataclass(frozen=True)
class Asked:
    """One brief, what is handed over with it, and whether the store holds the text that it is of."""

    kind: str
    request: str
    links: tuple[str, ...] = ()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.drafts", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kept", type=Path, required=True, help="folder of homes and of drafts that are written")
    parser.add_argument("--homes", type=Path, help="the --kept of bench.recipes, for adapters; only read")
    parser.add_argument("--briefs", type=int, default=50)
    parser.add_argument("--authors", default=",".join(AUTHORS), help="some of them alone, of the same briefs")
    parser.add_argument("--modes", default=",".join(MODES), help="one of them halves the time")
    takes_settings(parser)
    parser.add_argument("--read", action="store_true", help="print every draft beside what it stands on")
    chosen = parser.parse_args()
    flags, usual = dict(chosen.settings), usual_words(chosen.corpora)
    rows: dict[str, list[dict[str, Any]]] = {mode: [] for mode in chosen.modes.split(",")}
    for i, name in enumerate(AUTHORS):
        share = len(range(i, chosen.briefs, len(AUTHORS))) if name in chosen.authors.split(",") else 0
        for row in written(chosen.corpora / f"{name}.jsonl", chosen.kept, chosen.homes, share, flags, list(rows)):
            found = measured(row, usual)
            rows[row["mode"]].append(found)
            if chosen.read:
                print(for_a_reader(row, found), flush=True)
    table(rows)


def written(
    corpus: Path, kept: Path, homes: Path | None, most: int, flags: Mapping[str, str], modes: Sequence[str]
) -> Iterator[Any]:
    """An author's briefs, each written to in each mode; a draft that lies in `kept` is not written again."""
    twin: Twin | None = None
    trained = trained_by(corpus.stem, homes)
    texts = trained.texts if trained else LEARNED
    home = home_for(kept, corpus.stem, trained, texts)
    by = made_with(load_settings(home, flags=flags)[0]), trained.adapter if trained else ""
    for asked in islice(asked_of(corpus, kept, texts), most):
        for mode in modes:
            file = kept / "drafts" / f"{digest(VERSION, corpus.stem, asked.request, mode, by)}.json"
            if not file.is_file():
                twin = twin or timed(opened(corpus, home, trained, texts, flags))
                made = {"author": corpus.stem, "mode": mode, "kind": asked.kind, **draft(twin, asked, mode)}
                write_whole(file, json.dumps(made, indent=1, ensure_ascii=False))
            yield json.loads(file.read_text("utf-8"))
    if twin:
        twin.close()


def timed(twin: Twin) -> Twin:
    """The same, writing every draft anew, as what it remembers would take no time; verifiers are fitted once."""
    twin.__dict__["model"] = Fresh(open_model(twin.settings.model, cache=twin.settings.cache), twin.store)
    fit, fitted = twin.fit_style, dict[str, Any]()

    def once(negatives: Sequence[str], **how: Any) -> Any:
        key = digest(len(negatives), sorted((how.get("weights") or {}).items()), how.get("least_auc"))
        if key not in fitted:
            fitted[key] = fit(negatives, **how)
        return fitted[key]

    twin.__dict__["fit_style"] = once
    return twin


def draft(twin: Twin, asked: Asked, mode: str) -> dict[str, Any]:
    """The draft that is shown, with all that it may stand on; without one where nothing is a source."""
    write = twin.settings.write.model_copy(update={"bound": mode == "bound"})
    twin.settings = twin.settings.model_copy(update={"write": write})
    result = twin.write(asked.request, links=asked.links)
    about = {key: result[key] for key in ("brief", "seconds", "tokens", "unread")}
    if not result["drafts"]:
        return {"request": asked.request, **about, "draft": None}
    kept, _ = twin.store.draft(result["drafts"][0]["id"])
    judging, _ = twin._background().halves()
    style, _ = twin.fit_style(twin.base_texts_known(), background=judging, weights=JUDGES)
    voice = style.measure(Sample(kept["text"])).detail or {}
    return {"request": asked.request, **about, "draft": kept, "voice": voice.get("percentile")}


def asked_of(corpus: Path, kept: Path, texts: int) -> Iterator[Asked]:
    """An author's briefs, the three kinds in turn: of texts that the home holds, and of older ones."""
    rows = own_rows(corpus)
    bodies = [body(row) for row in rows]
    both = [(row, text) for row, text in zip(rows, bodies, strict=True) if word_count(text) >= LEAST_WORDS]
    newest = texts + tuned_by(texts) + HELD_OUT
    older, held = both[:-newest][::-1], both[-newest:][::-1]
    frequency = document_frequency(bodies)
    for i, (row, text) in enumerate(held):
        yield Asked("own", subject(row, text, frequency, len(rows)))
        for kind, (outside, whole) in zip(("stated", "file"), older[2 * i : 2 * i + 2], strict=False):
            asked = subject(outside, whole, frequency, len(rows))
            if kind == "stated":
                yield Asked(kind, "\n".join([asked, *(f"- {one}" for one in plain(whole)[:STATED])]))
                continue
            file = kept / "material" / f"{digest(corpus.stem, outside['id'])}.md"
            write_whole(file, f"# {asked}\n\n{whole}\n")
            yield Asked(kind, asked, (str(file),))


def subject(row: Mapping[str, Any], text: str, frequency: Mapping[str, int], total: int) -> str:
    """The title of a text; its topic words where it has none but its own beginning or its day."""
    title = str(row.get("title") or "")
    own = bool(title) and not text.startswith(title[:30]) and not title.startswith("Diary")
    return title if own else f"About {topic_of(text, frequency, total)}"


def plain(text: str) -> list[str]:
    """Sentences that somebody could have typed into a brief: no code, no address."""
    return [
        one
        for one in sentences(text)
        if 8 <= word_count(one) <= 30 and not set("`<>|{}") & set(one) and "](" not in one
    ]


def measured(row: Mapping[str, Any], usual: frozenset[str]) -> dict[str, Any]:
    """The figures of one draft; rates are by 100 words."""
    draft = row["draft"]
    if not draft:
        return {"refused": 1}
    text, size = draft["text"], max(1, word_count(draft["text"]))
    sources = [f"{one['title']}\n{one['text']}" for one in draft["made"]["passages"]]
    strange = unheld(text, Held("\n".join([row["request"], *sources])), usual)
    wrong = [claim["sentence"] for claim in draft["claims"] if claim["status"] in WRONG]
    every = [said for kind in KINDS for said in strange[kind]]
    unmarked = [said for said in every if not any(said.lower() in one.lower() for one in wrong)]
    statuses = [claim["status"] for claim in draft["claims"]] or ["none"]
    return {
        "strange": strange,
        "unmarked": unmarked,
        **{kind: 100 * len(strange[kind]) / size for kind in KINDS},
        "any": bool(every),
        "any unmarked": bool(unmarked),
        "not found": statuses.count("not_found") / len(statuses),
        "contradicted": statuses.count("contradicted") / len(statuses),
        "supported": statuses.count("supported") / len(statuses),
        "length": size / row["brief"]["words"],
        "run": draft["copying"]["longest_run_words"],
        "copied": draft["copying"]["longest_run_words"] > MOST_RUN,
        "coverage": draft["coverage"],
        "voice": row["voice"],
        "seconds": row["seconds"],
        "tokens": row["tokens"],
    }


MEANS = (
    *((kind, f"{kind} that no source holds, per 100 words") for kind in KINDS),
    ("not found", "share of sentences not found, marked"),
    ("contradicted", "share of sentences contradicted, marked"),
    ("supported", "share of sentences that stand in a source"),
    ("run", "words in a row shared with any text"),
    ("length", "length, share of what was asked"),
    ("coverage", "brief covered"),
    ("voice", "voice, percentile among the author's own"),
    ("seconds", "seconds a draft"),
    ("tokens", "tokens drawn a draft"),
)
SHARES = (
    ("any", "drafts that hold anything unheld"),
    ("any unmarked", "and not all of it in marked sentences"),
    ("copied", f"drafts that share more than {MOST_RUN} words in a row"),
)


def table(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The modes side by side, and the difference of two over the briefs that both wrote to."""
    asked = [*zip(*rows.values(), strict=True)]
    beside = [one for one in asked if not any("refused" in row for row in one)]
    print(f"\n{len(beside)} briefs; {len(asked) - len(beside)} without a draft, as nothing was a source")
    heads = [*rows, *(["second less first"] if len(rows) == 2 else [])]
    print(f"{'':46}{''.join(f'{head:>22}' for head in heads)}")
    for key, meaning in MEANS:
        values = [[one[i][key] for one in beside] for i in range(len(rows))]
        means = "".join(shown(mean_of(one, **RESAMPLING)) for one in values)
        apart = difference_of(*values[::-1], **RESAMPLING, lower_is_better=True) if len(values) == 2 else None
        print(f"{meaning:46}{means}{shown(apart) if apart else ''}")
    for key, meaning in SHARES:
        counts = [rate_of(sum(one[i][key] for one in beside), len(beside)) for i in range(len(rows))]
        print(f"{meaning:46}{''.join(map(shown, counts))}")


def shown(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return f"{'–':>22}"
    places = 0 if abs(row["value"]) >= 100 else 1 if abs(row["value"]) >= 10 else 2
    ends = "" if row["low"] is None else f" [{row['low']:.{places}f}, {row['high']:.{places}f}]"
    return f"{row['value']:.{places}f}{ends}".rjust(22)


def for_a_reader(row: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Brief, sources and draft with each sentence's mark, as somebody reads them who judges for themselves."""
    lines = ["", f"=== {row['author']} {row['kind']} {row['mode']}", row["request"]]
    if not row["draft"]:
        return "\n".join([*lines, "(no draft: nothing is a source)"])
    for one in row["draft"]["made"]["passages"]:
        lines += [f"--- {one['title']}", one["text"]]
    lines += ["--- DRAFT", row["draft"]["text"], "--- MARKS"]
    lines += [
        f"{claim['status']:12} {claim['sentence']}  ({claim['finding'][:90]})" for claim in row["draft"]["claims"]
    ]
    lines += [f"mended: {one['sentence']} -> {one['became']} ({one['why']})" for one in row["draft"]["mended"]]
    return "\n".join([*lines, f"unheld: {found['strange']}, unmarked: {found['unmarked']}"])


if __name__ == "__main__":
    main()
