"""A link in, what it says out: a paper, a README and a transcript whole where they can be had, else the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from twin.core.errors import BadRequest, BadSource
from twin.core.paths import HELD_LINKS
from twin.core.protocols import Reading
from twin.core.records import Item, Skipped
from twin.core.text import word_count
from twin.inference.material import held
from twin.inference.material.held import Gave
from twin.sources import github, paper
from twin.sources._files import html, pdf
from twin.sources._youtube import transcript, video_of
from twin.sources.archive import decoded
from twin.sources.github import talk

LEAST_WORDS = 40
TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json")


def fetched(link: str, reading: Reading) -> Gave:
    """A web address in, what it says out, from the last hour where that is held.

    Raises: BadRequest, BadSource for walls and whatever else is no text; MissingPart.
    """
    folder = reading.cache / HELD_LINKS
    if known := held.recall(folder, link):
        return known
    if video := video_of(link):
        found = transcript(video, reading.web)
        gave = Gave(link, found.title or link, found.text)
    elif whole := _whole(link):
        name, read = whole
        try:
            gave = read(reading)
        except (BadRequest, BadSource) as bad:
            return _page_instead(link, reading, name, bad.message)
    else:
        gave = _page(link, reading)
    held.hold(folder, gave, link)
    return gave


def _whole(link: str) -> tuple[str, Callable[[Reading], Gave]] | None:
    """What a link is of and how that is read by itself; None for a page like any other."""
    if paper.recognises(link):
        return "the paper", partial(_paper, link)
    if name := github.repository_of(link):
        return "the README", partial(_readme, link, name)
    return None


def _paper(link: str, reading: Reading) -> Gave:
    return _of_item(link, next(iter(paper.read(link, reading))))


def _readme(link: str, name: str, reading: Reading) -> Gave:
    return _of_item(link, talk.readme(name, reading))


def _of_item(link: str, one: Item | Skipped) -> Gave:
    if isinstance(one, Skipped):
        raise BadRequest(f"{link!r}: {one.reason}")
    return Gave(link, one.title or link, one.text, one.truncated)


def _page_instead(link: str, reading: Reading, name: str, why: str) -> Gave:
    """The page of what could not be read whole; not held, as that may go better the next time."""
    try:
        gave = _page(link, reading)
    except (BadRequest, BadSource) as bad:
        raise BadRequest(f"{name} could not be read ({why}), nor its page ({bad.message})") from bad
    return replace(gave, lacks=f"its page, as {name} itself could not be read: {why}")


def _page(url: str, reading: Reading) -> Gave:
    page = reading.web.get(url)
    if "application/pdf" in page.kind or page.content.startswith(b"%PDF"):
        found = pdf.read(page.content)
    elif "html" in page.kind:
        found = html.read(page.content)
    elif page.kind.startswith(TEXT_TYPES):
        return Gave(url, url, decoded(page.content))
    else:
        raise BadRequest(f"{url!r} is {page.kind}, not a text")
    if isinstance(found, str):
        raise BadRequest(f"{url!r}: {found}")
    if "html" in page.kind and word_count(found.text) < LEAST_WORDS:
        raise BadRequest(f"{url!r} shows no article text (a login wall or a page made by script)")
    return Gave(url, found.title or url, found.text, found.truncated)
