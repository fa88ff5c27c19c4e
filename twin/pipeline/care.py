"""What there is, what is stale, and what may be undone: the stages around the main path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args

from twin.core.errors import BadRequest, NotFound
from twin.core.records import PRIVATE, Authorship, Document, Identity, Kind
from twin.pipeline.adapters import Adapters

MARKS: dict[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "language": (),
    "authorship": get_args(Authorship),
    "licence": ("mine",),
}
"""What the author may say of a text, and the values that there are; empty for any."""


class Care(Adapters):
    """Shows and looks after a twin that exists."""

    def sources(self) -> list[dict[str, Any]]:
        """Every source with the outcome of its newest collection that did not fail; `counts` is empty before that one.

        `failed` says when and why the newest one did: `{message hint when}`, or None.
        """
        rows, failures = [], self.store.failures()
        for ref in self.store.sources():
            counts, skipped = self.store.last_collection(ref.id)
            rows.append(
                {
                    "id": ref.id,
                    "kind": ref.kind,
                    "location": ref.location,
                    "consent": ref.consent,
                    "counts": counts,
                    "skipped": [{"key": skip.key, "reason": skip.reason} for skip in skipped],
                    "failed": failures.get(ref.id),
                }
            )
        return rows

    def forget(self, what: str) -> dict[str, Any]:
        """A document's id, a source's id or "everything" in, what went with it out. Raises: NotFound."""
        from twin.features.forget import forget, forget_everything, forget_source

        with self.stage("forget"):
            if what == "everything":
                result = forget_everything(self.store, self.home)
                self.__dict__.pop("store", None)
                return result
            result = forget(self.store, self.vectors, self.home, self._named([what]))
            for source in self.store.sources():
                if source.id == what:
                    forget_source(self.store, self.home, source)
        return result

    def _named(self, names: Sequence[str]) -> list[Document]:
        """Ids of documents and of sources in, the documents that they name out. Raises: NotFound."""
        sources = {source.id for source in self.store.sources()} & set(names)
        documents = self.store.documents()
        missing = set(names) - sources - {doc.id for doc in documents}
        if missing:
            raise NotFound(f"no document or source {min(missing)!r}", "list them with: twin documents, twin sources")
        return [doc for doc in documents if doc.id in names or doc.source in sources]

    def mark(self, names: Sequence[str], *, since: date | None = None, **said: str) -> dict[str, Any]:
        """What the author says of texts, above what any source says: `kind language authorship licence`.

        `names` are ids of documents and sources, `since` leaves out what was published before. Raises: NotFound,
        BadRequest for a value that there is not.
        """
        for field, value in said.items():
            known = MARKS[field]
            if known and value not in known:
                raise BadRequest(f"{value!r} is no {field}", f"choose one of: {', '.join(known)}")
        marked = [
            doc.id for doc in self._named(names) if not since or (doc.published and doc.published.date() >= since)
        ]
        with self.stage("mark"):
            for field, value in said.items():
                self.store.mark(marked, field, value)  # type: ignore[arg-type]
        return {"documents": len(marked), "marked": said}

    def privacy(self) -> list[dict[str, Any]]:
        """The private things found, by kind: in how many texts, what becomes of them, and where they stand, masked."""
        from twin.core.private import masked, private_spans

        documents = self.store.documents()
        rows = []
        for kind in PRIVATE:
            places = []
            for doc in documents:
                for _, start, end in private_spans(doc.text, (kind,)) if kind in doc.private else ():
                    around = masked(doc.text[max(0, start - 40) : end + 20], PRIVATE)
                    places.append({"document": doc.id, "around": " ".join(around.split())})
            texts = len({place["document"] for place in places})
            rows.append(
                {
                    "kind": kind,
                    "choice": self.store.private[kind],
                    "texts": texts,
                    "found": len(places),
                    "where": places,
                }
            )
        return rows

    def export(self, folder: Path, *, merged: bool = False) -> dict[str, Any]:
        """The active adapter for llama.cpp, Ollama, vLLM and PEFT; `merged` adds a model that holds it already.

        Raises: NotFound before there is one, and where its base is gone; BadRequest, StorageFailed.
        """
        from twin.core.errors import StorageFailed
        from twin.training.package import package

        adapter = self.store.active_adapter()
        if adapter is None:
            raise NotFound("no adapter is active", "train one first: twin train")
        target = folder.expanduser().absolute() / adapter.id
        base = self.base_of(adapter)
        gate = self.store.adapter(adapter.refit_of).gate if adapter.refit_of else adapter.gate
        try:
            package(
                adapter, base, target, author=self.author.name, gate=gate, sampling=self.settings.write, merged=merged
            )
        except OSError as bad:
            raise StorageFailed(
                f"cannot write to {str(target)!r}: {bad.strerror or bad}", "choose another folder"
            ) from bad
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

    def status(self) -> dict[str, Any]:
        """What there is, what is stale, what speaks against what writes, and the one thing to do next."""
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
            "warnings": self.warnings(),
            "advice": _advice(identity, self.store.sources(), docs, stale, has_adapter=bool(self.store.adapters())),
        }

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

    def _stale(self, docs: Sequence[Document]) -> list[str]:
        from twin.features.datasets.build import TEXTS, load_rows, texts_of
        from twin.features.datasets.decisions import decisions_digest

        stale = ["index"] if self.index_is_stale() else []
        datasets = self.store.datasets()
        learned = texts_of([doc for doc in docs if "train" in doc.use])
        known = list(load_rows(datasets[-1][1], TEXTS)) if datasets else []
        manifest = datasets[-1][2] if datasets else {}
        decided = manifest.get("decisions", {}).get("digest", "")
        if learned != known or decided != decisions_digest(self.store):
            stale.append("dataset")
        active = self.store.active_adapter()
        if stale[-1:] == ["dataset"] or not active or not datasets or active.dataset != datasets[-1][0]:
            stale.append("adapter")
        return stale


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
