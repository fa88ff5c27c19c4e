"""The main path in reading order.

    add → collect → index → dataset → train → write → evaluate

Each stage takes the one before it where that is stale, and returns what its command prints with `--json`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from twin.core.errors import BadRequest, NotEnoughData
from twin.core.paths import write_whole
from twin.core.protocols import Where
from twin.core.records import Adapter, Brief, Document, Message, Passage, Side, SourceRef, digest
from twin.pipeline.care import Care
from twin.pipeline.helping import Helping
from twin.pipeline.judging import Judging
from twin.pipeline.measuring import Measuring
from twin.pipeline.refining import Refining
from twin.pipeline.repurposing import Repurposing
from twin.pipeline.reviewing import Reviewing

if TYPE_CHECKING:
    from twin.inference.check import Desk
    from twin.inference.drafted import Writing
    from twin.inference.places import Place


class Twin(Measuring, Judging, Helping, Reviewing, Refining, Repurposing, Care):
    """One author's twin in one home folder."""

    # -- FEATURE pipeline ----------------------------------------------------------------------------------

    def init(self, author: str, me: Sequence[str]) -> dict[str, Any]:
        """Who "I" am in every source; without a name the one that is known stays."""
        known = self.store.identity()
        name = author.strip() or (known.name if known else "")
        if not name:
            raise BadRequest("the author's name is empty", 'twin init --author "Your Name"')
        identity = self.store.identify(name, me)
        return {"author": identity.name, "me": list(identity.handles), "home": str(self.home)}

    def add(
        self, location: str, *, kind: str = "", mine: bool = True, messages: bool = False, zone: str = ""
    ) -> dict[str, Any]:
        """A place to collect from; looked at now, read by `collect`.

        `messages` asks for private messages too, `zone` is that of clocks which name none (`Europe/Berlin`).
        """
        from twin import sources
        from twin.core.errors import UnknownSource

        me = self.author
        place = sources.address(location)
        if kind and kind not in sources.names():
            raise UnknownSource(f"no source is called {kind!r}", f"choose one of: {', '.join(sources.names())}")
        if zone and zone not in available_timezones():
            raise BadRequest(f"there is no time zone {zone!r}", "name it as in: --zone Europe/Berlin")
        kind = kind or sources.which(place)
        options = {name: value for name, value in (("messages", messages), ("zone", zone)) if value}
        consent = "mine" if mine else "may use"
        looked = SourceRef(digest("source", kind, place), kind, place, consent, datetime.now(UTC), options)
        way = sources.load(kind).route(place, replace(self.reading(looked, me), web=self.looking().web))
        kind = way.kind or kind
        proposed = [] if not mine else [h for h in sources.load(kind).owner(place) if not me.is_me(h)]
        source = self.store.add_source(kind, place, consent, options)
        about = {"id": source.id, "kind": kind, "location": place, "consent": consent}
        return {**about, "route": way.taken, "better": way.better, "proposed_me": proposed}

    def note(self, text: str, *, mine: bool = True) -> dict[str, Any]:
        """A pasted text, kept as a file of the home; all notes are one source. Raises: BadRequest for none."""
        if not text.strip():
            raise BadRequest("the note is empty", "paste a text, or pipe one in: twin add - < note.txt")
        folder = self.home / "notes"
        with self.stage("add"):
            day = f"{datetime.now(UTC):%Y-%m-%d}"
            write_whole(folder / f"{day}-{digest(text)}.txt", text)
        return self.add(str(folder), kind="folder", mine=mine)

    def collect(self) -> dict[str, Any]:
        """Every source read again; only what is new is stored."""
        from twin import sources
        from twin.core.errors import TwinError
        from twin.features.collect import collect, unchanged
        from twin.features.works import works_of

        me, refs = self.author, self.store.sources()
        if not refs:
            raise BadRequest("no source has been added yet", "add one: twin add ~/Downloads/linkedin-export.zip")
        done: list[dict[str, Any]] = []
        failed: list[TwinError] = []
        with self.stage("collect"):
            for ref in refs:
                about = {"id": ref.id, "kind": ref.kind, "location": ref.location}
                try:
                    seen = self.seen(ref)
                    if ref.options.get("payload") == "forgotten" or (seen and seen == self.store.seen(ref.id)):
                        counts = unchanged(self.store, ref)
                    else:
                        found = sources.load(ref.kind).read(ref.location, self.reading(ref, me))
                        limit = self.settings.collect.max_item_bytes
                        counts = collect(
                            self.store, ref, found, max_item_bytes=limit, progress=self.progress, seen=seen
                        )
                except TwinError as bad:
                    failed.append(bad)
                    zero = {"found": 0, "stored": 0, "edited": 0, "unchanged": 0, "duplicates": 0, "skipped": []}
                    counts = {**zero, "error": bad.message, "hint": bad.hint}
                done.append({**about, **counts})
            if any(one["stored"] or one["edited"] for one in done):
                self.store.set_works(works_of(self.store.runs))
        if len(failed) == len(refs):
            raise failed[0]
        return {"sources": done, "documents": self.store.count()}

    def index(self) -> dict[str, Any]:
        """Chunks of every text that may be retrieved, embedded and searchable."""
        from twin.features.index import build_index

        with self.stage("index"):
            return build_index(
                self.store,
                self.vectors,
                self.embedder,
                chunk_tokens=self.settings.index.chunk_tokens,
                overlap_tokens=self.settings.index.overlap_tokens,
                progress=self.progress,
            )

    def _index_if_stale(self) -> None:
        if self.store.documents("retrieve") and self.index_is_stale():
            self.index()

    def dataset(self, *, agreed: bool = False) -> dict[str, Any]:
        """A dataset version from everything that may be learned from.

        Where the settings name a helper model, it writes the briefs; one that costs or is not on this machine is asked
        only when the author has `agreed` to what would be sent. Raises: BadRequest, ModelFailed, NotEnoughData.
        """
        from twin.features.datasets.build import build_dataset
        from twin.training.advice import of_too_little

        author = self.author.name
        with self.stage("dataset"):
            helped = self.helped(agreed=agreed)
            try:
                return build_dataset(
                    self.store, self.home / "datasets", author=author, recipe=self._recipe(), **(helped or {})
                )
            except NotEnoughData as bad:
                rejected = Counter(doc.why for doc in self.store.documents() if "train" not in doc.use)
                raise NotEnoughData(bad.message, " ".join(of_too_little(rejected))) from bad

    def _recipe(self) -> Any:
        from twin.features.datasets.examples import Recipe

        return Recipe(**self.settings.dataset.model_dump())

    # -- TRAINING pipeline ---------------------------------------------------------------------------------

    def train(self) -> dict[str, Any]:
        """An adapter from the newest dataset, measured by the gate; active when it passes, then perhaps refitted."""
        from twin.training.advice import of_amount

        dataset = self.dataset()
        with self.stage("train"):
            adapter, card = self._fit(dataset, ("train",), ("tune",))
            known = next((one for one in self.store.adapters() if one.id == adapter.id), None)
            learned = [doc.id for doc in self.store.documents("train", side="train")]
            if known is None:
                self.store.add_adapter(adapter, learned)
            gate = dict(known.gate) if known else {}
            if not gate:
                gate = self._gate(adapter)
                self.store.set_gate(adapter.id, gate)
                if gate["verdict"] == "activate":
                    self.store.set_adapter_state(adapter.id, "active")
            if gate["verdict"] == "activate" and self.settings.train.refit:
                self._refit(dataset, adapter)
        active = self.store.active_adapter()
        return {
            "adapter": adapter.id,
            "dataset": dataset["version"],
            "base": adapter.base,
            "method": adapter.method,
            "loss": dict(adapter.losses),
            "steps": card["steps"],
            "tokens_per_second": card["tokens_per_second"],
            "seconds": card["seconds"],
            "parity": card.get("parity"),
            "notes": [*card.get("notes", []), *of_amount(len(learned), dataset["rejected"])],
            "gate": gate,
            "active": active.id if active else None,
        }

    def plan_training(self) -> dict[str, Any]:
        """How long a training would take and how much memory, by a few real steps; nothing of it is kept.

        `advice` says what is odd about the texts, what more would help, and what would not fit.
        """
        from twin.features.datasets.build import load_examples
        from twin.models.hf import checkpoint, load_tokenizer
        from twin.models.rows import row
        from twin.models.weights import find_base
        from twin.training.advice import of_amount, of_examples, of_memory
        from twin.training.methods import chosen
        from twin.training.preflight import preflight
        from twin.training.recipe import SAID

        dataset = self.dataset()
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        every = list(load_examples(Path(dataset["path"]), "train"))
        recipe, methods, why = chosen(self.settings.train.model_dump(), base=base, examples=len(every))
        learned = methods.newest(every)
        tuned = [one for one in load_examples(Path(dataset["path"]), "tune") if one.measured]
        rows, held = (
            [row(base.chat_template, one.prompt, one.completion) for one in side] for side in (learned, tuned)
        )
        folder = checkpoint(base, cache=self.settings.cache, progress=self.progress)
        texts, tokenizer = len({one.document for one in learned}), load_tokenizer(folder)
        found = preflight(folder, rows, held, recipe=recipe, progress=self.progress)
        advice = [
            *methods.left_out(len(every)),
            *of_amount(texts, dataset["rejected"]),
            *of_examples(learned, tuned, rows, tokenizer=tokenizer, base=base, max_tokens=recipe.max_tokens),
            *of_memory(
                found["memory_bytes"],
                found["memory_free_bytes"],
                recomputed=found["recomputed"],
                four_bits_help=found["fits_parameters_4bit"] > found["fits_parameters"],
            ),
        ]
        used = {name: getattr(recipe, name) for name in SAID}
        about = {"dataset": dataset["version"], "base": base.name, "texts": texts, "recipe": used, "why": why}
        return {**about, **found, "advice": advice}

    def _gate(self, adapter: Adapter) -> dict[str, Any]:
        """The verdict on an adapter by the short report; without held-out texts it says that there are none."""
        from twin.evaluation.gate import RULE

        try:
            short = self.measure(adapter, self.settings.evaluate.gate_briefs, short=True)
            verdict: dict[str, Any] = {**short["gate"], "report": short["report"]}
        except NotEnoughData as bad:
            verdict = {"verdict": "not-enough-data", "reason": bad.message, "rule": RULE}
        return verdict

    def _fit(
        self, dataset: dict[str, Any], learned: Sequence[Side], tuned: Sequence[Side], *, refit_of: str = ""
    ) -> tuple[Adapter, dict[str, Any]]:
        from twin.features.datasets.build import load_examples
        from twin.models.weights import find_base
        from twin.training.methods import chosen
        from twin.training.train import train_adapter

        path = Path(dataset["path"])
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        recipe, methods, why = chosen(self.settings.train.model_dump(), base=base, examples=dataset["train"])
        return train_adapter(
            [one for side in learned for one in load_examples(path, side)],
            [one for side in tuned for one in load_examples(path, side) if one.measured],
            dataset=dataset["version"],
            base=base,
            recipe=recipe,
            folder=self.home / "adapters",
            cache=self.settings.cache,
            refit_of=refit_of,
            methods=methods,
            why=why,
            generate=self._generate,
            progress=self.progress,
        )

    def _refit(self, dataset: dict[str, Any], gated: Adapter) -> None:
        """The gated recipe on everything that may be used; this one writes, the gated one stays to be measured."""
        refit, _ = self._fit(dataset, ("train", "tune", "test"), (), refit_of=gated.id)
        if refit.id not in {one.id for one in self.store.adapters()}:
            self.store.add_adapter(refit, [doc.id for doc in self.store.documents("train")])
            self.store.set_adapter_state(refit.id, "active")

    # -- INFERENCE pipeline --------------------------------------------------------------------------------

    def write(
        self,
        brief: str,
        *,
        links: Sequence[str] = (),
        audience: str = "",
        must: Sequence[str] = (),
        avoid: Sequence[str] = (),
        answer: str = "",
        where: Where | None = None,
    ) -> dict[str, Any]:
        """Checked drafts for a place, best first, with the passages that they stand on. Raises: BadRequest.

        Links and files named in the brief are read too; `answer` is a post to answer, as a link, a file or its text.
        `where` says which of the author's texts it may stand on. Where nothing at all is a source, there are no drafts
        but `questions` and an `outline`.
        """
        from twin.inference import places
        from twin.inference.drafted import kept
        from twin.inference.outside import read_outside
        from twin.inference.request import somebody_wrote, understand
        from twin.inference.retrieve import nearest_outside
        from twin.inference.write import unsourced, write

        asked = understand(brief, links=links, audience=audience, must=must, avoid=avoid, answer=answer)
        _, chosen = self.author, self.settings.write
        asked = replace(asked, year=self._year(chosen.year))
        place = places.load("comment" if answer and "place" not in chosen.model_fields_set else chosen.place)
        given = chosen.model_fields_set | ({"words"} if place.name == places.DEFAULT else set())
        own = self._found(asked.text, chosen.passages, where)
        outside, unread = read_outside(asked.links, self.looking())
        outside = [*asked.material, *outside]
        passages = [
            *nearest_outside(asked.text, outside, embedder=self.embedder, k=chosen.passages),
            *own,
        ]
        if not (chosen.unsourced or somebody_wrote(asked, passages)):
            return unsourced(asked, unread)
        words = chosen.words if "words" in given else place.words
        how = self.how(passages, place, words)
        result = write(asked, how, unread=unread, words=words, variants=chosen.variants)
        plan, prompt = Brief(**result["brief"]), tuple(Message(**one) for one in result["prompt"])
        documents = [passage.document for passage in passages if not passage.outside]
        for draft in result["drafts"]:
            detail = kept(draft, brief=plan, prompt=prompt, passages=passages, wishes=asked.wishes)
            self.store.add_draft(draft["id"], asked.text, draft["text"], detail, documents)
        return result

    def search(self, query: str, *, where: Where | None = None, most: int = 8) -> dict[str, Any]:
        """The author's own passages nearest to a query, best first: `{query passages seconds}`. Raises: BadRequest."""
        from twin.inference.plan import checked_request

        started = time.perf_counter()
        asked = checked_request(query)
        passages = self._found(asked, most, where)
        took = round(time.perf_counter() - started, 3)
        return {"query": asked, "passages": [asdict(passage) for passage in passages], "seconds": took}

    def _year(self, year: int) -> str:
        """Raises: BadRequest for a year of which the author has no text."""
        if not year:
            return ""
        known = sorted({doc.published.year for doc in self.store.documents("train") if doc.published})
        if year not in known:
            hint = f"there are texts of: {', '.join(map(str, known))}" if known else "your texts have no dates"
            raise BadRequest(f"no text of yours is of {year}", hint)
        return str(year)

    def _found(self, request: str, most: int, where: Where | None) -> list[Passage]:
        """Passages of the author's texts that a search may see. Raises: BadRequest for a filter that leaves none."""
        from twin.inference.narrow import nothing_there
        from twin.inference.retrieve import retrieve

        self._index_if_stale()
        found = retrieve(request, embedder=self.embedder, vectors=self.vectors, k=most, where=where)
        if not found and where is not None and where != Where():
            wrong = nothing_there(self.store.documents("retrieve"), where)
            if wrong:
                raise wrong
        return found

    def how(self, passages: Sequence[Passage], place: Place, words: int) -> Writing:
        """All that a draft of about so many words for this place is written with, on these passages."""
        from twin.inference.compose import Sampling
        from twin.inference.drafted import Voice, Writing
        from twin.inference.places import DEFAULT

        chosen, adapter = self.settings.write, self.store.active_adapter()
        set_here = place.name == DEFAULT or "max_chars" in chosen.model_fields_set
        limit = chosen.max_chars if set_here else place.limit
        return Writing(
            passages=passages,
            voice=Voice(
                self.author.name,
                adapter.path / "adapter.gguf" if adapter else None,
                adapter.id if adapter else "",
                [] if adapter else self._exemplars(passages, place, words),
                adapter.dataset if adapter else "",
            ),
            model=self.model,
            desk=self._desk([passage for passage in passages if passage.outside], place),
            sampling=Sampling(
                candidates=chosen.candidates,
                temperature=chosen.temperature,
                top_p=chosen.top_p,
                min_p=chosen.min_p,
                repeat_penalty=chosen.repeat_penalty,
                repeat_run=chosen.repeat_run,
                seed=chosen.seed,
            ),
            place=place,
            limit=min(limit, place.limit or limit),
            bound=chosen.bound,
            progress=self.progress,
        )

    def _exemplars(self, passages: Sequence[Passage], place: Place, words: int) -> list[Document]:
        """Texts to imitate where there is no adapter: of the place's register, not those that the facts stand in."""
        from twin.inference.exemplars import exemplars_for

        return exemplars_for(
            self.store.documents("train"),
            kind=place.kind,
            site=place.site,
            words=words,
            facts={passage.document for passage in passages},
            most=self.settings.evaluate.exemplars,
            year=self.settings.write.year,
        )

    def _desk(self, outside: Sequence[Passage], place: Place) -> Desk:
        """The measures a draft is checked with, fitted on everything the author wrote.

        Who chooses a draft and who judges it share neither people nor features. The judge must have met the bare
        model's own texts, which `train` and `evaluate` leave behind: without them a small model fools it.
        """
        from twin.evaluation.heldout import posts_first
        from twin.inference.check import Desk
        from twin.inference.hooks import habit
        from twin.inference.strangers import usual_of
        from twin.metrics.copying import Copying
        from twin.metrics.habits import Habits
        from twin.metrics.repetition import Repetition
        from twin.metrics.style import CHOOSES, JUDGES, LEAST_TO_CHOOSE

        history = {doc.id: doc for doc in self.store.documents("retrieve")}
        own = {id_: doc.text for id_, doc in history.items()}
        learned = self.store.documents("train")
        copying = Copying(own, outside={passage.id: passage.text for passage in outside})
        negatives = self.base_texts_known()
        judging, choosing = self._background().halves()
        chooser, _ = self.fit_style(negatives, background=choosing, weights=CHOOSES, least_auc=LEAST_TO_CHOOSE)
        judge, _ = self.fit_style(negatives, background=judging, weights=JUDGES)
        unmet = "the verifier has not met the bare model's texts yet: twin train, or twin evaluate"
        why = judge.refusal or ("" if negatives else unmet)
        language = Counter(doc.language for doc in learned).most_common(1)[0][0] if learned else ""
        alike = self._alike(learned, place)
        kinds = {doc.kind for doc in alike}
        return Desk(
            style=chooser,
            copying=copying,
            copying_gate=copying.gate,
            entailment=self.entailment,
            judge=None if why else judge,
            language=language,
            unjudged=why,
            usual=usual_of(own.values()),
            hooks=habit(doc.text for doc in posts_first(learned)),
            habits=Habits([doc.text for doc in alike]),
            habits_of=f"{len(alike)} {f'{kinds.pop()}s' if len(kinds) == 1 else 'texts'}",
            repetition=Repetition(own),
            history=history,
        )

    def _alike(self, learned: Sequence[Document], place: Place) -> list[Document]:
        """The author's texts of the kind that the place takes, where they are enough to tell a habit; else posts."""
        from twin.evaluation.heldout import posts_first
        from twin.metrics.habits import LEAST_TEXTS

        same = [doc for doc in learned if doc.kind == place.kind]
        return same if len(same) >= LEAST_TEXTS else posts_first(learned)

    # -- EVALUATION ----------------------------------------------------------------------------------------

    def evaluate(self, *, curve: bool = False) -> dict[str, Any]:
        """The newest measured adapter, or the baselines alone, on the newest held-out posts; a report to read.

        `curve` trains on parts of the texts too, which takes about as long again as training did.
        """
        self._index_if_stale()
        gated = [one for one in self.store.adapters() if not one.refit_of and one.state != "tainted"]
        return self.measure(gated[-1] if gated else None, self.settings.evaluate.briefs, curve=curve)
