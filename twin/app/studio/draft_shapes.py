"""What REST is asked about drafts and what it answers: the fields that stay stable."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.app.studio.shapes import Answer, Asked, Narrowed
from twin.core.records import ClaimStatus, Kind, StyleVerdict


class NewDraft(Narrowed):
    brief: str = Field(description="what to write about, in your words")
    links: list[str] = Field([], max_length=20, description="links, files or folders with material")
    audience: str = Field("", max_length=200, description="for whom it is")
    must: list[str] = Field([], max_length=12, description="words that must stand in it")
    avoid: list[str] = Field([], max_length=12, description="words that must not")
    answer: str = Field("", max_length=100_000, description="a post to answer: a link, a file, or its text")
    place: str | None = Field(None, max_length=40, description="where it will be posted: a name of GET /api/places")
    words: int | None = Field(None, description="length, in words")
    variants: int | None = Field(None, description="drafts to show")
    candidates: int | None = Field(None, description="next passages sampled at each step")
    year: int | None = Field(None, description="in the voice of that year")
    seed: int | None = Field(None, description="the same one gives the same draft")


class NewPlace(Asked):
    place: str = Field(max_length=40, description="a name of GET /api/places")


class NewVersion(Asked):
    ask: str = Field(
        max_length=40,
        description="shorter, longer, continue, plainer, more me, another hook, again, translate to German",
    )
    sentence: int = Field(0, ge=0, description="only this one, counted from 1; 0 changes the whole")
    sentences: list[int] = Field([], max_length=100, description="only these, as `sentence` for more than one")
    keep: list[int] = Field([], max_length=100, description="sentences that stay")
    seed: int | None = Field(None, description="another one draws other words")


class Revision(Asked):
    text: str = Field(max_length=100_000, description="the whole text as the author changed it")


class Choosing(Asked):
    edited: str = Field("", max_length=100_000, description="the text as the author changed it")


class Own(Answer):
    """A text of the author's."""

    document: str
    kind: Kind
    title: str
    url: str
    published: str


class Style(Answer):
    verdict: StyleVerdict
    percentile: float | None
    score: float | None = Field(None, description="0 is the mean of other people, 1 their spread; null: not judged")
    range: list[float] | None = Field(None, description="10th to 90th percentile of the author's own texts")
    why: str = Field("", description="why there is no score")


class Habit(Answer):
    habit: str
    value: float
    low: float = Field(description="10th percentile of the author's own texts")
    high: float = Field(description="90th percentile")
    within: bool


class Habits(Answer):
    of: str = Field("", description="which texts of the author the ranges are of")
    rows: list[Habit] = Field([])
    why: str = Field("", description="why they were not measured")


class Copying(Answer):
    longest_run_words: int
    share: float
    run: str = Field("", description="the words themselves")
    of: Own | None = Field(None, description="the author's text that they stand in")


class Told(Own):
    shared: list[str] = Field(description="content words, as stems, that both hold")


class Repetition(Answer):
    value: float | None = Field(description="likeness with the nearest text of the author, 0 to 1")
    gate: float | None = Field(description="from here on it is the same story")
    repeated: bool
    told: Told | None = None
    opening: list[Own] = Field([], description="texts that begin with the same words")
    why: str = ""


class Claim(Answer):
    sentence: str
    status: ClaimStatus
    sources: list[str] = Field(description="ids of the passages it stands on; `request` is the brief")


class DraftSource(Answer):
    id: str
    title: str
    url: str
    theirs: bool = Field(False, description="somebody else wrote it")
    used: bool = Field(description="whether a sentence of the draft stands on it")
    offered: list[str] = Field([], description="facts of the brief that the twin was given from there")


class Minded(Answer):
    level: Literal["blocker", "warning", "advice"]
    message: str
    fix: str = Field("", description="the whole text with this one thing mended, where one step mends it")


class Mended(Answer):
    sentence: str = Field(description="empty for one that was added")
    became: str = Field(description="what stands in its place; empty where it was left out, itself where it is marked")
    why: str


class Bound(Answer):
    held: bool = Field(description="whether numbers, dates and links were held to the sources while writing")
    why: str


