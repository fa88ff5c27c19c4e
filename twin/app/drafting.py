"""The part of REST that writes, refines and keeps drafts."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from twin.app.studio.draft_shapes import (
    Choosing,
    Chosen,
    DraftRow,
    Drafts,
    DraftWhole,
    NewDraft,
    NewPlace,
    NewVersion,
    Pair,
    Repurposed,
    Revision,
    Version,
)
from twin.app.studio.shared import SharedTwin


def install(app: FastAPI, twin: SharedTwin, failures: dict[int | str, dict[str, Any]]) -> None:
    """Adds the routes of drafts to an app."""
    _install_writing(app, twin, failures)
    _install_versions(app, twin, failures)
    _install_choices(app, twin, failures)


def _install_writing(app: FastAPI, twin: SharedTwin, failures: dict[int | str, dict[str, Any]]) -> None:
    @app.post("/api/drafts", responses=failures)
    async def write(asked: NewDraft) -> Drafts:
        """Write a draft for a place from a brief, with its sources and claims. Nothing is published."""
        chosen = asked.model_dump(include={"place", "words", "variants", "candidates", "year", "seed"})
        said = asked.model_dump(include={"brief", "links", "audience", "must", "avoid", "answer"})
        return Drafts(**await twin.work("write", lambda one: one.write(**said, where=asked.where()), asked=chosen))

    @app.get("/api/drafts", responses=failures)
    async def drafts() -> list[DraftRow]:
        """Every draft, newest first: its last version, and how many there are."""
        return [DraftRow(**row) for row in await twin.ask(lambda one: one.drafts())]

    @app.get("/api/drafts/{draft}", responses=failures)
    async def draft(draft: str) -> DraftWhole:
        """One draft with everything that was found of it, the exact prompt, and its versions."""
        return DraftWhole(**await twin.ask(lambda one: one.draft(draft)))

    @app.post("/api/drafts/{draft}/repurpose", responses=failures)
    async def repurpose(draft: str, asked: NewPlace) -> Repurposed:
        """Turn a draft into what another place takes; it is stored as a draft of its own."""
        return Repurposed(**await twin.ask(lambda one: one.repurpose(draft, asked.place)))


def _install_versions(app: FastAPI, twin: SharedTwin, failures: dict[int | str, dict[str, Any]]) -> None:
    @app.post("/api/drafts/{draft}/refine", responses=failures)
    async def refine(draft: str, asked: NewVersion) -> Version:
        """Another version of a draft, checked like the first; the first stays."""
        only = {*asked.sentences, asked.sentence} - {0}
        return Version(
            **await twin.work(
                "refine",
                lambda one: one.refine(draft, asked.ask, sentences=only, keep=asked.keep),
                asked={"seed": asked.seed},
            )
        )

    @app.post("/api/drafts/{draft}/undo", responses=failures)
    async def undo(draft: str) -> Version:
        """Back to the version before; both stay."""
        return Version(**await twin.ask(lambda one: one.undo(draft)))

    @app.post("/api/drafts/{draft}/revise", responses=failures)
    async def revise(draft: str, asked: Revision) -> Version:
        """Your own edit as another version, checked like the first. Nothing is learned from it before you choose it."""
        return Version(**await twin.work("check", lambda one: one.revise(draft, asked.text)))


def _install_choices(app: FastAPI, twin: SharedTwin, failures: dict[int | str, dict[str, Any]]) -> None:
    @app.post("/api/drafts/{draft}/choose", responses=failures)
    async def choose(draft: str, asked: Choosing) -> Chosen:
        """The draft that the author takes: with consent (`write.learn`) it is preferred to the others."""
        return Chosen(**await twin.work("choose", lambda one: one.choose(draft, edited=asked.edited)))

    @app.get("/api/preferences", responses=failures)
    async def preferences() -> list[Pair]:
        """What the author chose and edited, as it may be learned from."""
        return [Pair(**row) for row in await twin.ask(lambda one: one.preferences())]

    @app.delete("/api/preferences/{pair}", responses=failures)
    async def forget_pair(pair: str) -> dict[str, int]:
        """Delete a pair, or `all`."""
        return await twin.ask(lambda one: one.forget_preferences([pair]))
