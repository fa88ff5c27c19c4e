"""A twin against its author and its baselines: what was generated or scored once is not again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import NotEnoughData, NotFound
from twin.core.paths import typed_path
from twin.core.protocols import Where
from twin.core.records import Adapter, Brief, Completion, Document, Passage, Request, Side, digest
from twin.core.text import word_count
from twin.pipeline.curve import Shares
from twin.pipeline.losses import Losses
from twin.pipeline.searching import Searching

if TYPE_CHECKING:
    from twin.evaluation.heldout import Bench
    from twin.evaluation.instruments import Instruments
    from twin.metrics.background import Background
    from twin.metrics.style import OutOfFold, Style
    from twin.metrics.voice.attribution import Attribution
    from twin.models.weights import Base

LEAST_OF_ADDED = 10
"""Parts of somebody else's texts from which on they count among the others that a verifier tells the author from."""
NEGATIVES = 48
"""Texts of the bare model among what the verifier of voice learns to tell from the author."""


SIDES: tuple[Side, ...] = ("train", "tune", "test")


class Measuring(Searching, Shares, Losses):
    """The instrument that gate, report and choice of drafts share."""

    def measure(
        self, adapter: Adapter | None, most: int, *, short: bool = False, curve: bool = False
    ) -> dict[str, Any]:
        """The comparison on the newest held-out posts, `most` briefs at most; `short` is that of the gate.

        The full one measures too how well the author's texts are found, and with `curve` what fewer texts to learn from
        would have given.
        """
        from twin.core.prompts import VERSION as PROMPTS
        from twin.evaluation.compare import compare
        from twin.evaluation.curve import curve_of
        from twin.evaluation.gate import gate
        from twin.evaluation.heldout import cases_of, kinds_of, memorised_by, posts_first
        from twin.evaluation.protocol import FULL
        from twin.evaluation.report import write_report

        held_out = posts_first(self.store.documents("evaluate", side="test"))
        learned = self.store.documents("train", side="train")
        if not held_out:
            raise NotEnoughData("no held-out posts to measure on", "collect more of your own posts: twin collect")
        if curve and not adapter:
            raise NotFound("there is no twin yet whose recipe could be tried on fewer texts", "train one: twin train")
        bench, resamples = self._bench(adapter, short=short), self.settings.evaluate.resamples
        style, scores = self._style_with_base(learned, bench)
        asked = [(doc, FULL) for doc in held_out[-most:]] if short else kinds_of(held_out, most)
        cases = cases_of(asked, learned, bench=bench, scores=scores)
        instruments = self._instruments(style, learned, bench, short=short)
        memorised = None if short else memorised_by(cases, learned, bench=bench)
        report = compare(cases, instruments, memorised=memorised, resamples=resamples, seed=bench.seed)
        report["style"]["scorer"] = style.facts()
        report["gate"] = gate(report)
        report["author"] = self.author.name
        report["adapter"] = adapter.id if adapter else None
        report["dataset"] = adapter.dataset if adapter else None
        report["model"] = {"name": self.many.name, "digest": self.many.digest}
        report["prompts"] = PROMPTS
        report["digests"]["learned"] = digest("learned", *((doc.id, doc.version, *doc.masks) for doc in learned))
        if not short and self.settings.evaluate.searches:
            report["retrieval"] = self.retrieval()
            report["metrics"]["retrieval"] = report["retrieval"]["version"]
        if curve and adapter:
            report["curve"] = curve_of(
                self.trained_on_shares(adapter, generate=self._generate),
                held_out[-most:],
                learned,
                bench=bench,
                instruments=instruments,
                scores=scores,
                resamples=resamples,
            )
        folder = self.home / "reports" / digest("report", {**report, "rows": None}, [doc.version for doc in held_out])
        return {
            "report": str(write_report(report, folder)),
            "variants": report["variants"],
            "kinds": report["kinds"],
            "differences": report["differences"],
            "curve": report.get("curve", []),
            "verdict": f"{report['gate']['verdict']}: {report['gate']['reason']}",
            "gate": report["gate"],
            "notes": [*report["sentences"], *report.get("retrieval", {}).get("sentences", [])],
        }

    def _instruments(self, style: Style, learned: Sequence[Document], bench: Bench, *, short: bool) -> Instruments:
        from twin.evaluation.heldout import posts_first
        from twin.evaluation.instruments import Instruments
        from twin.metrics.canaries import Canaries
        from twin.metrics.claims import Claims
        from twin.metrics.copying import Copying
        from twin.metrics.habits import Habits
        from twin.metrics.repetition import Repetition

        searched = self.store.documents("retrieve", measuring=True)
        known = {doc.id: doc.text for doc in searched if doc.consent == "mine"}
        theirs = {doc.id: doc.text for doc in searched if doc.consent != "mine"}
        own = {doc.id: doc.text for doc in self.store.documents() if doc.consent == "mine"}
        return Instruments(
            style,
            Copying(known, theirs),
            Repetition(known),
            Canaries(own),
            who=None if short else self._attribution(learned, bench),
            habits=None if short else Habits([doc.text for doc in posts_first(learned)]),
            claims=Claims(self.entailment),
        )

    def _bench(self, adapter: Adapter | None, *, short: bool) -> Bench:
        from twin.evaluation.heldout import Bench
        from twin.evaluation.protocol import SAMPLES, SHORT, SYSTEMS

        chosen, writing = self.settings.evaluate, self.settings.write
        return Bench(
            author=self.author.name,
            adapter=adapter.path if adapter else None,
            wrong=None if short else self._other_twin(),
            systems=SHORT if short else tuple(one.name for one in SYSTEMS),
            samples=SAMPLES,
            exemplars=chosen.exemplars,
            temperature=chosen.temperature,
            top_p=writing.top_p,
            min_p=writing.min_p,
            repeat_penalty=chosen.repeat_penalty,
            repeat_run=chosen.repeat_run,
            max_chars=writing.max_chars,
            seed=chosen.seed,
            generate=self._generate,
            loss=partial(self._loss, quantised=self._held(adapter)),
            retrieve=self._looked_up,
        )

    def _other_twin(self) -> Path | None:
        """The newest adapter of somebody else's twin, where a home is named; it is only read.

        Raises: BadSettings, MissingPart.
        """
        from twin.core.errors import BadSettings
        from twin.models.weights import find_base

        named = self.settings.evaluate.other_twin
        if not named:
            return None
        cards = sorted((typed_path(named) / "adapters").glob("*/adapter.json"), key=lambda one: one.stat().st_mtime)
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        finished = [one for one in cards if "." not in one.parent.name]  # others are being written
        found = [one.parent for one in finished if _is_of(one, base)]
        if not found:
            raise BadSettings(
                f"no adapter for {base.name!r} lies in {named!r}",
                'name the home of a trained twin: twin config evaluate.other_twin FOLDER, or "" for none',
            )
        return found[-1]

    def _looked_up(self, brief: Brief) -> tuple[Passage, ...]:
        """Passages for a brief from what the author wrote, the test side out of reach."""
        from twin.evaluation.protocol import PASSAGES

        hidden = frozenset(doc.id for doc in self.store.documents("retrieve", side="test"))
        return tuple(self._near("\n".join((brief.topic, *brief.facts)), PASSAGES, Where(exclude=hidden)))

    def _generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Completion]:
        file = adapter / "adapter.gguf" if adapter else None
        return self.many.generate(requests, adapter=file, progress=self.progress)

    def _style_with_base(self, learned: Sequence[Document], bench: Bench) -> tuple[Style, dict[str, OutOfFold]]:
        """The verifier of voice with texts of the bare model among its negatives; out-of-fold scores by document."""
        return self.fit_style(self._base_texts(learned, bench))

    def _base_texts(self, learned: Sequence[Document], bench: Bench) -> list[str]:
        """What the bare model makes of briefs of the learned side: written once, then remembered."""
        from twin.evaluation.heldout import base_requests

        return [one.text for one in self._generate(base_requests(learned, bench=bench, most=NEGATIVES), None)]

    def _attribution(self, learned: Sequence[Document], bench: Bench) -> Attribution | None:
        from twin.evaluation.heldout import posts_first
        from twin.metrics.voice.attribution import LEAST_OF_ONE, Attribution

        own = [doc.text for doc in posts_first(learned)]
        if len(own) < LEAST_OF_ONE:
            return None
        return Attribution(own, self._background(), negatives=self._base_texts(learned, bench))

    def _background(self) -> Background:
        """The people that come with the program, and those whose texts the author added with `--not-mine`."""
        from twin.metrics.background import Person, shipped
        from twin.metrics.background.build import MODERN_PARTS, PARTS_A_TEXT, spread
        from twin.metrics.background.typography import PART_WORDS, parts, prose

        found: dict[str, list[list[str]]] = {}
        for doc in self.store.documents():
            if doc.consent != "mine" and doc.kind not in ("code", "commit"):
                long_enough = [one for one in parts(prose(doc.text)) if word_count(one) >= PART_WORDS[0]]
                found.setdefault(doc.source, []).append(long_enough[:PARTS_A_TEXT])
        places = {source.id: source.location for source in self.store.sources()}
        people = {
            Person(places.get(source, source), "added", "modern", "", ""): spread(texts, MODERN_PARTS)
            for source, texts in found.items()
            if sum(map(len, texts)) >= LEAST_OF_ADDED
        }
        return shipped().without(self.author.name).joined(people)

    def base_texts_known(self) -> list[str]:
        """The same where an earlier stage asked for them; none otherwise: a draft does not wait for them."""
        from twin.evaluation.heldout import base_requests

        learned = self.store.documents("train", side="train")
        if not learned:
            return []
        requests = base_requests(learned, bench=self._bench(None, short=True), most=NEGATIVES)
        return [one.text for one in self.many.recall(requests) or ()]

    def fit_style(
        self,
        negatives: Sequence[str],
        *,
        sides: Sequence[Side] = SIDES,
        background: Background | None = None,
        weights: Mapping[str, float] | None = None,
        least_auc: float | None = None,
        tell_model: bool = True,
    ) -> tuple[Style, dict[str, OutOfFold]]:
        """A verifier on the author's texts of these sides, usually all; out-of-fold scores by document beside it."""
        from twin.evaluation.heldout import posts_first
        from twin.metrics.style import LEAST_AUC, WEIGHTS, Style

        own = posts_first([doc for doc in self.store.documents("evaluate") if doc.side in sides])
        style = Style(
            [doc.text for doc in own],
            background or self._background(),
            negatives=negatives,
            author=self.author.name,
            weights=weights or WEIGHTS,
            least_auc=LEAST_AUC if least_auc is None else least_auc,
            tell_model=tell_model,
        )
        found = {doc.id: style.out_of_fold(i) for i, doc in enumerate(own)}
        return style, {one: score for one, score in found.items() if score is not None}


def _is_of(card: Path, base: Base) -> bool:
    """Whether the file that describes an adapter names this base: by digest, or by name where it is an older one."""
    try:
        told = json.loads(card.read_text("utf-8"))
        return bool(told["base_digest"] == base.digest if "base_digest" in told else told["base"] == base.name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
