"""The main path in reading order.

    add → collect → index → dataset → train → write → evaluate

Each stage takes the one before it where that is stale, and returns what its command prints with `--json`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from twin.core.errors import BadRequest, NotEnoughData
from twin.core.paths import write_whole
from twin.core.protocols import Where
from twin.core.records import SourceRef, digest
from twin.pipeline.care import Care
from twin.pipeline.helping import Helping
from twin.pipeline.judging import Judging
from twin.pipeline.refining import Refining
from twin.pipeline.repurposing import Repurposing
from twin.pipeline.reviewing import Reviewing
from twin.pipeline.training import Training


class Twin(Training, Refining, Judging, Helping, Reviewing, Repurposing, Care):
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
        if "://" not in place and Path(place).resolve() == self.home.resolve():
            raise BadRequest("that is the home of this twin: its own files are no texts of yours", "add what you wrote")
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
        from twin.core.errors import StorageFailed, TwinError
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
                        sources.must_be_of(me, ref)
                        found = sources.load(ref.kind).read(ref.location, self.reading(ref, me))
                        limit = self.settings.collect.max_item_bytes
                        counts = collect(
                            self.store, ref, found, max_item_bytes=limit, progress=self.progress, seen=seen
                        )
                    self.store.record_failure(ref.id)
                except TwinError as bad:
                    failed.append(bad)
                    with suppress(StorageFailed):  # a full disk is told now, and not again
                        self.store.record_failure(ref.id, bad.message, bad.hint)
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
            learned = self.store.documents("train", side="train")
            if known is None:
                self._register(adapter, card, learned)
            gate = dict(known.gate) if known else {}
            if "verdict" not in gate:
                gate |= self._gate(adapter)
                self.store.set_gate(adapter.id, gate)
            if gate["verdict"] == "activate":
                self._activate_once(adapter.id)
                if self.settings.train.refit:
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
        """How long a training would take and how much memory, by a few real steps and draws; nothing of it is kept.

        `stages` says how long each part takes until there is a verdict, and `seconds` is their sum. `advice` says what
        is odd about the texts, what more would help, and what would not fit.
        """
        return self._plan(self.dataset())

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

        Links and files named in the brief are read too; `answer` is a post to answer, as a link, a file or its text;
        one that cannot be read is not answered. `where` says which of the author's texts it may stand on. Where nothing
        at all is a source, there are no drafts but `questions` and an `outline`.
        """
        from twin.inference import places
        from twin.inference.drafted import kept
        from twin.inference.material.outside import read_outside
        from twin.inference.material.retrieve import nearest_outside
        from twin.inference.request import heard, of_whom, somebody_wrote, understand
        from twin.inference.write import unsourced, write
        from twin.models.threads import spin_shortly

        spin_shortly()
        asked = understand(brief, links=links, audience=audience, must=must, avoid=avoid, answer=answer)
        _, chosen = self.author, self.settings.write
        asked = replace(asked, year=self._year(chosen.year))
        place = places.load("comment" if answer and "place" not in chosen.model_fields_set else chosen.place)
        given = chosen.model_fields_set | ({"words"} if place.name == places.DEFAULT else set())
        read, unread = read_outside(asked.links, self.looking(), progress=self.progress)
        outside = [*asked.material, *read]
        asked = heard(asked, outside, unread)
        outside = [of_whom(passage, asked) for passage in outside]
        self._index_if_stale()
        self.progress(0, 0, "looking for what you wrote on it")
        passages = [
            *nearest_outside(asked.text, outside, about=asked.about, embedder=self.embedder, k=chosen.passages),
            *self._found(asked.text, chosen.passages, where, about=asked.about),
        ]
        if not (chosen.unsourced or somebody_wrote(asked, passages)):
            return unsourced(asked, unread)
        words = chosen.words if "words" in given else place.words
        how = replace(self.how(passages, place, words=words), content=self.content)
        result = write(asked, how, unread=unread, words=words, variants=chosen.variants)
        shown = [passage.document for passage in passages if not passage.outside]
        shown += [one.id for one in how.voice.exemplars]
        for draft in result["drafts"]:
            detail = kept(draft, brief=result["brief"], passages=passages, wishes=asked.wishes)
            self.store.add_draft(draft["id"], asked.text, draft["text"], detail, list(dict.fromkeys(shown)))
        return result

    def search(self, query: str, *, where: Where | None = None, most: int = 8) -> dict[str, Any]:
        """The author's own passages nearest to a query, best first: `{query passages seconds}`. Raises: BadRequest."""
        from twin.inference.plan import checked_query

        started = time.perf_counter()
        asked = checked_query(query)
        self._index_if_stale()
        passages = self._found(asked, most, where)
        took = round(time.perf_counter() - started, 3)
        return {"query": asked, "passages": [asdict(passage) for passage in passages], "seconds": took}

    # -- EVALUATION ----------------------------------------------------------------------------------------

    def evaluate(self, *, curve: bool = False) -> dict[str, Any]:
        """The newest measured adapter, or the baselines alone, on the newest held-out posts; a report to read.

        Its verdict is kept beside the gate's; which adapter writes stays as it is. `curve` trains on parts of the texts
        too, which takes about as long again as training did.
        """
        self._index_if_stale()
        gated = [one for one in self.store.adapters() if not one.refit_of and one.state != "tainted"]
        measured = gated[-1] if gated else None
        result = self.measure(measured, self.settings.evaluate.briefs, curve=curve)
        if measured is None:
            return result
        full = {**result["gate"], "report": result["report"]}
        self.store.set_gate(measured.id, {**self.store.adapter(measured.id).gate, "full": full})
        return {**result, "notes": [*result["notes"], *self.warnings()]}
