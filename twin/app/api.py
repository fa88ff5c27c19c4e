"""REST: the same calls as the command line, the same results, one shape for every error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from twin.app import drafting
from twin.app.studio.guard import refused
from twin.app.studio.reference import reference
from twin.app.studio.shapes import (
    Activated,
    AdapterRow,
    Added,
    Collected,
    Dataset,
    Difference,
    DocumentRow,
    ExampleRow,
    ExampleWhole,
    Failed,
    Forgotten,
    FoundPassages,
    NewDecision,
    NewSearch,
    NewSource,
    NewVoice,
    PlaceRow,
    Planned,
    SourceRow,
    Status,
    Trained,
)
from twin.app.studio.shared import SharedTwin
from twin.app.studio.uploads import add_file
from twin.core.errors import BadRequest, NotFound, TwinError
from twin.inference.places import listed
from twin.pipeline import Twin

SEE = "every request and its fields: GET /docs"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


FAILURES: dict[int | str, dict[str, Any]] = {"4XX": {"model": Failed}, "5XX": {"model": Failed}}
ADD_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": NewSource.model_json_schema()},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "an export file"},
                    "kind": {"type": "string"},
                    "mine": {"type": "boolean", "default": True},
                },
            }
        },
    },
}


def install(app: FastAPI, twin: SharedTwin) -> None:
    """Adds the routes and the shape of errors to an app."""
    app.add_exception_handler(TwinError, _twin_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    _install_sources(app, twin)
    _install_examples(app, twin)
    _install_adapters(app, twin)
    _install_search(app, twin)
    drafting.install(app, twin, FAILURES)
    _install_rest(app, twin)

    @app.api_route("/api/{rest:path}", methods=METHODS, include_in_schema=False)
    async def unknown(request: Request, rest: str) -> None:
        raise NotFound(f"there is no {request.method} /api/{rest}", SEE)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        token = bool(twin.settings.serve.token)
        return HTMLResponse(reference(app.openapi(), str(request.base_url), token=token))


def _install_sources(app: FastAPI, twin: SharedTwin) -> None:
    @app.post("/api/sources", status_code=201, responses=FAILURES, openapi_extra={"requestBody": ADD_BODY})
    async def add_source(request: Request) -> Added:
        """Add a place to collect from: its location as JSON, or an export file as a form with the field `file`."""
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return Added(**await _add_file(request, twin))
        try:
            asked = NewSource.model_validate_json(await request.body())
        except ValidationError as bad:
            raise RequestValidationError(bad.errors(include_context=False, include_url=False)) from bad
        return Added(**await twin.ask(lambda one: one.add(**asked.model_dump())))

    @app.get("/api/sources", responses=FAILURES)
    async def list_sources() -> list[SourceRow]:
        """Every source with the outcome of its newest collection."""
        return [SourceRow(**row) for row in await twin.ask(lambda one: one.sources())]

    @app.delete("/api/sources/{source}", responses=FAILURES)
    async def forget_source(source: str) -> Forgotten:
        """Take a source out, with its texts and all that was made of them. Your own files stay."""

        def forget(one: Twin) -> dict[str, Any]:
            if source not in {row["id"] for row in one.sources()}:
                raise NotFound(f"no source {source!r}", "list them with: GET /api/sources")
            return one.forget(source)

        return Forgotten(**await twin.work("forget", forget))

    @app.post("/api/collect", responses=FAILURES)
    async def collect() -> Collected:
        """Read every source; store only what is new. found = stored + edited + unchanged + duplicates + skipped."""
        return Collected(**await twin.work("collect", lambda one: one.collect()))


def _install_examples(app: FastAPI, twin: SharedTwin) -> None:
    @app.post("/api/dataset", responses=FAILURES)
    async def build() -> Dataset:
        """Build a dataset version from the texts and decisions that there are."""
        return Dataset(**await twin.work("dataset", lambda one: one.dataset()))

    @app.get("/api/dataset/difference", responses=FAILURES)
    async def difference(before: str = "", after: str = "") -> Difference:
        """What changed between two versions, in words; without names, from the one before to the newest."""
        return Difference(**await twin.ask(lambda one: one.difference(before, after)))

    @app.get("/api/examples", responses=FAILURES)
    async def examples(
        side: str = "",
        shape: str = "",
        document: str = "",
        decision: str = "",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[ExampleRow]:
        """Examples of the newest dataset version, with what you decided of each."""
        chosen = {"side": side, "shape": shape, "document": document, "decision": decision}
        rows = await twin.ask(lambda one: one.examples(**chosen))
        return [ExampleRow(**row) for row in rows[offset : offset + limit]]

    @app.get("/api/examples/{example}", responses=FAILURES)
    async def example(example: str) -> ExampleWhole:
        """One example: its prompt, and the text that is learned."""
        return ExampleWhole(**await twin.ask(lambda one: one.example(example)))

    @app.patch("/api/examples/{example}", responses=FAILURES)
    async def decide(example: str, asked: NewDecision) -> ExampleWhole:
        """Exclude or edit what is learned, from the next version on. The document stays as it was written."""
        return ExampleWhole(**await twin.ask(lambda one: _decide(one, example, asked)))


def _install_adapters(app: FastAPI, twin: SharedTwin) -> None:
    @app.post("/api/train/plan", responses=FAILURES)
    async def plan() -> Planned:
        """How long a training would take and how much memory, by a few real steps and draws; nothing of it is kept."""
        return Planned(**await twin.work("plan", lambda one: one.plan_training()))

    @app.post("/api/train", responses=FAILURES)
    async def train() -> Trained:
        """Fine-tune the model on your words, then gate it; the answer comes when it is done."""
        return Trained(**await twin.work("train", lambda one: one.train()))

    @app.get("/api/adapters", responses=FAILURES)
    async def adapters() -> list[AdapterRow]:
        """Every trained voice, oldest first: what it is made of, its losses and its gate."""
        return [AdapterRow(**row) for row in await twin.ask(lambda one: one.adapters())]

    @app.get("/api/adapters/compare", responses=FAILURES)
    async def compare(before: str, after: str) -> Difference:
        """What differs between two: losses, voice, gate, settings."""
        return Difference(**await twin.ask(lambda one: one.compare_adapters(before, after)))

    @app.get("/adapters/{adapter}/report", include_in_schema=False)
    async def report(adapter: str) -> HTMLResponse:
        """The report that an adapter's gate was decided on, a page."""
        found = Path((await twin.ask(lambda one: one.adapter(adapter)))["report"])
        if not found.is_file():
            raise NotFound(f"adapter {adapter!r} has no report any more", "make one with: twin evaluate")
        return HTMLResponse(await asyncio.to_thread(found.read_text, "utf-8"))

    @app.post("/api/adapters/active", responses=FAILURES)
    async def activate(asked: NewVoice) -> Activated:
        """Make an adapter active (`none` for none), or roll back to the one before it."""
        return Activated(**await twin.ask(lambda one: one.activate(asked.adapter, previous=asked.previous)))


