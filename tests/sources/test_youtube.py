"""Transcripts of videos: YouTube is a fake here, the library is the real one where it is installed."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fakes import FakeWeb
from sites import guest

from twin.core.errors import BadSource, MissingPart, Wall
from twin.core.records import Page
from twin.sources import _youtube
from twin.sources._youtube import Session, transcript, video_of

VIDEO = "dQw4w9WgXcQ"
WATCH = f"https://www.youtube.com/watch?v={VIDEO}"
PLAYER = "https://www.youtube.com/youtubei/v1/player?key=abc"
SPOKEN = "https://www.youtube.com/api/timedtext?v=1&lang=en"
HTML = '<html><head><title>On doors &amp; tracks - YouTube</title></head>"INNERTUBE_API_KEY":"abc"</html>'
LINES = (
    '<?xml version="1.0"?><transcript><text start="0" dur="2">[Music]</text><text start="2" dur="2">the door was shut'
)
LINES += '</text><text start="4" dur="1">and it&amp;#39;s   open</text></transcript>'


def track(language: str, *, by_machine: bool, url: str = SPOKEN) -> dict[str, Any]:
    told = {"baseUrl": url, "name": {"runs": [{"text": language}]}, "languageCode": language}
    return told | ({"kind": "asr"} if by_machine else {})


def playing(*tracks: dict[str, Any], **more: Any) -> dict[str, Any]:
    captions = {"playerCaptionsTracklistRenderer": {"captionTracks": list(tracks)}} if tracks else {}
    return {"playabilityStatus": {"status": "OK"}, "captions": captions, **more}


@dataclass
class FakeYouTube(FakeWeb):
    """YouTube as far as the library asks it; `sent` holds the headers and bodies of what was asked, in order."""

    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        self.sent.append((dict(headers or {}), b""))
        return super().get(url)

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Page:
        page = self.get(url)
        self.sent[-1] = (dict(headers or {}), body)
        return page


def youtube(told: Any = None, **pages: str) -> FakeYouTube:
    answer = json.dumps(playing(track("en", by_machine=True)) if told is None else told)
    found = {WATCH: HTML, PLAYER: answer, SPOKEN: LINES, **pages}
    return FakeYouTube({url: Page(url, text.encode()) for url, text in found.items()})


@pytest.mark.parametrize(
    "link",
    [
        WATCH,
        f"https://youtube.com/watch?list=PL1&v={VIDEO}&t=42s",
        f"http://m.youtube.com/watch?v={VIDEO}",
        f"https://youtu.be/{VIDEO}?si=x",
        f"https://www.youtube.com/shorts/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}?feature=share",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}",
    ],
)
def test_a_link_to_a_video_is_known_in_every_form(link: str) -> None:
    assert video_of(link) == VIDEO


@pytest.mark.parametrize(
    "link",
    [
        "https://www.youtube.com/@ada",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/watch?v=short",
        f"https://youtube.com.evil.example/watch?v={VIDEO}",
        f"https://notyoutube.com/watch?v={VIDEO}",
        f"https://a.example/watch?v={VIDEO}",
    ],
)
def test_what_is_no_video_is_a_page_like_any_other(link: str) -> None:
    assert not video_of(link)


def test_without_the_library_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "youtube_transcript_api", None)
    web = youtube()
    with pytest.raises(MissingPart, match="not installed") as bad:
        transcript(VIDEO, web)
    assert _youtube.INSTALL in bad.value.hint and "into a file" in bad.value.hint and not web.asked


def test_what_is_to_be_installed_is_what_the_project_names() -> None:
    named = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert f"youtube = [{_youtube.INSTALL.removeprefix('pip install ')}]" in named


# -- the session that the library is given ---------------------------------------------------------------------------


def test_the_session_asks_the_guest_alone_and_youtube_alone() -> None:
    web = youtube()
    session = Session(web)
    session.headers.update({"Accept-Language": "en-US"})
    session.cookies.set("CONSENT", "YES+1", domain=".youtube.com")
    assert session.get(WATCH).text == HTML and session.title == "On doors & tracks"
    assert session.post(PLAYER, json={"videoId": VIDEO}).json()["playabilityStatus"] == {"status": "OK"}
    asked = {"Accept-Language": "en-US", "Cookie": "CONSENT=YES+1"}
    assert web.sent == [
        (asked, b""),
        ({**asked, "Content-Type": "application/json"}, json.dumps({"videoId": VIDEO}).encode()),
    ]
    for elsewhere in ("https://evil.example/x", "http://www.youtube.com/x", "https://www.youtube.com@evil.example/x"):
        with pytest.raises(BadSource, match="leads to"):
            session.get(elsewhere)
        with pytest.raises(BadSource, match="leads to"):
            session.post(elsewhere, json={})
    assert web.asked == [WATCH, PLAYER]


@pytest.mark.parametrize(("address", "why"), [("10.0.0.1", "private network"), ("8.8.8.8", "the budget")])
def test_the_session_keeps_to_the_bounds_of_the_guest(monkeypatch: pytest.MonkeyPatch, address: str, why: str) -> None:
    """Wherever a name server says that YouTube is; no host is really asked."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    with pytest.raises(BadSource, match=why):
        Session(guest(page_budget=0, robots=False)).get(WATCH)
    with pytest.raises(BadSource, match=why):
        Session(guest(page_budget=0, robots=False)).post(PLAYER, json={})


