"""Held-out texts in, what each system makes of their briefs out: the cases that `compare` reads.

Every system gets the same brief, sampling and seed, and draws a broken text a second time. The brief is made by rule
from the real text and never holds its first sentence; exemplars come from the training side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.brief import answer_tokens, brief_of_document, content_words, document_frequency, note_of, said_in
from twin.core.prompts import exemplar_prompt, writing_prompt
from twin.core.protocols import Sample
from twin.core.records import Brief, Completion, Document, Passage, Prompt, Request, digest
from twin.core.text import post_text
from twin.evaluation.memorisation import Memorised
from twin.evaluation.protocol import BASE, FULL, SYSTEMS, THIN, TWIN, System
from twin.evaluation.rows import Case, Output, broken, in_markdown, request_of

if TYPE_CHECKING:
    from twin.metrics.style import OutOfFold

DRAWN_AGAIN = 1_000
"""Seeds of texts that are drawn a second time count on from here."""
Generate = Callable[[Sequence[Request], Path | None], list[Completion]]
Loss = Callable[[Sequence[Prompt], Sequence[str], Path | None], list[float]]
Retrieve = Callable[[Brief], tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class Bench:
    """What the systems are run with.

    `adapter` is the twin's folder, `wrong` that of somebody else's twin on the same base; systems whose adapter is None
    do not run.

    `retrieve` finds passages among what the author wrote, the held-out side left out. `samples` texts are drawn for a
    brief, with the seeds `seed`, `seed` + 1 and so on.
    """

    author: str
    adapter: Path | None
    wrong: Path | None
    systems: tuple[str, ...]
    samples: int
    exemplars: int
    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    repeat_run: int
    max_chars: int
    seed: int
    generate: Generate
    loss: Loss
    retrieve: Retrieve


@dataclass(frozen=True, slots=True)
class Asked:
    """One brief of a kind with the held-out document that it was made from, and what could be looked up for it."""

    document: Document
    text: str
    kind: str
    brief: Brief
    passages: tuple[Passage, ...]


def cases_of(
    asked: Sequence[tuple[Document, str]],
    learned: Sequence[Document],
    *,
    bench: Bench,
    scores: Mapping[str, OutOfFold],
) -> list[Case]:
    """Held-out documents, each with a kind of brief, and learned ones in; a case for each of the first out.

    `scores` are of the real texts, out of fold, by id. Held-out loss is taken under the full brief, by systems without
    passages: what a brief holds and what a passage holds are no voice.
    """
    briefs = briefs_of([doc for doc, _ in asked], learned)
    made = [
        Asked(doc, said_in(doc), kind, brief if kind == FULL else thin(brief), ())
        for (doc, kind), brief in zip(asked, briefs, strict=True)
    ]
    running = [one for one in SYSTEMS if one.name in bench.systems and (not one.tuned or _adapter(one, bench))]
    if any(one.passages for one in running):
        made = [replace(one, passages=bench.retrieve(one.brief)) for one in made]
    shown = _shown(learned, bench)
    outputs = {one.name: _outputs(one, made, shown, bench) for one in running}
    return [
        Case(
            f"{one.document.id}-{one.kind}",
            one.brief,
            one.text,
            scores.get(one.document.id),
            {name: found[i] for name, found in outputs.items()},
            one.passages,
            one.kind,
            one.document.id,
        )
        for i, one in enumerate(made)
    ]


def kinds_of(held_out: Sequence[Document], most: int) -> list[tuple[Document, str]]:
    """Held-out documents, oldest first, in; at most `most` of them, each with a kind of brief, out.

    The newest half of the briefs are full. Where there are fewer documents than briefs, some are asked for both ways.
    """
    newest = list(held_out)[::-1]
    full = newest[: (most + 1) // 2]
    thin_ones = [*newest[len(full) :], *full[::-1]][: most // 2]
    return [(doc, FULL) for doc in full] + [(doc, THIN) for doc in thin_ones]


def thin(brief: Brief) -> Brief:
    """The brief without its facts: the title where there is one, else the topic words."""
    title = brief.topic.rpartition(": ")[0]
    return replace(brief, topic=title or brief.topic, facts=())


def posts_first(documents: Sequence[Document]) -> list[Document]:
    """The posts among the documents; all of them where the author wrote no posts, only notes and articles."""
    return [doc for doc in documents if doc.kind == "post"] or list(documents)


def briefs_of(documents: Sequence[Document], learned: Sequence[Document]) -> list[Brief]:
    """The brief of each document by the rule of training; word frequencies come from the learned side only."""
    clean = [said_in(doc) for doc in learned]
    frequency = document_frequency(clean)
    return [brief_of_document(doc, said_in(doc), frequency=frequency, total=len(clean)) for doc in documents]


def memorised_by(cases: Sequence[Case], learned: Sequence[Document], *, bench: Bench) -> Memorised | None:
    """Losses of as many learned texts, evenly over time, as there are held-out ones; None without an adapter."""
    taken = [one.outputs for one in cases if TWIN in one.outputs and one.outputs[TWIN].loss is not None]
    if not taken or not learned or bench.adapter is None:
        return None
    chosen = learned[:: max(1, len(learned) // len(taken))][: len(taken)]
    prompts = [writing_prompt(bench.author, brief) for brief in briefs_of(chosen, learned)]
    texts = [said_in(doc) for doc in chosen]
    return Memorised(
        bench.loss(prompts, texts, bench.adapter),
        bench.loss(prompts, texts, None),
        [one[TWIN].loss or 0.0 for one in taken],
        [one[BASE].loss or 0.0 for one in taken],
    )


def requests_of(
    documents: Sequence[Document], learned: Sequence[Document], *, bench: Bench
) -> dict[str, list[Request]]:
    """What each of the bench's systems without passages is asked for documents under full briefs, once each."""
    shown = _shown(learned, bench)
    briefs = zip(documents, briefs_of(documents, learned), strict=True)
    asked = [Asked(doc, said_in(doc), FULL, brief, ()) for doc, brief in briefs]
    return {
        system.name: [_request(_prompt(system, one, shown, bench), one.brief, bench, 0) for one in asked]
        for system in SYSTEMS
        if system.name in bench.systems and not system.passages
    }


