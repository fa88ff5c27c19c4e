"""The nouns of the house. Frozen, with ids made from content; a text's kind is a field, never a subclass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal[
    "post",
    "comment",
    "reply",
    "message",
    "note",
    "article",
    "commit",
    "issue",
    "readme",
    "paper",
    "code",
    "other",
]
Authorship = Literal["own", "co-authored", "quoted", "ai-assisted", "twin-draft"]
Use = Literal["train", "retrieve", "evaluate"]
Private = Literal["email", "key", "iban", "card", "phone", "address", "handle", "name"]
PRIVATE: tuple[Private, ...] = get_args(Private)
Choice = Literal["keep", "mask", "drop"]
CHOSEN: Mapping[Private, Choice] = {kind: "keep" if kind in ("handle", "name") else "mask" for kind in PRIVATE}
"""What becomes of private things before the author chooses: a name in a post was put there to be seen."""
Side = Literal["train", "tune", "test"]
ClaimStatus = Literal["supported", "contradicted", "not_found", "opinion", "memory"]
StyleVerdict = Literal["reads-like-you", "unclear", "does-not", "too-short"]
GateVerdict = Literal["activate", "candidate", "not-enough-data"]
AdapterState = Literal["candidate", "active", "retired", "tainted"]


def digest(*parts: object, length: int = 16) -> str:
    """Any JSON-able parts in, `length` hex digits of their SHA-256 out; the one way ids are made."""
    payload = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who "I" am in each source: a name, and mails, handles and profile URLs as the user gave them."""

    name: str
    handles: tuple[str, ...] = ()

    def is_me(self, value: str) -> bool:
        """A mail, handle, profile URL or full name in, whether it is the author's."""
        return normal_handle(value) in {normal_handle(mine) for mine in (self.name, *self.handles)} - {""}


def normal_handle(value: str) -> str:
    """A handle or profile URL in, its comparable form out: no scheme, no `www.`, no `@`, lower case."""
    plain = value.strip().lower().removeprefix("https://").removeprefix("http://")
    return " ".join(plain.removeprefix("www.").rstrip("/").removeprefix("@").split())


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A place that the user added. `consent` says whose words they are and since when.

    `options` are the user's: `messages` for private ones, `zone` for clocks that name none.
    """

    id: str
    kind: str
    location: str
    consent: str
    added: datetime
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One text as a source gives it, verbatim, before the store has seen it.

    `key` is the native id, unique within the place. `text` is what the person saw in the editor; words of
    others stand in `quoted`. `raw` is the payload it was read from, kept for a better decoder.
    `published` is in UTC. `draft` marks what was never published, `truncated` what the place shows only a part of.
    `visibility` is the place's own word for who may see it, empty where it names none.
    """

    key: str
    kind: Kind
    place: str
    text: str
    title: str = ""
    url: str = ""
    published: datetime | None = None
    authorship: Authorship = "own"
    quoted: str = ""
    raw: str = ""
    raw_type: str = "text/plain"
    draft: bool = False
    licence: str = ""
    truncated: bool = False
    visibility: str = ""


IN_PART = "in part: "
"""How a reason begins where something was read, and what follows says how much of it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One bad or unwanted item: counted, shown, never raised."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the web: `url` is where redirects ended, `content` the body unpacked, `kind` its media type.

    `headers` have lower-case names. `fresh` is false where the copy from last time still holds.
    """

    url: str
    content: bytes
    kind: str = "text/html"
    charset: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """How a location will be read: `taken` in one sentence, `better` a better way where there is one.

    `kind` names the source that should read it instead, where a look at the location showed that.
    """

    taken: str
    better: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One stored text with its provenance. `id` stays when the text is edited, `version` does not.

    `work` names the story: cross-posts share it. `private` lists the kinds of private things found.
    `canonical` is false for every copy of a work but the one that is learned from. `masks` are the kinds of private
    things that no view of the text may show. `truncated` marks a text of which the place showed only a part.
    """

    id: str
    version: str
    source: str
    key: str
    kind: Kind
    place: str
    title: str
    text: str
    url: str
    published: datetime | None
    language: str
    words: int
    authorship: Authorship
    consent: str
    licence: str
    draft: bool
    private: tuple[Private, ...]
    masks: tuple[Private, ...]
    truncated: bool
    visibility: str
    work: str
    side: Side | None
    canonical: bool
    use: tuple[Use, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document's clean view: `clean[start:end] == text`. `id` is a digest of what was embedded.

    `title` is the document's, and empty where the text says it: it is searched with the text, and is no part of it.
    """

    id: str
    document: str
    start: int
    end: int
    text: str
    title: str = ""

    @property
    def searched(self) -> str:
        """What is embedded, and what words are looked for in."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk, or a piece of outside material, with where it stands. Higher `score` is nearer.

    `outside` was handed over for one draft; `theirs` says that somebody else wrote it: its "I" is not the author.
    """

    id: str
    document: str
    title: str
    url: str
    text: str
    kind: str
    published: str
    score: float
    outside: bool = False
    place: str = ""
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What to write, without how: topic words, facts to use, form and length in words.

    `year` asks for the voice of a year, where it is not that of today; `audience` says for whom.
    """

    topic: str
    facts: tuple[str, ...] = ()
    form: str = "story"
    words: int = 120
    kind: Kind = "post"
    place: str = "linkedin"
    year: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


Prompt = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One text to generate. `temperature` 0 is greedy; `max_tokens` counts the answer only.

    `repeat_run` is how many tokens in a row may be said again before that is punished, 0 for any number; not every
    backend can. `begin` is the start of the answer, where it is known already: the completion holds what follows it.
    `only` lists what the answer may hold of numbers in digits (`£61,200`, `41%`, `v5.5`, as written), of number words
    above twelve, and of links; all other text is free. None lets everything through, an empty list none of these.
    Of the answer `one_sentence` reads the first sentence alone: a model may end it there, or anywhere behind.
    """

    prompt: Prompt
    max_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    repeat_run: int = 0
    seed: int = 0
    begin: str = ""
    only: tuple[str, ...] | None = None
    one_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered. `seconds` is wall time from request to last token."""

    text: str
    prompt_tokens: int
    tokens: int
    seconds: float
    finish: Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Example:
    """One training row: a prompt made from the target, and the person's own words as target.

    `weight` is of its loss. `view` counts the examples of one section: the first has the whole brief in usual words.
    """

    id: str
    document: str
    side: Side
    shape: str
    prompt: Prompt
    completion: str
    weight: float = 1.0
    view: int = 0

    @property
    def measured(self) -> bool:
        """Whether it stands for its section where each counts once: the first view, asked for as writing asks."""
        return self.view == 0 and self.shape in ("brief", "brief+notes")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the author decided of one section of a text: not to learn from it, or other words to learn in its place.

    `section` is the digest of the section as it was written; `text` is empty where it was not edited.
    """

    document: str
    section: str
    excluded: bool = False
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a draft, its status, the ids of the passages it stands on, and the finding in words.

    `near` is how nearly a source says one that none says, from 0 to 1; it orders candidates and is no finding.
    """

    sentence: str
    status: ClaimStatus
    sources: tuple[str, ...] = ()
    finding: str = ""
    near: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A trained voice in the registry. `losses` are nats per token on held-out words, before and after."""

    id: str
    dataset: str
    base: str
    method: str
    state: AdapterState
    path: Path
    losses: Mapping[str, float]
    settings: Mapping[str, Any]
    gate: Mapping[str, Any] = field(default_factory=dict)
    refit_of: str = ""
    created: datetime | None = None
