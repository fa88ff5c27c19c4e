"""What there is, what is stale, and what may be undone: the stages around the main path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest, NotFound
from twin.core.records import Document, Identity
from twin.pipeline.parts import Parts


class Care(Parts):
    """Shows and looks after a twin that exists."""

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