def _decide(twin: Twin, example: str, asked: NewDecision) -> dict[str, Any]:
    if asked.text is not None or asked.as_written:
        twin.edit(example, None if asked.as_written else asked.text)
    if asked.excluded is not None:
        _ = twin.exclude(example, asked.why) if asked.excluded else twin.include(example)
    return twin.example(example)


def _install_search(app: FastAPI, twin: SharedTwin) -> None:
    @app.post("/api/search", responses=FAILURES)
    async def search(asked: NewSearch) -> FoundPassages:
        """Your own passages nearest to a query, best first: what a draft would stand on."""
        found = await twin.work("search", lambda one: one.search(asked.query, where=asked.where(), most=asked.most))
        return FoundPassages(**found)


def _install_rest(app: FastAPI, twin: SharedTwin) -> None:
    @app.get("/api/places", responses=FAILURES)
    async def places() -> list[PlaceRow]:
        """The places that a draft can be written for, and their limits."""
        return [PlaceRow(**row) for row in listed()]

    @app.get("/api/documents", responses=FAILURES)
    async def documents() -> list[DocumentRow]:
        """Every stored text and what it may be used for."""
        return [DocumentRow(**row) for row in await twin.ask(lambda one: one.documents())]

    @app.get("/api/status", responses=FAILURES)
    async def status() -> Status:
        """What there is, what is stale, and what to do next."""
        return Status(**await twin.ask(lambda one: one.status()))


async def _add_file(request: Request, twin: SharedTwin) -> dict[str, Any]:
    """An uploaded export in, the source it became out; a file that nothing here reads is not kept."""
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadRequest("the form has no file in its field 'file'", SEE)
        kind, mine = str(form.get("kind", "")), str(form.get("mine", "true")).lower() not in ("false", "0", "no")
        return await add_file(twin, file.filename or "file", _chunks(file), kind=kind, mine=mine)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(1 << 20):
        yield chunk


async def _twin_error(request: Request, bad: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(bad, TwinError)
    return refused(bad.http_status, bad.code, bad.message, bad.hint)


async def _invalid(request: Request, bad: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(bad, RequestValidationError)
    problems = (
        f"{'.'.join(str(part) for part in error['loc'] if part != 'body') or 'body'}: {error['msg'].lower()}"
        for error in bad.errors()
    )
    return refused(422, BadRequest.code, "; ".join(problems), SEE)


async def _http_error(request: Request, bad: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(bad, HTTPException)
    return refused(bad.status_code, f"http_{bad.status_code}", str(bad.detail), SEE)
