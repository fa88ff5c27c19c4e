"""The addresses of the studio."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import Client, ui
from nicegui import app as nicegui_app
from nicegui.page import page as page_of
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from twin.app.studio.data import DataPage
from twin.app.studio.frame import Frame, part, say
from twin.app.studio.guard import refused
from twin.app.studio.shared import SharedTwin
from twin.app.studio.sources import SourcesPage
from twin.app.studio.train import TrainPage
from twin.app.studio.write import WritePage
from twin.core.errors import TwinError

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f5c4d"/>'
    '<path d="M9 8v16M9 24h6M18 8h8M22 8v16" stroke="#fff" stroke-width="2.6" fill="none"/></svg>'
)


def mount(app: FastAPI, twin: SharedTwin) -> None:
    """Adds the pages to an app; they see one twin, which REST sees too."""

    @app.get("/", include_in_schema=False)
    async def start() -> RedirectResponse:
        documents = await twin.ask(lambda one: one.store.count())
        return RedirectResponse("/write" if documents else "/sources")

    @ui.page("/sources", title="Sources · LLM Twin")
    async def sources() -> None:
        await _page(twin, "/sources", SourcesPage)

    @ui.page("/data", title="Data · LLM Twin")
    async def data() -> None:
        await _page(twin, "/data", DataPage)

    @ui.page("/train", title="Train · LLM Twin")
    async def train() -> None:
        await _page(twin, "/train", TrainPage)

    @ui.page("/write", title="Write · LLM Twin")
    async def write() -> None:
        await _page(twin, "/write", WritePage)

    @nicegui_app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return refused(404, "not_found", f"there is no {request.url.path}", "the pages begin at /")
        with Client(page_of("", title="Not found · LLM Twin"), request=request) as client:
            frame = Frame(twin, "")
            await frame.show_state()
            with frame.body:
                say("h1", "There is no such page").style("font-size: 1.2rem")
                ui.link("Back to the studio", "/")
        return client.build_response(request, 404)

    nicegui_app.on_page_exception(_broken)
    ui.run_with(
        app, title="LLM Twin", dark=None, language="en-US", tailwind=False, favicon=ICON, show_welcome_message=False
    )


async def _page(
    twin: SharedTwin, path: str, page: type[SourcesPage] | type[DataPage] | type[TrainPage] | type[WritePage]
) -> None:
    frame = Frame(twin, path)
    with frame.reporting():
        await frame.show_state()
        await page(frame).build()


def _broken(bad: Exception) -> None:
    """A page that cannot be made shows what happened, not where."""
    with part("div", "sheet"), part("div", "notice bad"):
        say("b", bad.message if isinstance(bad, TwinError) else "this page could not be made")
        say("div", "the terminal of `twin serve` shows more; reload the page to try again", "soft")