def base_requests(learned: Sequence[Document], *, bench: Bench, most: int) -> list[Request]:
    """What to ask the bare model for, so that a verifier of voice can learn what it sounds like."""
    chosen = learned[:: max(1, len(learned) // most)][:most]
    briefs = briefs_of(chosen, learned)
    return [_request(writing_prompt(bench.author, brief), brief, bench, 0) for brief in briefs]


def _shown(learned: Sequence[Document], bench: Bench) -> list[tuple[Brief, str]]:
    """The newest of the learned posts with their briefs, as exemplars."""
    newest = posts_first(learned)[-bench.exemplars :]
    return [(brief, said_in(doc)) for brief, doc in zip(briefs_of(newest, learned), newest, strict=True)]


def _outputs(system: System, asked: Sequence[Asked], shown: Sequence[tuple[Brief, str]], bench: Bench) -> list[Output]:
    prompts = [_prompt(system, one, shown, bench) for one in asked]
    adapter = _adapter(system, bench)
    requests = [
        _request(prompt, one.brief, bench, sample)
        for prompt, one in zip(prompts, asked, strict=True)
        for sample in range(bench.samples)
    ]
    each = [one for one in asked for _ in range(bench.samples)]
    texts = _written(requests, each, adapter, bench)
    again = [i for i, (text, one) in enumerate(zip(texts, each, strict=True)) if _broken(text, one)]
    fresh = [replace(requests[i], seed=requests[i].seed + DRAWN_AGAIN) for i in again]
    for i, text in zip(again, _written(fresh, [each[i] for i in again], adapter, bench), strict=True):
        texts[i] = text
    full = [] if system.passages else [i for i, one in enumerate(asked) if one.kind == FULL]
    losses = bench.loss([prompts[i] for i in full], [asked[i].text for i in full], adapter) if full else []
    by_case = dict(zip(full, losses, strict=True))
    return [
        Output(
            tuple(texts[drawn]),
            by_case.get(i),
            digest("asked", *requests[drawn]),
            tuple(j in again for j in range(drawn.start, drawn.stop)),
        )
        for i in range(len(asked))
        for drawn in (slice(i * bench.samples, (i + 1) * bench.samples),)
    ]


def _written(requests: Sequence[Request], asked: Sequence[Asked], adapter: Path | None, bench: Bench) -> list[str]:
    answers = bench.generate(requests, adapter) if requests else []
    return [
        post_text(
            one.text, unfinished=one.finish == "length", max_chars=bench.max_chars, markdown=in_markdown(of.brief)
        )
        for one, of in zip(answers, asked, strict=True)
    ]


def _broken(text: str, asked: Asked) -> bool:
    """Whether the text is broken in itself; `write` shows no such draft, so that every system may draw it once more."""
    return bool(broken(Sample(text, request_of(asked.brief), asked.passages), asked.text))


def _adapter(system: System, bench: Bench) -> Path | None:
    if not system.tuned:
        return None
    return bench.wrong if system.wrong else bench.adapter


def _prompt(system: System, one: Asked, shown: Sequence[tuple[Brief, str]], bench: Bench) -> Prompt:
    if system.exemplars:
        return exemplar_prompt(bench.author, one.brief, shown)
    wanted = set(content_words(f"{one.brief.topic} {' '.join(one.brief.facts)}"))
    notes = [note_of(passage.text, wanted) for passage in one.passages] if system.passages else []
    return writing_prompt(bench.author, one.brief, [note for note in notes if note])


def _request(prompt: Prompt, brief: Brief, bench: Bench, sample: int) -> Request:
    return Request(
        prompt,
        max_tokens=answer_tokens(brief.words),
        temperature=bench.temperature,
        top_p=bench.top_p,
        min_p=bench.min_p,
        repeat_penalty=bench.repeat_penalty,
        repeat_run=bench.repeat_run,
        seed=bench.seed + sample,
    )
