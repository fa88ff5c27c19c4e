"""What REST is asked and what it answers: the fields that stay stable."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from twin.core.protocols import Where
from twin.core.records import AdapterState, Authorship, Kind
from twin.inference.material.narrow import where_of


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """At least these fields; later versions may add some."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class NewSource(Asked):
    location: str = Field(min_length=1, max_length=4096, description="an export file, a folder, a repository, a link")
    kind: str = Field("", max_length=40, description="what it is, where that cannot be told")
    messages: bool = Field(False, description="private messages too; without it they stay unread")
    zone: str = Field("", description="time zone of a chat's clock, as in Europe/Berlin")
    mine: bool = Field(True, description="false for someone else's words: for facts, never voice")


class Narrowed(Asked):
    kinds: list[str] = Field([], max_length=12, description="only texts of these kinds, as post or article")
    sites: list[str] = Field([], max_length=20, description="only texts from there, as linkedin or medium")
    since: str = Field("", max_length=10, description="only texts since this day, month or year, as 2024-05-06")
    until: str = Field("", max_length=10, description="only texts until then, the day itself included")

    def where(self) -> Where:
        """What a search may see. Raises: BadRequest."""
        return where_of(kinds=self.kinds, places=self.sites, since=self.since, until=self.until)


class NewSearch(Narrowed):
    query: str = Field(max_length=4000, description="what to look for, in your words")
    most: int = Field(8, ge=1, le=50, description="passages to show")


class FoundPassage(Answer):
    id: str
    document: str
    title: str
    url: str
    text: str
    kind: str
    place: str
    published: str = Field(description="a day; empty where it is not known")
    score: float = Field(description="sum of the z-scored cosine and BM25: higher is nearer, within one search")


class FoundPassages(Answer):
    query: str
    passages: list[FoundPassage]
    seconds: float


class Place(Answer):
    id: str
    kind: str
    location: str


class Added(Place):
    route: str = Field(description="how it will be read")
    better: str = Field(description="a better way, where there is one")


class Skip(Answer):
    key: str
    reason: str


class FailedCollection(Answer):
    message: str
    hint: str
    when: str


class SourceRow(Place):
    consent: str
    counts: dict[str, int] = Field(description="outcome of the newest collection that did not fail; empty before it")
    skipped: list[Skip]
    failed: FailedCollection | None = Field(description="why the newest collection came to nothing; null if it did not")


class Forgotten(Answer):
    documents: int
    chunks: int
    datasets: list[str] = Field(description="versions that lost examples")
    adapters: list[str] = Field(description="those that learned from a text that is gone: tainted")
    drafts: int
    still_in: list[str] = Field(description="your own files that may still hold the texts; they are never touched")


class CollectedSource(Place):
    found: int
    stored: int
    edited: int
    unchanged: int
    duplicates: int
    skipped: list[Skip]


class Collected(Answer):
    sources: list[CollectedSource]
    documents: int


class PlaceRow(Answer):
    name: str
    title: str
    kind: Kind
    site: str
    words: int = Field(description="usual length")
    limit: int = Field(description="most of `unit`; 0 for any number")
    unit: str
    forms: list[str] = Field(description="keys of a draft's `rendered`, where they differ from its text")


class DocumentRow(Answer):
    id: str
    kind: Kind
    place: str
    work: str
    title: str
    url: str
    published: str | None
    language: str
    words: int
    authorship: Authorship
    use: list[Literal["train", "retrieve", "evaluate", "none"]]


class Status(Answer):
    author: str | None
    documents: int
    words: int
    dataset: str | None
    adapter: str | None
    stale: list[str]
    warnings: list[str] = Field(description="what speaks against the adapter that writes")
    advice: str


class ExampleRow(Answer):
    id: str
    document: str
    side: Literal["train", "tune", "test"]
    shape: str
    words: int
    opening: str
    completion: str = Field(description="what is learned")
    decision: Literal["", "excluded", "edited"]
    why: str
    waiting: bool = Field(description="decided since this version was built")


class ChatMessage(Answer):
    role: str
    content: str


class ExampleWhole(ExampleRow):
    dataset: str
    prompt: list[ChatMessage]
    written: str = Field(description="the section as it was written; empty where its document has changed")


class NewDecision(Asked):
    """Fields that are left out stay as they are."""

    excluded: bool | None = Field(None, description="true: learn nothing from its section; false: take that back")
    why: str = Field("", max_length=1000, description="a note to yourself on an exclusion")
    text: str | None = Field(None, max_length=200_000, description="other words to learn in place of its section")
    as_written: bool = Field(False, description="true takes an edit back")


class Dataset(Answer):
    version: str
    train: int
    tune: int
    test: int
    rejected: dict[str, int]


class Difference(Answer):
    before: str
    after: str
    sentences: list[str]


class NewVoice(Asked):
    adapter: str = Field("", max_length=64, description="id of an adapter or its beginning; `none` for none")
    previous: bool = Field(False, description="true rolls back to the one that was active before")


class Activated(Answer):
    active: str | None
    before: str | None


class AdapterRow(Answer):
    id: str
    state: AdapterState
    dataset: str
    base: str
    method: str
    created: str
    refit_of: str
    losses: dict[str, float | None] = Field(description="nats a token on unseen words, before and after")
    settings: dict[str, Any]
    gate: dict[str, Any] = Field(description="its verdict and reason; `full` holds those of the newest full report")
    figures: dict[str, Any] = Field(description="of the training: steps, seconds, loss of each step and pass")


class Planned(Answer):
    dataset: str
    base: str
    steps: int
    seconds: int = Field(description="to the verdict of the gate, all stages together")
    stages: list[dict[str, Any]] = Field(description="name, seconds, and what is done in it")
    refit_seconds: int = Field(description="most that learning from everything takes after a passed gate; 0 is none")
    memory_bytes: int
    memory_free_bytes: int
    recipe: dict[str, float]
    why: dict[str, str] = Field(description="of the values of the recipe that the settings leave open")
    advice: list[str]


class Trained(Answer):
    adapter: str
    dataset: str
    base: str
    gate: dict[str, Any]
    active: str | None


class Failure(Answer):
    code: str
    message: str
    hint: str


class Failed(Answer):
    error: Failure
