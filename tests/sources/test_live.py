"""Live sources over a real connection: a local server speaks each site's format, with its walls, limits and 304s."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ADA, reading
from sites import Says, Site, guest, serving

from twin import sources
from twin.core.errors import BadSource, Wall
from twin.core.protocols import Web
from twin.core.records import Item, Page, Skipped

WORDS = "The door was shut again when I came to the hotel at night. " * 20
HEAD = '<html><head><meta property="og:type" content="article"><title>{0}</title></head>'
ARTICLE = HEAD + "<body><article><p>{1}</p></article></body></html>"


class Detour:
    """Leads `https://medium.com/x` to `/medium.com/x` of a local server and back."""

    def __init__(self, site: Site, web: Web) -> None:
        self.site, self.web = site, web

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        page = self.web.get(f"{self.site.url}/{url.removeprefix('https://')}", headers=headers)
        return replace(page, url=page.url.replace(f"{self.site.url}/", "https://"))


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def collected(site: Site, cache: Path, location: str, **rest: int) -> dict[str, Item | Skipped]:
    web = Detour(site, guest(cache, **rest))
    found = sources.load(sources.which(location)).read(location, reading(cache, web=web))
    return {one.key: one for one in found}


def texts(found: Mapping[str, Item | Skipped]) -> list[str]:
    return [one.text for one in found.values() if isinstance(one, Item)]


def blog(site: Site, posts: int) -> None:
    sitemap = "".join(
        f"<url><loc>https://ada.example/p{n}</loc><lastmod>2024-01-01</lastmod></url>" for n in range(posts)
    )
    site.pages["/ada.example"] = site.pages["/ada.example/"] = Says("<html><body>Welcome</body></html>", etag='"home"')
    site.pages["/ada.example/sitemap.xml"] = Says(f"<urlset>{sitemap}</urlset>", headers={"Content-Type": "text/xml"})
    for n in range(posts):
        site.pages[f"/ada.example/p{n}"] = Says(ARTICLE.format(f"Post {n}", f"{WORDS} {n}"), etag=f'"{n}"')


def test_a_blog_is_read_once_and_then_only_looked_at(site: Site, tmp_path: Path) -> None:
    blog(site, 6)
    first = collected(site, tmp_path, "https://ada.example/")
    assert len(texts(first)) == 6
    before = len(site.paths())
    assert collected(site, tmp_path, "https://ada.example/") == first
    again = site.paths()[before:]
    assert not [path for path in again if "/p" in path]


def test_a_collection_that_ran_out_of_pages_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    blog(site, 12)
    partly = collected(site, tmp_path, "https://ada.example/", page_budget=20)
    assert 0 < len(texts(partly)) < 12 and "the rest of the site" in partly
    whole = collected(site, tmp_path, "https://ada.example/", page_budget=25)
    assert len(texts(whole)) == 12
    assert sum(path == "/ada.example/p0" for path in site.paths()) == 1


def test_a_wall_among_the_posts_is_skipped_and_a_busy_host_waited_for(site: Site, tmp_path: Path) -> None:
    blog(site, 3)
    site.pages["/ada.example/p1"] = Says("<title>Just a moment...</title>", 403)
    site.pages["/ada.example/p2"].busy = 2
    found = collected(site, tmp_path, "https://ada.example/")
    walled = found["https://ada.example/p1"]
    assert isinstance(walled, Skipped) and "challenge" in walled.reason
    assert len(texts(found)) == 2


def test_substack_is_read_by_its_archive_with_its_pages_and_limits(site: Site, tmp_path: Path) -> None:
    posts = [
        {
            "id": n,
            "slug": f"p{n}",
            "title": f"Post {n}",
            "audience": "everyone",
            "publishedBylines": [{"name": ADA.name}],
        }
        for n in range(30, 0, -1)
    ]
    json_type = {"Content-Type": "application/json"}
    start = "/ada.substack.com/api/v1"
    for offset in (0, 25, 30):
        path = f"{start}/archive?sort=new&search=&offset={offset}&limit=25"
        site.pages[path] = Says(json.dumps(posts[offset : offset + 25]), headers=json_type, busy=offset == 25)
    for one in posts:
        body = json.dumps({**one, "body_html": f"<p>{WORDS}</p>"})
        site.pages[f"{start}/posts/{one['slug']}"] = Says(body, headers=json_type)
    assert len(texts(collected(site, tmp_path, "https://ada.substack.com"))) == 30


def test_medium_answers_304_and_then_with_a_wall(site: Site, tmp_path: Path) -> None:
    item = f"""<item><title>Doors</title><guid>https://medium.com/p/1c41d09be2a6</guid><category>x</category>
    <description>{WORDS}</description></item>"""
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><generator>Medium</generator>{item}</channel></rss>'
    site.pages["/medium.com/feed/@ada"] = Says(feed, headers={"Content-Type": "text/xml"}, etag='"1"')
    first = collected(site, tmp_path, "https://medium.com/@ada")
    assert len(texts(first)) == 1 and collected(site, tmp_path, "https://medium.com/@ada") == first
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    site.pages["/medium.com/feed/@ada"] = Says("<title>Just a moment...</title>", 403)
    with pytest.raises(Wall):
        collected(site, tmp_path, "https://medium.com/@ada")


def test_an_article_behind_a_login_is_an_error_that_says_what_to_do(site: Site, tmp_path: Path) -> None:
    site.pages["/ada.example/x"] = Says(status=302, headers={"Location": "/login"})
    with pytest.raises(BadSource, match="leads to a login") as bad:
        collected(site, tmp_path, "https://ada.example/x")
    assert "save the page" in bad.value.hint
