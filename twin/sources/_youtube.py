"""A video on YouTube in, what is said in it out: its public transcript, found by youtube-transcript-api.

The library knows where transcripts stand; every request of it goes through the guest on the web, to YouTube alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from json import dumps, loads
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twin.core.errors import BadSource, MissingPart
from twin.core.protocols import Web
from twin.core.records import Page
from twin.sources._files import Found

INSTALL = 'pip install "youtube-transcript-api>=1.2,<2"'
BY_HAND = "put what is said in it into a file and give that"
_ID = re.compile(r"[\w-]{11}", re.ASCII)
_PLAYERS = frozenset({"shorts", "live", "embed", "v"})
_SOUND = re.compile(r"\[[^\]]{0,40}\]|♪+")
"""What stands there where nobody speaks: `[Music]`."""
_TITLE = re.compile(r"<title>([^<]{1,300})</title>")
_UNEXPECTED = (LookupError, TypeError, AttributeError, ValueError, SyntaxError)
"""What the library raises where YouTube answers in a new form; XML that is none is a SyntaxError."""


def video_of(url: str) -> str:
    """A link in, the id of the video that it is of out; empty for all else."""
    parts = urlsplit(url)
    host, steps = parts.hostname or "", [step for step in parts.path.split("/") if step]
    found = ""
    if host == "youtu.be" and len(steps) == 1:
        found = steps[0]
    elif _is_youtube(host.replace("youtube-nocookie.com", "youtube.com")):
        if steps == ["watch"]:
            found = parse_qs(parts.query).get("v", [""])[0]
        elif len(steps) == 2 and steps[0] in _PLAYERS:
            found = steps[1]
    return found if _ID.fullmatch(found) else ""


def transcript(video: str, web: Web) -> Found:
    """A video's id in, its transcript in the language that is spoken out, written by a person where there is one.

    Raises: MissingPart without the library; BadSource where no transcript is public, and for whatever `web` raises.
    """
    try:
        from youtube_transcript_api import YouTubeTranscriptApi, YouTubeTranscriptApiException
    except ImportError as bad:
        raise MissingPart(
            "a video's transcript is read by youtube-transcript-api, which is not installed", f"{INSTALL}; or {BY_HAND}"
        ) from bad
    session = Session(web)
    try:
        listed = list(YouTubeTranscriptApi(http_client=session).list(video))
        said = [str(one.text) for one in _spoken(listed).fetch()] if listed else []
    except YouTubeTranscriptApiException as bad:
        raise BadSource(f"the video gives no transcript ({_in_short(bad)}): {BY_HAND}", BY_HAND) from bad
    except _UNEXPECTED as bad:
        why = f"YouTube's answer was not understood ({type(bad).__name__})"
        raise BadSource(f"{why}: {BY_HAND}", f"{INSTALL} --upgrade; or {BY_HAND}") from bad
    text = " ".join(" ".join(_SOUND.sub(" ", one) for one in said).split())
    if not text:
        raise BadSource(f"the video has no transcript: {BY_HAND}", BY_HAND)
    return Found(text, title=session.title)


def _spoken(listed: Sequence[Any]) -> Any:
    """Transcripts in, the best out: a machine's tells what is spoken; a person's in that language says it better."""
    spoken = {one.language_code.partition("-")[0] for one in listed if one.is_generated}

    def rank(one: Any) -> tuple[bool, bool, bool]:
        language = one.language_code.partition("-")[0]
        return language not in spoken, one.is_generated, language != "en"

    return min(listed, key=rank)


def _in_short(bad: Exception) -> str:
    """The first sentence of the library's reason, which goes on to advise proxies."""
    said = str(getattr(bad, "cause", "") or bad).strip() or type(bad).__name__
    return re.split(r"(?<=[.!?:])\s|\n", said)[0].rstrip(".:! ")[:200]


def _is_youtube(host: str) -> bool:
    return host == "youtube.com" or host.endswith(".youtube.com")


@dataclass(frozen=True, slots=True)
class Answer:
    """As much of an answer of requests as the library looks at. The guest raises for every status that is an error."""

    text: str
    status_code: int = 200

    def json(self) -> Any:
        return loads(self.text)

    def raise_for_status(self) -> None: ...


class Cookies(dict[str, str]):
    """Kept while one transcript is read: the library answers YouTube's question about them, or Europe sees no page."""

    def set(self, name: str, value: str, **_: Any) -> None:
        self[name] = value


class Session:
    """What the library asks with in place of a session of requests: the guest, with its bounds of time and size.

    Other hosts that YouTube's answers name are not asked.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        self.headers: dict[str, str] = {}
        self.cookies = Cookies()
        self.title = ""

    def get(self, url: str, **_: Any) -> Answer:
        answer = _answer(self.web.get(_checked(url), headers=self._sent()))
        if not self.title and (named := _TITLE.search(answer.text)):
            self.title = unescape(named[1]).removesuffix(" - YouTube").strip()
        return answer

    def post(self, url: str, *, json: Any, **_: Any) -> Answer:
        sent = {**self._sent(), "Content-Type": "application/json"}
        return _answer(self.web.post(_checked(url), dumps(json).encode(), headers=sent))

    def _sent(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.headers, **({"Cookie": cookie} if cookie else {})}


def _answer(page: Page) -> Answer:
    """What YouTube said, also where it led on to another page of its own."""
    _checked(page.url)
    return Answer(page.content.decode("utf-8", "replace"))


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not _is_youtube(parts.hostname or ""):
        raise BadSource(f"YouTube leads to {url[:200]!r}: {BY_HAND}", BY_HAND)
    return url
