"""Does a verifier of voice take a small model for the author? `python -m bench.impostors CORPORA`.

For each modern author the bare model writes to briefs of their older texts, which teaches the verifier what it sounds
like (as many texts as in the product), and to briefs of 16 newer texts, which are asked about. A pair is one of the
model's texts and one by a person whom the verifier has never seen: the model should lose it. Broken texts count for the
model as the product has it: they get no score, so they win no pair.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.people import Writer, writers
from bench.voice import trial
from twin.core.brief import answer_tokens, brief_of, document_frequency
from twin.core.paths import write_whole
from twin.core.prompts import writing_prompt
from twin.core.protocols import Sample
from twin.core.records import Request, digest
from twin.core.settings import EvaluateSettings, ModelSettings, WriteSettings
from twin.core.text import post_text
from twin.metrics.background import gathered
from twin.metrics.degenerate import Degenerate
from twin.metrics.style import Style
from twin.models import open_model
from twin.pipeline.measuring import NEGATIVES

VERSION = 2
"""Of what is kept."""
LEARNED, ASKED = NEGATIVES, 16
LEAST_TEXTS = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.impostors", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "llm-twin")
    parser.add_argument("--kept", type=Path, help="folder of what the model wrote before, read and filled")
    chosen = parser.parse_args()
    people = writers(chosen.corpora)
    modern = [name for name, one in people.items() if one.person.era == "modern" and len(one.texts) >= LEAST_TEXTS]
    model = open_model(ModelSettings(kind="torch"), cache=chosen.cache)
    print(f"{'author':22}{'texts':>7}{'broken':>8}{'wins':>8}{'wins of people alone':>22}   (broken ones scored too)")
    rates = []
    for name in modern:
        texts = _kept(chosen.kept, name, lambda name=name: written(people[name], model))  # type: ignore[misc]
        learned, asked = texts[:LEARNED], texts[LEARNED:]
        broken = [bool(Degenerate().measure(Sample(text)).value) for text in asked]
        found = []
        for half in (0, 1):
            one = trial(people, name, modern, half)
            row = []
            for negatives in (learned, []):
                style = Style(one.older[-100:], gathered(one.background), negatives=negatives)
                strangers = np.asarray(style.judged(one.strangers)[0])
                scores = np.asarray(style.judged(asked)[0])
                sound = scores[~np.array(broken)]
                wins = (sound[:, None] > strangers[None, :]).sum() / (len(asked) * len(strangers))
                row += [wins, (scores[:, None] > strangers[None, :]).mean()]
            found.append(row)
        mean = np.mean(found, axis=0)
        rates.append(mean)
        counts = f"{name[:21]:22}{len(asked):7}{sum(broken):8}"
        print(f"{counts}{mean[0]:8.1%}{mean[2]:22.1%}   ({mean[1]:.1%}, {mean[3]:.1%})", flush=True)
    mean = np.mean(rates, axis=0)
    print(f"{'mean':22}{'':15}{mean[0]:8.1%}{mean[2]:22.1%}   ({mean[1]:.1%}, {mean[3]:.1%})")


def _kept(folder: Path | None, name: str, make: Callable[[], list[str]]) -> list[str]:
    file = folder / f"{digest(VERSION, name)}.json" if folder else None
    if file and file.is_file():
        return [str(text) for text in json.loads(file.read_text("utf-8"))]
    texts = make()
    if file:
        write_whole(file, json.dumps(texts, ensure_ascii=False))
    return texts


def written(writer: Writer, model) -> list[str]:  # type: ignore[no-untyped-def]
    """What the bare model makes of briefs: of `LEARNED` older texts, evenly over time, then of `ASKED` newest.

    Of each text its beginning, which is what the verifier learns from and other people are judged by.
    """
    texts = [parts[0] for parts in writer.texts]
    older, newer = texts[: len(texts) * 4 // 5], texts[len(texts) * 4 // 5 :][-ASKED:]
    chosen = [*older[:: max(1, len(older) // LEARNED)][:LEARNED], *newer]
    frequency = document_frequency(older)
    requests, usual = [], WriteSettings()
    for text in chosen:
        brief = brief_of(text, title="", kind="post", place="", frequency=frequency, total=len(older), most_facts=4)
        prompt = writing_prompt(writer.person.name, brief)
        requests.append(
            Request(
                prompt,
                answer_tokens(brief.words),
                temperature=EvaluateSettings().temperature,
                top_p=usual.top_p,
                min_p=usual.min_p,
                repeat_penalty=EvaluateSettings().repeat_penalty,
                repeat_run=EvaluateSettings().repeat_run,
                seed=EvaluateSettings().seed,
            )
        )
    made, markdown = model.generate(requests), writer.person.register != "post"  # as the author's own texts are read
    return [post_text(one.text, unfinished=one.finish == "length", max_chars=3000, markdown=markdown) for one in made]


if __name__ == "__main__":
    main()
