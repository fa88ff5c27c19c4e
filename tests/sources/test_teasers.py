"""A part of a text is told from the whole by what the page says to machines and by its last words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.sources._files import Found
from twin.sources._files.html import of_page
from twin.sources._web.teasers import is_teaser

LONG = "The door was shut again when I came to the hotel. " * 60
SHORT = LONG[:500]


def paid(**more: object) -> str:
    told = json.dumps({"@type": "Article", "isAccessibleForFree": False, **more})
    return f'<script type="application/ld+json">{told}</script>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (paid(), SHORT),
        (paid(wordCount=2_000), LONG),
        ('<script>{"wordCount": 9}</script>' + paid(wordCount=2_000), LONG),
        ("", "Read more"),
        (paid().replace("false", '"False"'), SHORT),
        ('<script>window.__APOLLO_STATE__ = {"isLockedPreviewOnly":true}</script>', LONG),
        ('<div class="paywall" role="region">', LONG),
        ('<div data-testid="paywall" data-component-name="Paywall">', LONG),
        ("", SHORT + "… Continue reading"),
        ("", SHORT + "\n\nRead more »"),
        ("", SHORT + "\n\nSubscribe to read the rest"),
        ("", SHORT + "\n\nCreate an account to read the full story."),
        ("", SHORT + "\n\nThis post is for paid subscribers"),
        ("", SHORT + "\n\nContinue reading on Medium »"),
    ],
)
def test_a_teaser(html: str, text: str) -> None:
    assert is_teaser(html, text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", SHORT),
        (paid(), LONG),
        (paid(wordCount=110), SHORT),
        (paid().replace("false", "true"), SHORT),
        ('<script>{"isLockedPreviewOnly":false,"paywall":null}</script>', SHORT),
        ("<style>div.paywall { color: red }</style>", SHORT),
        (paid() + '<script>{"wordCount": 9000}</script>', LONG),
        ("", SHORT + " I promised myself to read more."),
        ("", SHORT + " The sign said: this is for members. I went in."),
        ("", "Continue reading, said the lift. " + LONG),
    ],
)
def test_a_whole_text(html: str, text: str) -> None:
    assert not is_teaser(html, text)


def test_a_saved_page_says_that_it_is_a_part() -> None:
    body = f"<html><head>{paid()}</head><body><article><p>{SHORT}</p></article></body></html>"
    found = of_page(body)
    assert isinstance(found, Found) and found.truncated
    whole = of_page(body.replace(SHORT, LONG))
    assert isinstance(whole, Found) and not whole.truncated


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_an_answer(html: str, text: str) -> None:
    assert is_teaser(html, text) in (True, False)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("part", ["<div ", '"wordCount": ', '"isAccessibleForFree" ', "continue reading ", " \n"])
def test_a_page_made_to_delay_is_answered(part: str) -> None:
    is_teaser(part * 200_000, part * 200_000)
