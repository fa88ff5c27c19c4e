"""The main path in reading order, and the only place where names become objects.

    add → collect → index → dataset → train → write → evaluate

Each stage takes the one before it where that is stale, and returns what its command prints with `--json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest, NotEnoughData, NotFound, StorageFailed
from twin.core.protocols import Embedder, Model, Progress, VectorStore, silent
from twin.core.records import Adapter, Completion, Document, Identity, Passage, Prompt, Request, Side, digest
from twin.core.settings import Settings
from twin.store import Store
from twin.store.lock import only_writer

if TYPE_CHECKING:
    from twin.evaluation.heldout import Systems
    from twin.inference.check import Desk
    from twin.metrics.style import Style

NEGATIVES = 8
"""Texts of the bare model among what the verifier of voice learns to tell from the author."""


class Twin:
    """One author's twin in one home folder. Parts are opened when they are first used."""

    def __init__(self, settings: Settings, progress: Progress = silent) -> None:
        self.settings = settings
        self.home = settings.home
        self.progress = progress

    # -- the parts, by name --------------------------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as bad:
            raise StorageFailed(
                f"cannot use {str(self.home)!r}: {bad.strerror}", "choose another folder with --home"
            ) from bad
        return Store(self.settings.store.url or f"sqlite:///{self.home / 'twin.db'}")

    @cached_property
    def embedder(self) -> Embedder:
        from twin.models import open_embedder

        return open_embedder(self.settings.index.embedder)

    @cached_property
    def vectors(self) -> VectorStore:
        from twin.vectors import open_vectors

        folder = self.home / "vectors" / self.embedder.name
        return open_vectors(self.settings.index.store, folder, self.embedder.dimensions)

    @cached_property
    def model(self) -> Model:
        from twin.models import open_model

        return open_model(self.settings.model, cache=self.settings.cache)

    @property
    def author(self) -> Identity:
        """Raises: BadRequest before `twin init`."""
        identity = self.store.identity()
        if identity is None:
            raise BadRequest(
                "this twin has no author yet", 'say who you are: twin init --author "Your Name" --me you@example.org'
            )
        return identity

    @contextmanager
    def stage(self, doing: str) -> Iterator[None]:
        """One writer a home, from here to the end of the stage. Raises: Busy."""
        with only_writer(self.home, doing):
            yield

    def close(self) -> None:
        """Closes what was opened; a part that was never used stays closed."""
        for part in ("model", "store"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    # -- FEATURE pipeline ----------------------------------------------------------------------------------

    def init(self, author: str, me: Sequence[str]) -> dict[str, Any]:
        """Who "I" am in every source; without a name the one that is known stays."""
        known = self.store.identity()
        name = author.strip() or (known.name if known else "")
        if not name:
            raise BadRequest("the author's name is empty", 'twin init --author "Your Name"')
        identity = self.store.identify(name, me)
        return {"author": identity.name, "me": list(identity.handles), "home": str(self.home)}

    def add(self, location: str, *, kind: str = "", mine: bool = True) -> dict[str, Any]:
        """A place to collect from; looked at now, read by `collect`."""
        from twin import sources
        from twin.core.errors import UnknownSource

        me = self.author
        place = location if "://" in location else str(Path(location).expanduser().absolute())
        if kind and kind not in sources.names():
            raise UnknownSource(f"no source is called {kind!r}", f"choose one of: {', '.join(sources.names())}")
        kind = kind or sources.which(place)
        proposed = [] if not mine else [h for h in sources.load(kind).owner(place) if not me.is_me(h)]
        source = self.store.add_source(kind, place, "mine" if mine else "may use")
        return {"id": source.id, "kind": kind, "location": place, "consent": source.consent, "proposed_me": proposed}

    def collect(self) -> dict[str, Any]:
        """Every source read again; only what is new is stored."""
        from twin import sources
        from twin.core.errors import TwinError
        from twin.features.collect import collect
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
                    found = sources.load(ref.kind).read(ref.location, me=me, cache=self.home / "cache")
                    limit = self.settings.collect.max_item_bytes
                    counts = collect(self.store, ref, found, max_item_bytes=limit, progress=self.progress)
                except TwinError as bad:
                    failed.append(bad)
                    zero = {"found": 0, "stored": 0, "edited": 0, "unchanged": 0, "duplicates": 0, "skipped": []}
                    counts = {**zero, "error": bad.message, "hint": bad.hint}
                done.append({**about, **counts})
            self.store.set_works(works_of(self.store.documents()))
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

    def index_is_stale(self) -> bool:
        from twin.features.index import index_version

        chosen = self.settings.index
        version = index_version(
            self.store.documents("retrieve"),
            embedder=self.embedder,
            chunk_tokens=chosen.chunk_tokens,
            overlap_tokens=chosen.overlap_tokens,
        )
        return self.store.get("index").get("version") != version

    def dataset(self) -> dict[str, Any]:
        """A dataset version from everything that may be learned from."""
        from twin.features.dataset import build_dataset

        with self.stage("dataset"):
            return build_dataset(self.store, self.home / "datasets", author=self.author.name, recipe=self._recipe())

    def _recipe(self) -> Any:
        from twin.features.dataset import Recipe

        return Recipe(**self.settings.dataset.model_dump())

    # -- TRAINING pipeline ---------------------------------------------------------------------------------

    def train(self) -> dict[str, Any]:
        """An adapter from the newest dataset, measured by the gate; active when it passes, then perhaps refitted."""
        dataset = self.dataset()
        with self.stage("train"):
            adapter, card = self._fit(dataset, ("train",), ("tune",))
            known = next((one for one in self.store.adapters() if one.id == adapter.id), None)
            if known is None:
                self.store.add_adapter(adapter, [doc.id for doc in self.store.documents("train", side="train")])
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
            "gate": gate,
            "active": active.id if active else None,
        }

    def _gate(self, adapter: Adapter) -> dict[str, Any]:
        """The verdict on an adapter by the short report; without held-out texts it says that there are none."""
        from twin.evaluation.gate import RULE

        try:
            verdict: dict[str, Any] = self._measure(adapter, self.settings.evaluate.gate_briefs)["gate"]
        except NotEnoughData as bad:
            verdict = {"verdict": "not-enough-data", "reason": bad.message, "rule": RULE}
        return verdict

    def _fit(
        self, dataset: dict[str, Any], learned: Sequence[Side], tuned: Sequence[Side], *, refit_of: str = ""
    ) -> tuple[Adapter, dict[str, Any]]:
        from twin.features.dataset import load_examples
        from twin.models.weights import find_base
        from twin.training.sft import Recipe
        from twin.training.train import train_adapter

        path = Path(dataset["path"])
        recipe = self.settings.train.model_dump(exclude={"base", "refit"})
        return train_adapter(
            [one for side in learned for one in load_examples(path, side)],
            [one for side in tuned for one in load_examples(path, side)],
            dataset=dataset["version"],
            base=find_base(self.settings.train.base, cache=self.settings.cache),
            recipe=Recipe(**recipe),
            folder=self.home / "adapters",
            cache=self.settings.cache,
            refit_of=refit_of,
            progress=self.progress,
        )

    def _refit(self, dataset: dict[str, Any], gated: Adapter) -> None:
        """The gated recipe on everything that may be used; this one writes, the gated one stays to be measured."""
        refit, _ = self._fit(dataset, ("train", "tune", "test"), (), refit_of=gated.id)
        if refit.id not in {one.id for one in self.store.adapters()}:
            self.store.add_adapter(refit, [doc.id for doc in self.store.documents("train")])
            self.store.set_adapter_state(refit.id, "active")

    def _loss(self, prompts: Sequence[Prompt], texts: Sequence[str], adapter: Path | None) -> list[float]:
        """Held-out loss of texts given prompts, in nats per token, through torch."""
        from twin.models.hf import checkpoint, completion_loss, load_network, load_tokenizer, release, row
        from twin.models.weights import find_base

        base = find_base(self.settings.train.base, cache=self.settings.cache)
        rows = [row(base.chat_template, prompt, text) for prompt, text in zip(prompts, texts, strict=True)]
        name = adapter.name if adapter else ""
        keys = [digest("loss", base.digest, name, one) for one in rows]
        held = self.store.generations(keys)
        missing = [i for i, key in enumerate(keys) if key not in held]
        if missing:
            folder = checkpoint(base, cache=self.settings.cache, progress=self.progress)
            network, tokenizer = load_network(folder, adapter=adapter), load_tokenizer(folder)
            losses = completion_loss(network, tokenizer, [rows[i] for i in missing], progress=self.progress)
            del network
            release()
            fresh = {keys[i]: loss for i, (loss, _) in zip(missing, losses, strict=True)}
            self.store.add_generations(name, fresh)
            held.update(fresh)
        return [float(held[key]) for key in keys]

    # -- INFERENCE pipeline --------------------------------------------------------------------------------

    def write(self, brief: str, *, links: Sequence[str] = ()) -> dict[str, Any]:
        """Checked drafts of a post, best first, with the passages that they stand on. Raises: BadRequest."""
        from twin.inference.compose import Sampling
        from twin.inference.outside import read_outside
        from twin.inference.plan import checked_request
        from twin.inference.retrieve import nearest_outside, retrieve
        from twin.inference.write import Voice, write

        request, author, chosen = checked_request(brief), self.author, self.settings.write
        if self.store.documents("retrieve") and self.index_is_stale():
            self.index()
        outside, unread = read_outside(links, timeout_s=self.settings.collect.timeout_s)
        passages = [
            *nearest_outside(request, outside, embedder=self.embedder, k=chosen.passages),
            *retrieve(request, embedder=self.embedder, vectors=self.vectors, k=chosen.passages),
        ]
        adapter = self.store.active_adapter()
        voice = Voice(
            author.name,
            adapter.path / "adapter.gguf" if adapter else None,
            adapter.id if adapter else "",
            [] if adapter else self._exemplars(passages),
        )
        result = write(
            request,
            passages=passages,
            unread=unread,
            voice=voice,
            model=self.model,
            desk=self._desk(outside),
            sampling=Sampling(
                chosen.candidates, chosen.temperature, chosen.top_p, chosen.min_p, chosen.repeat_penalty, chosen.seed
            ),
            words=chosen.words,
            variants=chosen.variants,
            max_chars=chosen.max_chars,
            progress=self.progress,
        )
        documents = [passage.document for passage in passages if not passage.outside]
        for draft in result["drafts"]:
            detail = {key: value for key, value in draft.items() if key not in ("id", "text")}
            self.store.add_draft(draft["id"], request, draft["text"], detail, documents)
        return result

    def _exemplars(self, passages: Sequence[Passage]) -> list[Document]:
        """Posts to imitate where there is no adapter: those nearest to the request, then the newest."""
        posts = _posts_first(self.store.documents("train"))[::-1]
        near = [passage.document for passage in passages]
        ranked = sorted(posts, key=lambda doc: near.index(doc.id) if doc.id in near else len(near))
        return ranked[: self.settings.evaluate.exemplars]

    def _desk(self, outside: Sequence[Passage]) -> Desk:
        """The measures a draft is checked with, fitted on everything the author wrote."""
        from twin.inference.check import Desk
        from twin.metrics.copying import Copying

        own = {doc.id: doc.text for doc in self.store.documents("retrieve")}
        copying = Copying(own, outside={passage.id: passage.text for passage in outside})
        style, _ = self._fit_style([])
        return Desk(style, copying, copying.gate)

    # -- EVALUATION ----------------------------------------------------------------------------------------

    def evaluate(self) -> dict[str, Any]:
        """The newest measured adapter, or the baselines alone, on every held-out post; a report to read."""
        gated = [one for one in self.store.adapters() if not one.refit_of and one.state != "tainted"]
        return self._measure(gated[-1] if gated else None, self.settings.evaluate.briefs)

    def _measure(self, adapter: Adapter | None, most: int) -> dict[str, Any]:
        """The comparison on at most `most` held-out posts, newest last, kept by the digest of everything in it."""
        from twin.evaluation.compare import compare
        from twin.evaluation.gate import gate
        from twin.evaluation.heldout import Systems, cases_of
        from twin.evaluation.report import write_report
        from twin.metrics.copying import Copying

        held_out = _posts_first(self.store.documents("evaluate", side="test"))[-most:]
        learned = self.store.documents("train", side="train")
        if not held_out:
            raise NotEnoughData("no held-out posts to measure on", "collect more of your own posts: twin collect")
        chosen = self.settings.evaluate
        systems = Systems(
            author=self.author.name,
            adapter=adapter.path if adapter else None,
            exemplars=chosen.exemplars,
            temperature=chosen.temperature,
            top_p=self.settings.write.top_p,
            min_p=self.settings.write.min_p,
            repeat_penalty=self.settings.write.repeat_penalty,
            max_chars=self.settings.write.max_chars,
            seed=chosen.seed,
            generate=self._generate,
            loss=self._loss,
        )
        style, scores = self._style_with_base(learned, systems)
        cases = cases_of(held_out, learned, systems=systems, scores=scores)
        copying = Copying({doc.id: doc.text for doc in self.store.documents("retrieve", measuring=True)})
        report = compare(cases, style=style, copying=copying, resamples=chosen.resamples, seed=chosen.seed)
        report["gate"] = gate(report)
        report["author"] = self.author.name
        report["adapter"] = adapter.id if adapter else None
        report["dataset"] = adapter.dataset if adapter else None
        report["model"] = {"name": self.model.name, "digest": self.model.digest}
        folder = self.home / "reports" / digest("report", {**report, "rows": None}, [doc.version for doc in held_out])
        return {
            "report": str(write_report(report, folder)),
            "variants": report["variants"],
            "differences": report["differences"],
            "verdict": f"{report['gate']['verdict']}: {report['gate']['reason']}",
            "gate": report["gate"],
            "notes": report["sentences"],
        }

    def _generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Completion]:
        """Texts for measuring: what was generated before for the same model, adapter and request is not again."""
        name = adapter.name if adapter else ""
        keys = [digest("generation", self.model.digest, name, asdict(request)) for request in requests]
        held = self.store.generations(keys)
        missing = [i for i, key in enumerate(keys) if key not in held]
        if missing:
            file = adapter / "adapter.gguf" if adapter else None
            made = self.model.generate([requests[i] for i in missing], adapter=file, progress=self.progress)
            fresh = {keys[i]: asdict(one) for i, one in zip(missing, made, strict=True)}
            self.store.add_generations(name, fresh)
            held.update(fresh)
        return [Completion(**held[key]) for key in keys]

    def _style_with_base(self, learned: Sequence[Document], systems: Systems) -> tuple[Style, dict[str, float]]:
        """The verifier of voice with texts of the bare model among its negatives; out-of-fold scores by document."""
        from twin.evaluation.heldout import base_requests

        asked = base_requests(learned, systems=systems, most=NEGATIVES)
        return self._fit_style([one.text for one in self._generate(asked, None)])

    def _fit_style(self, negatives: Sequence[str]) -> tuple[Style, dict[str, float]]:
        from twin.metrics.background import shipped
        from twin.metrics.style import Style

        own = _posts_first(self.store.documents("evaluate"))
        style = Style([doc.text for doc in own], shipped(), negatives=negatives, author=self.author.name)
        found = {doc.id: style.out_of_fold(i) for i, doc in enumerate(own)}
        return style, {one: score for one, score in found.items() if score is not None}

    # -- the state of things -------------------------------------------------------------------------------

    def forget(self, what: str) -> dict[str, Any]:
        """A document's or a source's id in, what went with it out. Raises: NotFound."""
        from twin.features.forget import forget

        sources = [source.id for source in self.store.sources() if source.id == what]
        of_source = [doc.id for doc in self.store.documents() if doc.source in sources]
        with self.stage("forget"):
            identities = of_source if sources else [self.store.document(what).id]
            chunks = sorted(self.vectors.ids(identities)) if identities else []
            result = forget(self.store, self.vectors, chunks, identities)
            for source in sources:
                self.store.forget_source(source)
        return result

    def activate(self, adapter: str) -> dict[str, Any]:
        """An adapter's id, or "none", in; what is active now out. Overrides the gate, and the registry says so."""
        active = self.store.active_adapter()
        with self.stage("activate"):
            if adapter != "none":
                chosen = self.store.adapter(adapter)
                if chosen.state == "tainted":
                    raise BadRequest(f"adapter {adapter!r} learned from a forgotten text", "train again: twin train")
                if chosen.state == "candidate":
                    self.store.set_gate(adapter, {**chosen.gate, "overridden": True})
                self.store.set_adapter_state(adapter, "active")
            elif active:
                self.store.set_adapter_state(active.id, "retired")
        return {"active": None if adapter == "none" else adapter, "before": active.id if active else None}

    def export(self, folder: Path) -> dict[str, Any]:
        """The active adapter's files copied into a folder. Raises: NotFound before there is one."""
        import shutil

        adapter = self.store.active_adapter()
        if adapter is None:
            raise NotFound("no adapter is active", "train one first: twin train")
        target = folder.expanduser().absolute() / adapter.id
        shutil.copytree(adapter.path, target, dirs_exist_ok=True)
        return {"adapter": adapter.id, "files": sorted(str(file) for file in target.rglob("*") if file.is_file())}

    def documents(self) -> list[dict[str, Any]]:
        keep = ("id", "kind", "place", "work", "title", "url", "language", "words", "authorship", "why", "side")
        return [
            {
                **{name: getattr(doc, name) for name in keep},
                "published": f"{doc.published:%Y-%m-%dT%H:%M:%SZ}" if doc.published else None,
                "use": list(doc.use) or ["none"],
                "text": doc.text,
            }
            for doc in self.store.documents()
        ]

    def adapters(self) -> list[dict[str, Any]]:
        return [
            {**asdict(adapter), "path": str(adapter.path), "created": f"{adapter.created:%Y-%m-%dT%H:%M:%SZ}"}
            for adapter in self.store.adapters()
        ]

    def status(self) -> dict[str, Any]:
        """What there is, what is stale, and the one thing to do next."""
        identity = self.store.identity()
        docs = self.store.documents()
        datasets = self.store.datasets()
        active = self.store.active_adapter()
        stale = self._stale(docs) if docs else []
        return {
            "author": identity.name if identity else None,
            "home": str(self.home),
            "documents": len(docs),
            "words": sum(doc.words for doc in docs if doc.use),
            "learned": sum("train" in doc.use for doc in docs),
            "sources": len(self.store.sources()),
            "index": self.store.get("index") or None,
            "dataset": datasets[-1][0] if datasets else None,
            "adapter": active.id if active else None,
            "stale": stale,
            "advice": _advice(identity, self.store.sources(), docs, stale, has_adapter=bool(self.store.adapters())),
        }

    def _stale(self, docs: Sequence[Document]) -> list[str]:
        stale = ["index"] if self.index_is_stale() else []
        datasets = self.store.datasets()
        learned = {doc.id for doc in docs if "train" in doc.use}
        known = set(datasets[-1][2].get("ids", [])) if datasets else set()
        if learned != known:
            stale.append("dataset")
        active = self.store.active_adapter()
        if stale[-1:] == ["dataset"] or not active or not datasets or active.dataset != datasets[-1][0]:
            stale.append("adapter")
        return stale


def _posts_first(documents: Sequence[Document]) -> list[Document]:
    """The posts among the documents; all of them where the author wrote no posts, only notes and articles."""
    return [doc for doc in documents if doc.kind == "post"] or list(documents)


def _advice(
    identity: Identity | None,
    sources: Sequence[Any],
    docs: Sequence[Document],
    stale: Sequence[str],
    *,
    has_adapter: bool,
) -> str:
    if identity is None:
        return 'twin init --author "Your Name" --me you@example.org'
    if not sources:
        return "twin add ~/Downloads/Complete_LinkedInDataExport.zip"
    if not docs:
        return "twin collect"
    if "index" in stale:
        return "twin index"
    if "adapter" in stale and not has_adapter:
        return "twin train"
    return 'twin write "what you want to say"'
