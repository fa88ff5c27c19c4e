"""How far a recipe of training closes the gap to a real author: `python -m bench.recipes CORPORA --kept FOLDER`.

A cell is one author, so many of their texts to learn from, settings and a seed. It is a home of the product, filled
with the beginnings (to about 300 words) of the author's newest texts: the newest 24 are held out, so many before them
are learned from, a fifth as many between are what training stops by. The product trains, writes to the held-out
briefs and measures; a second verifier (characters alone, half of the other people) says whether the first was fooled.
What was measured once, with the same settings and by the same metrics, is read from FOLDER.

    python -m bench.recipes ../shared/corpora --kept ~/cells --authors joao-goncalves-linkedin --texts 50,100 \
        --set train.epochs=3 --set train.learning_rate=2e-3 --seeds 7,8
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.corpora import HELD_OUT, filled, older
from bench.homes import made_with, takes_settings, twin_in
from twin.core.errors import NotEnoughData
from twin.core.paths import write_whole
from twin.core.records import digest
from twin.evaluation.heldout import posts_first
from twin.evaluation.intervals import Row, difference_of, mean_of
from twin.evaluation.words import interval
from twin.metrics.style import JUDGES, WEIGHTS, OutOfFold, Style
from twin.pipeline import Twin

VERSION = 9
OTHER_TEXTS = 100
"""Older texts of the author at most, which the verifier of EVALUATION.md's scale learns from."""
RESAMPLES = 2000
SEARCHED = ("simon-willison-til", "joao-goncalves-linkedin")
"""Recipes are looked for on these two alone; the others are for the one that was found."""
OTHERS = (
    "josh-branchaud-til",
    "ben-balter-blog",
    "remy-sharp-blog",
    "matthias-endler-blog",
    "samuel-pepys-diary",
    "ambrose-bierce-fables",
    "mark-twain-sketches",
)
COLUMNS = ("base", "base+exemplars", "twin")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.recipes", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kept", type=Path, required=True, help="folder of homes and of cells that are done")
    parser.add_argument("--authors", default=",".join(SEARCHED), help="names of corpora, or `others`")
    parser.add_argument("--texts", default="100")
    parser.add_argument("--seeds", default="7")
    takes_settings(parser)
    chosen = parser.parse_args()
    authors = OTHERS if chosen.authors == "others" else chosen.authors.split(",")
    flags = dict(chosen.settings)
    print(heading(), flush=True)
    for texts in map(int, chosen.texts.split(",")):
        cells: dict[str, list[dict[str, Any]]] = {}
        for author in authors:
            for seed in map(int, chosen.seeds.split(",")):
                try:
                    found = cell(chosen.corpora, chosen.kept, author, texts, {**flags, "train.seed": str(seed)})
                except NotEnoughData as bad:
                    print(f"left out: {bad.message}", flush=True)
                    break
                print(line(author, seed, flags, found), flush=True)
                cells.setdefault(author, []).append(found)
        if len(cells) > 1:
            print("\n".join(over_authors(texts, list(cells.values()))), flush=True)


def cell(corpora: Path, kept: Path, author: str, texts: int, flags: Mapping[str, str]) -> dict[str, Any]:
    """One cell's figures, from its file where it was measured before with the same settings and metrics."""
    twin = twin_in(kept / "homes" / f"{author}-{texts}", flags)
    file = kept / "cells" / f"{digest(VERSION, author, texts, made_with(twin.settings))}.json"
    if file.is_file():
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found
    started = time.perf_counter()
    filled(twin, corpora / f"{author}.jsonl", texts)
    adapter, card = twin._fit(twin.dataset(), ("train",), ("tune",))
    measured = twin.measure(adapter, HELD_OUT, short=True)
    report = json.loads(Path(measured["report"]).with_name("report.json").read_text("utf-8"))
    found = {
        "author": author,
        "texts": texts,
        "flags": dict(flags),
        "train": {"adapter": adapter.id, "loss": dict(adapter.losses), **card},
        "learned": len(twin.store.documents("train", side="train")),
        "verdict": measured["gate"]["verdict"],
        "style": report["style"],
        "variants": report["variants"],
        "differences": report["differences"],
        "copied": report["copying"]["copied"],
        **second(twin, report, older(corpora / f"{author}.jsonl", texts)),
        "seconds": time.perf_counter() - started,
    }
    twin.close()
    write_whole(file, json.dumps(found, indent=1, ensure_ascii=False))
    return found


