"""What a twin is made of: the only place where names become objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.core.errors import BadRequest, StorageFailed
from twin.core.protocols import Embedder, Progress, Reading, VectorStore, silent
from twin.core.records import Identity, SourceRef, digest
from twin.core.settings import Settings
from twin.metrics.truth.second import Entailing
from twin.store import Store
from twin.store.lock import only_writer

if TYPE_CHECKING:
    from twin.models.remembered import Remembered


class Parts:
    """The parts of one author's twin in one home folder. Each is opened when it is first used."""

    def __init__(self, settings: Settings, progress: Progress = silent) -> None:
        self.settings = settings
        self.home = settings.home
        self.progress = progress

    @cached_property
    def store(self) -> Store:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as bad:
            raise StorageFailed(
                f"cannot use {str(self.home)!r}: {bad.strerror}", "choose another folder with --home"
            ) from bad
        url = self.settings.store.url or f"sqlite:///{self.home / 'twin.db'}"
        return Store(url, private=self.settings.privacy.choices(), home=self.home)

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
    def model(self) -> Remembered:
        from twin.models import open_model
        from twin.models.remembered import Remembered

        return Remembered(open_model(self.settings.model, cache=self.settings.cache), self.store)

    @cached_property
    def many(self) -> Remembered:
        """What writes the texts that are compared: the same base as `model`, in large batches where that is quicker.

        Those hold the base whole: where it is trained in four bits it may not fit, and `model` writes them.
        """
        from twin.models import open_for_many
        from twin.models.remembered import Remembered

        if self.settings.evaluate.engine == "model" or self.settings.train.quantised == "4bit":
            return self.model
        found = open_for_many(self.settings.model, cache=self.settings.cache)
        return Remembered(found, self.store) if found else self.model

    @cached_property
    def content(self) -> Remembered | None:
        """The larger model that writes what drafts say, where the settings name one."""
        from twin.models import open_content
        from twin.models.remembered import Remembered

        found = open_content(self.settings.content, cache=self.settings.cache)
        return Remembered(found, self.store) if found else None

    @cached_property
    def entailment(self) -> Entailing | None:
        """The second opinion on claims that the settings name; nothing is loaded before it is asked."""
        from twin.models.entail import Entailment

        named = self.settings.evaluate.entailment
        return Entailment(named) if named else None

    @property
    def author(self) -> Identity:
        """Raises: BadRequest before `twin init`."""
        identity = self.store.identity()
        if identity is None:
            raise BadRequest(
                "this twin has no author yet", 'say who you are: twin init --author "Your Name" --me you@example.org'
            )
        return identity

    def seen(self, source: SourceRef) -> str:
        """All that decides what a collection of a source gives; equal to last time's, nothing would change."""
        from twin import __version__
        from twin.features.scan import VERSION
        from twin.sources._seen import fingerprint

        there = fingerprint(source.location)
        drafts = sorted(draft["id"] for draft in self.store.drafts())
        me, limit = self.author, self.settings.collect.max_item_bytes
        parts = (__version__, VERSION, me.name, me.handles, source.options, limit, self.store.forgotten(), drafts)
        return digest(there, *parts) if there else ""

    def reading(self, source: SourceRef, me: Identity) -> Reading:
        """A source and the author in, what it reads with out."""
        from twin.sources._web import Guest

        chosen = self.settings.collect
        return Reading(
            me,
            self.home / "cache" / source.id,
            Guest(
                self.home / "cache" / source.id,
                timeout_s=chosen.timeout_s,
                page_budget=chosen.page_budget,
                pause_s=chosen.pause_s,
            ),
            messages=bool(source.options.get("messages")),
            zone=ZoneInfo(source.options.get("zone") or "UTC"),
            tokens=self.tokens,
        )

    @property
    def tokens(self) -> dict[str, str]:
        """The author's own access tokens, by the source that they are for."""
        chosen = self.settings.collect
        named = {"github": chosen.github_token, "linkedin": chosen.linkedin_token}
        return {name: token for name, token in named.items() if token}

    def looking(self) -> Reading:
        """What single links are read with, that the user names for one draft: as a browser would.

        No page is kept; the texts of links are, in the home for an hour (`inference.material.held`).
        """
        from twin.sources._web import Guest

        web = Guest(timeout_s=self.settings.collect.timeout_s, page_budget=100, pause_s=0, robots=False, tries=2)
        tokens = {name: token for name, token in self.tokens.items() if name == "github"}
        return Reading(self.author, self.home / "cache", web, tokens=tokens)

    @contextmanager
    def stage(self, doing: str) -> Iterator[None]:
        """One writer a home, from here to the end of the stage. Raises: Busy."""
        with only_writer(self.home, doing):
            yield

    def close(self) -> None:
        """Closes what was opened; a part that was never used stays closed."""
        for part in ("many", "model", "content", "store"):
            opened = self.__dict__.pop(part, None)
            if opened is not None:
                opened.close()