class Content(Answer):
    model: str = Field(description="the larger model that wrote what the draft says")
    sentences: list[str] = Field(
        description="what it said that stands in the sources: the twin's facts and notes are of these"
    )
    left_out: int = Field(description="sentences that it said and no source holds")
    why: str = Field("", description="why it said nothing of use, and the twin wrote alone")
    sources: list[list[str]] = Field(
        [], description="ids of the passages that each sentence stands in; none for one that the brief states"
    )


class Hook(Answer):
    kind: Literal["question", "number", "scene", "claim"]
    share: float = Field(description="share of the author's own posts that open so")


class PlannedClaim(Answer):
    fact: str
    source: str = Field(description="the passage that it is from, or `request`; empty where none is known")
    leads: bool = Field(description="whether it is of those that the draft leads with")
    made: bool = Field(description="whether a sentence of the draft that stands in a source says it")


class Angle(Answer):
    hook: Literal["question", "number", "scene", "claim"] | None = Field(
        None, description="how it should open; null where there is one angle, and any opening would do"
    )
    claims: list[PlannedClaim] = Field(description="facts that the twin was told, those that lead first")


class Translated(Answer):
    model: str = Field(description="digest of the larger model that translated it")
    name: str
    language: str = Field(description="ISO 639-1")
    of: str = Field(description="the draft that it is a translation of")


class MadeWith(Answer):
    twin: str
    model: str = Field(description="digest of the weights")
    adapter: str | None
    dataset: str | None = Field(description="version that the adapter learned from")
    prompt: str = Field(description="version of the prompts")
    edited: str = Field("", description="draft that the author made this one of by hand; the models are those of it")
    translated: Translated | None = None
    sampling: dict[str, float | int | None] = Field(
        {}, description="how it was drawn; `temperature` is its own; empty for the author's own edit"
    )


class Cost(Answer):
    seconds: float
    tokens_read: int
    tokens_written: int
    drafts: int = Field(description="how many drafts were written for it, together")


class Said(Answer):
    role: str
    content: str


class Section(Answer):
    heading: str = Field(description="empty for the first, which follows the title")
    prompt: list[Said] = Field(description="what the model was asked for it")


class VersionRow(Answer):
    id: str
    ask: str = Field(description="what was asked of the version before; empty for the first")
    created: str
    place: str
    words: int
    taken: bool = Field(description="whether the author chose it")


class Draft(Answer):
    id: str
    text: str
    place: str = Field("linkedin-post", description="where it will be posted")
    characters: int = Field(description="as the place counts")
    form: list[Minded] = Field([], description="what the place minds")
    rendered: dict[str, str | list[str]] = Field({}, description="forms that differ from the text: text, html, api …")
    language: str = Field("", description="ISO 639-1, of a translation; empty for the author's own language")
    variant: int
    hook: Hook | None = None
    angle: Angle | None = None
    model: str
    adapter: str | None
    made_with: MadeWith | None = None
    cost: Cost | None = None
    created: str = ""
    prompt: list[Said] = Field([], description="what the model was asked, word for word")
    sections: list[Section] = Field([], description="of a long article, which is written one after the other")
    style: Style
    habits: Habits = Habits()
    copying: Copying
    repetition: Repetition | None = None
    claims: list[Claim]
    mended: list[Mended] = Field(
        [], description="sentences that no source held or that were a copy, and what became of them"
    )
    bound: Bound | None = None
    content: Content | None = Field(None, description="where a larger model is named that writes what drafts say")
    problems: list[str] = Field([], description="what else is wrong with it")
    sources: list[DraftSource]


class DraftWhole(Draft):
    versions: list[VersionRow] = Field(description="every version of it, the oldest first")


class DraftRow(VersionRow):
    request: str
    versions: int


class Version(Answer):
    draft: Draft
    changes: list[Mended] = Field(description="what became of which sentence")


class Chosen(Answer):
    draft: Draft
    pairs: list[str] = Field(description="ids of the preference pairs that were kept")


class Pair(Answer):
    id: str
    draft: str
    chosen: str
    rejected: str
    created: str


class Repurposed(Answer):
    draft: Draft
    changes: list[Minded] = Field(description="what was lost on the way, and what the place minds")


class Drafts(Answer):
    drafts: list[Draft]
    questions: list[str] = Field([], description="where nothing is a source and no draft was written: what to answer")
    outline: list[str] = Field([], description="the same, as an outline without opinions")
    seconds: float