class FakeLibrary(ModuleType):
    """Stands in for youtube-transcript-api where it is not installed: asks for the page and says what it was told."""

    class YouTubeTranscriptApiException(Exception):
        pass

    def __init__(self, found: Sequence[Any] | Exception) -> None:
        super().__init__("youtube_transcript_api")
        library = self

        class YouTubeTranscriptApi:
            def __init__(self, *, http_client: Session) -> None:
                self.session = http_client

            def list(self, video: str) -> Iterator[Any]:
                self.session.get(f"https://www.youtube.com/watch?v={video}")
                if isinstance(library.found, Exception):
                    raise library.found
                return iter(library.found)

        self.found, self.YouTubeTranscriptApi = found, YouTubeTranscriptApi


def fake_track(language: str, said: str, *, by_machine: bool = False) -> Any:
    lines = [SimpleNamespace(text=line) for line in said.split("|")]
    return SimpleNamespace(language_code=language, is_generated=by_machine, fetch=lambda: lines)


@pytest.mark.parametrize(
    ("tracks", "said"),
    [
        ([fake_track("de", "die tür"), fake_track("en", "a door", by_machine=True)], "a door"),
        (
            [fake_track("de", "die tür"), fake_track("en-GB", "A door."), fake_track("en", "x", by_machine=True)],
            "A door.",
        ),
        ([fake_track("de", "die tür"), fake_track("en", "A door.")], "A door."),
        ([fake_track("fr", "la|porte  est"), fake_track("de", "die tür")], "la porte est"),
        ([fake_track("en", "[Applause]|♪ we sing ♪|now")], "we sing now"),
    ],
)
def test_what_is_spoken_is_read_as_a_person_wrote_it_down(
    monkeypatch: pytest.MonkeyPatch, tracks: list[Any], said: str
) -> None:
    monkeypatch.setitem(sys.modules, "youtube_transcript_api", FakeLibrary(tracks))
    found = transcript(VIDEO, youtube())
    assert (found.text, found.title) == (said, "On doors & tracks")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "no transcript"),
        ([fake_track("en", "[Music]")], "no transcript"),
        (KeyError("captions"), "not understood"),
        (SyntaxError("no element found"), "not understood"),
        (FakeLibrary.YouTubeTranscriptApiException("Subtitles are disabled. Buy a proxy."), "(Subtitles are disabled)"),
    ],
)
def test_a_video_without_a_transcript_says_so_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, found: Any, why: str
) -> None:
    monkeypatch.setitem(sys.modules, "youtube_transcript_api", FakeLibrary(found))
    with pytest.raises(BadSource) as bad:
        transcript(VIDEO, youtube())
    assert why in bad.value.message and bad.value.message.endswith("into a file and give that")
    assert "proxy" not in bad.value.message


def test_a_wall_stays_a_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "youtube_transcript_api", FakeLibrary([]))
    with pytest.raises(Wall, match="a challenge"):
        transcript(VIDEO, FakeWeb({WATCH: Wall("it shows a challenge")}))


# -- the real library ------------------------------------------------------------------------------------------------


def test_the_real_library_reads_a_transcript_through_the_session() -> None:
    pytest.importorskip("youtube_transcript_api")
    web = youtube()
    found = transcript(VIDEO, web)
    assert (found.text, found.title) == ("the door was shut and it's open", "On doors & tracks")
    assert web.asked == [WATCH, PLAYER, SPOKEN]
    assert json.loads(web.sent[1][1])["videoId"] == VIDEO


def test_the_real_library_is_told_that_cookies_may_be_set_where_youtube_asks_first() -> None:
    pytest.importorskip("youtube_transcript_api")

    @dataclass
    class Asking(FakeYouTube):
        def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
            page = super().get(url, headers=headers)
            form = b'<form action="https://consent.youtube.com/s"><input name="v" value="cb">'
            return Page(url, form) if url == WATCH and "Cookie" not in (headers or {}) else page

    web = Asking(youtube().pages)
    assert transcript(VIDEO, web).text.startswith("the door")
    assert web.sent[-1][0]["Cookie"] == "CONSENT=YES+cb"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (playing(), "Subtitles are disabled"),
        (playing(playabilityStatus={"status": "ERROR", "reason": "This video is unavailable"}), "no longer available"),
        (playing(playabilityStatus={"status": "LOGIN_REQUIRED", "reason": "Sign in"}), "unplayable"),
        (playing(track("en", by_machine=True, url="https://evil.example/x")), "leads to 'https://evil.example/x'"),
        (playing(track("en", by_machine=True, url=f"{SPOKEN}&exp=xpe")), "PO Token"),
        (playing({"languageCode": "en"}), "not understood (KeyError)"),
        ([], "not understood"),
    ],
)
def test_what_the_real_library_cannot_read_is_told_in_short(told: Any, why: str) -> None:
    pytest.importorskip("youtube_transcript_api")
    with pytest.raises(BadSource) as bad:
        transcript(VIDEO, youtube(told))
    assert why in bad.value.message and "into a file" in bad.value.message and len(bad.value.message) < 300


def test_every_error_of_the_real_library_is_one_of_ours() -> None:
    library = pytest.importorskip("youtube_transcript_api")
    found = [getattr(library, name) for name in library.__all__]
    errors = [one for one in found if isinstance(one, type) and issubclass(one, Exception)]
    assert len(errors) > 15 and all(issubclass(one, library.YouTubeTranscriptApiException) for one in errors)