def second(twin: Twin, report: Mapping[str, Any], unlearned: Sequence[str]) -> dict[str, Any]:
    """The gap closed on a verifier with other people and other features, and, `plain`, on that of EVALUATION.md §2.

    The latter has all heads and the bare model's texts among the negatives, and no head that tells the model. It knows
    none of the texts that the twin learned from, only older ones of the author and those that training stopped by.
    """
    half, _ = twin._background().halves()
    negatives = [text["text"] for row in report["rows"] for text in row["systems"]["base"]["texts"]][::3]
    told = twin.fit_style(negatives, background=half, weights=JUDGES)
    return {"second": gaps(*told, report), "plain": gaps(*apart(twin, unlearned, negatives), report)}


def apart(twin: Twin, unlearned: Sequence[str], negatives: Sequence[str]) -> tuple[Style, dict[str, OutOfFold]]:
    """A verifier on the author's older texts and those of the home that were not learned; its scores of the latter."""
    learned = {doc.id for doc in twin.store.documents("train", side="train")}
    rest = [doc for doc in posts_first(twin.store.documents("evaluate")) if doc.id not in learned]
    known = unlearned[-OTHER_TEXTS:]
    style = Style(
        [*known, *(doc.text for doc in rest)],
        twin._background(),
        negatives=negatives,
        author=twin.author.name,
        weights=WEIGHTS,
        tell_model=False,
    )
    found = {doc.id: style.out_of_fold(len(known) + i) for i, doc in enumerate(rest)}
    return style, {one: score for one, score in found.items() if score}


def gaps(style: Style, scores: Mapping[str, OutOfFold], report: Mapping[str, Any]) -> dict[str, Any]:
    """The mean gap closed by the sound texts of each system, the twin's lead on exemplars, the verifier's own worth.

    What was written for a brief is judged by the fold that never saw the real text of it.
    """
    if style.refusal:
        return {"refusal": style.refusal, "auc": style.auc}
    rows = report["rows"]
    own = [scores[row["document"]].score for row in rows if row["document"] in scores]
    zero, one = fmean(style.other_scores), fmean(own)

    def by_brief(name: str) -> list[float | None]:
        found: list[float | None] = []
        for row in rows:
            texts = [
                text["text"] for text in row["systems"][name]["texts"] if not (text["degenerate"] or text["copied"])
            ]
            beside = scores.get(row["document"])
            scored = style.scores(texts, fold=beside.fold if beside else None)
            sound = [score for score in scored if score is not None]
            found.append((fmean(sound) - zero) / (one - zero) if sound else None)
        return found

    values = {name: by_brief(name) for name in COLUMNS}
    options = {"resamples": RESAMPLES, "seed": 7}
    lead = difference_of(values["twin"], values["base+exemplars"], lower_is_better=False, **options)
    return {"auc": style.auc, "lead": lead} | {name: mean_of(one, **options) for name, one in values.items()}


def heading() -> str:
    names = "".join(f"{name:>8}" for name in ("base", "exempl", "twin"))
    one = f"{names} 95%{'':>12} lead on exemplars |"
    return (
        f"{'author':12}{'texts':>6}{'seed':>5} |{one}{one}{'2nd':>6}{'AUC':>6}{'broken':>8}{'copied':>8}{'covered':>12}"
        f"{'loss':>14}{'tok/s':>7}{'s':>6}  settings\n{'':24}| the product's scale{'':39}| that of EVALUATION.md"
    )


