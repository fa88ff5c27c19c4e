"""The seams of the house: four protocols, each with two real implementations and a contract suite in `tests/`.

Notation in docstrings: n texts, d dimensions of an embedding, b requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from twin.core.records import Chunk, Completion, Document, Identity, Item, Page, Passage, Request, Route, Skipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Progress = Callable[[int, int, str], None]
"""`(done, total, note)`; total 0 means not known. Called often, must return at once."""


def silent(done: int, total: int, note: str) -> None:
    """The progress of a caller that does not watch."""


def open_ended(progress: Progress, *, done: int = 0, note: str = "") -> Progress:
    """The progress of work whose end is not known: it counts on from `done`, and says `note` in place of its own."""
    return lambda now, _, said: progress(done + now, 0, note or said)


class Web(Protocol):
    """The network as a guest uses it: robots.txt, one connection and a pause for each host, public addresses only.

    `get` answers with a page whatever its status below 400, redirects followed. A page that was there before and did
    not change comes from the cache with `fresh` false and costs the host one conditional request. `headers` go to
    the host of `url` alone. `post` sends a body to an interface that answers no other way: it follows no redirect, and
    nothing of it is kept. Raises: `Wall` for a login, a challenge or a refusal; `BadSource` for every other failure
    (no network, a size, time or budget bound, a private address, robots.txt, a status of 400 and more).
    """

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page: ...
    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Page: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source reads with, and all it may lean on.

    `cache` is a folder of this one source, for clones and the like; `forget` empties it. `messages` says that
    private messages were asked for. `zone` is that of clocks which name none. `tokens` holds the user's own access
    tokens by the name of a source, from the environment or the keychain; they are never stored.
    """

    me: Identity
    cache: Path
    web: Web
    messages: bool = False
    zone: tzinfo = UTC
    tokens: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A place a person writes, as a module in `twin/sources/`. Its file name is its kind.

    `recognises` looks at the location's form and, for a file, at its table of contents; it never reads texts and
    never uses the network. `owner` proposes handles for the author from what the export says of its owner, possibly
    none. `route` says in words how the location will be read and which better way there is; it may look at one page.
    `read` yields every item it finds, in any order: an `Item` for a text, a `Skipped` for what is not one or cannot
    be read, never both for the same key. Reading the same location twice yields the same values. It raises
    `BadSource` only when nothing at the location can be read.
    """

    def recognises(self, location: str) -> bool: ...
    def owner(self, location: str) -> list[str]: ...
    def route(self, location: str, reading: Reading) -> Route: ...
    def read(self, location: str, reading: Reading) -> Iterator[Item | Skipped]: ...


class Model(Protocol):
    """A way to run a language model.

    `generate` answers every request, in the order asked; the same request with the same seed and adapter gives
    the same text on the same machine where the backend allows it. `adapter` is a GGUF LoRA file, or None for the
    base; a backend without adapters raises `BadRequest`. It counts tokens into `progress` while it runs.
    `chat_template` is the base's own Jinja template, empty where a server applies it. `continues` says whether it
    can go on from a request's `begin`; a backend that cannot raises `BadRequest`. `binds` says whether it holds an
    answer to a request's `only`, that of `begin` aside; a backend that cannot writes as if there were none. `apart`
    says that several prompts are quicker one after the other than side by side.
    """

    name: str
    digest: str
    chat_template: str
    continues: bool
    binds: bool
    apart: bool

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]: ...

    def close(self) -> None: ...


class Embedder(Protocol):
    """Texts to unit vectors. `max_tokens` is what one vector can see of a text, special tokens included."""

    name: str
    digest: str
    dimensions: int
    max_tokens: int

    def embed(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        """n texts in, [n x d] float32 of length 1 out; no text is cut without the caller's knowing: see spans."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """A text in, the character span of each of its tokens out, without special tokens."""


@dataclass(frozen=True, slots=True)
class Where:
    """What a search may see: not these documents, only these kinds and places (all when empty) and days.

    `since` and `until` are days, `2024-05-06`, both included; with one of them a text without a date is not seen.
    """

    exclude: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""


class VectorStore(Protocol):
    """Chunks with vectors and a full-text index, kept on disk under one name.

    `put` is atomic and replaces rows of the same chunk id. `nearest` and `matching` return at most k passages,
    best first; the score is cosine similarity in one and BM25 in the other. Both honour `where` before counting k.
    `ids` is what is there, by chunk id, of these documents or of all. `vectors` are those of the chunks that are there,
    each [d] by chunk id. `remove` forgets for good: no older version
    keeps the rows.
    """

    def put(self, chunks: Sequence[Chunk], documents: Mapping[str, Document], vectors: Vectors) -> None: ...
    def remove(self, chunk_ids: Sequence[str]) -> None: ...
    def ids(self, documents: Sequence[str] = ()) -> set[str]: ...
    def vectors(self, chunk_ids: Sequence[str]) -> Mapping[str, Vectors]: ...
    def nearest(self, vector: Vectors, *, k: int, where: Where) -> list[Passage]: ...
    def matching(self, query: str, *, k: int, where: Where) -> list[Passage]: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """One text to measure, with what it was asked for and what it may stand on; in Markdown it may hold code."""

    text: str
    request: str = ""
    passages: tuple[Passage, ...] = ()
    markdown: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with the version of its definition. `value` is None where the metric refuses, `why` says so."""

    metric: str
    version: str
    value: float | None
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Metric(Protocol):
    """A measure of one text. Fitting, where there is any, happens in the constructor.

    Numbers of different `version` are never compared.
    """

    name: str
    version: str

    def measure(self, sample: Sample) -> Measurement: ...