def line(author: str, seed: int, flags: Mapping[str, str], found: Mapping[str, Any]) -> str:
    variants = found["variants"]
    twin, base, loss = variants["twin"], variants["base"], found["train"]["loss"]
    return (
        f"{author[:12]:12}{found['learned']:6}{seed:5} |{scale(ours(found))} |{scale(found['plain'])} |"
        + f"{number(found['second'].get('twin')):>6}{found['style']['auc'] or 0:6.2f}"
        + f"{twin['degenerate']['value']:8.0%}{found['copied']['twin']['value']:8.0%}"
        + f"{twin['coverage']['value']:7.2f}/{base['coverage']['value']:.2f}"
        + f"{loss['before']:8.3f}→{loss['after']:.3f}{found['train']['tokens_per_second']:7.0f}{found['seconds']:6.0f}"
        + f"  {' '.join(f'{name}={value}' for name, value in flags.items())}"
    )


def over_authors(texts: int, cells: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """Cells, those of one author's seeds together, in; the figures in sentences out, intervals over authors."""
    said = [f"{len(cells)} authors, {texts} texts to learn from, {max(map(len, cells))} seeds; means over authors"]
    for name, of in (("the product's scale", ours), ("that of EVALUATION.md", lambda one: one["plain"])):
        scales = [[of(one) for one in seeds] for seeds in cells]
        twin, shown = (by_author(scales, (system, "value")) for system in ("twin", "base+exemplars"))
        if not twin:
            continue
        leads = [one["lead"]["low"] for seeds in scales for one in seeds if "lead" in one]
        said.append(
            f"on {name}: twin {spread(twin)}, exemplars {spread(shown)}, mean |1 - gap| "
            f"{fmean(abs(1 - one) for one in twin):.2f}, least {min(twin):.2f}, most {max(twin):.2f}; "
            f"a clear lead on exemplars in {sum(low > 0 for low in leads)} of {len(leads)} cells"
        )
    paths = {
        "broken": ("variants", "twin", "degenerate", "value"),
        "by the base": ("variants", "base", "degenerate", "value"),
        "copied": ("copied", "twin", "value"),
        "brief covered": ("variants", "twin", "coverage", "value"),
        "of the base": ("variants", "base", "coverage", "value"),
    }
    return [*said, ", ".join(f"{name} {spread(by_author(cells, path), 3)}" for name, path in paths.items())]


def by_author(cells: Sequence[Sequence[Mapping[str, Any]]], path: Sequence[str]) -> list[float]:
    """The value at a path of each cell, a mean over the seeds of each author; who has none is left out."""
    found: list[list[Any]] = [[reduce(getitem, path, one) for one in seeds if path[0] in one] for seeds in cells]
    known = [[value for value in values if value is not None] for values in found]
    return [fmean(values) for values in known if values]


def spread(values: Sequence[float], digits: int = 2) -> str:
    return interval(mean_of(values, resamples=RESAMPLES, seed=7), digits=digits)


def ours(found: Mapping[str, Any]) -> dict[str, Row]:
    """The systems on the product's own scale, and the twin's lead."""
    gaps_ = {name: found["variants"][name]["gap_closed"] for name in COLUMNS}
    return {**gaps_, "lead": found["differences"]["twin - base+exemplars"]["gap_closed"]}


def scale(found: Mapping[str, Any]) -> str:
    """The three systems on one scale, the twin's interval and its lead."""
    if "lead" not in found:
        return f"{'refused':>60}"
    lead, twin = found["lead"], found["twin"]
    told = f"[{number(twin['low'])}, {number(twin['high'])}]"
    ahead = f"{number(lead['value'])} [{number(lead['low'])}, {number(lead['high'])}]"
    return "".join(f"{number(found[name]):>8}" for name in COLUMNS) + f" {told:15} {ahead:18}"


def number(row: Any) -> str:
    value = row["value"] if isinstance(row, Mapping) else row
    return "–" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()
