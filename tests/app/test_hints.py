"""Advice of the command line as a page says it."""

from __future__ import annotations

import pytest

from twin.app.studio.hints import in_studio


@pytest.mark.parametrize(
    ("hint", "here"),
    [
        (
            'say who you are: twin init --author "Your Name" --me you@example.org',
            "say who you are: on the page Sources, under You",
        ),
        (
            "if that is you: twin init --me 'Ada E' --me ada; else forget it, then: twin add a.zip --not-mine",
            "if that is you: Ada E, ada, on the page Sources, under You; else forget it, then: on the page Sources, "
            "under Add a source, with Someone else's words ticked",
        ),
        (
            "add it with --messages if you want them to be read",
            "take it out and add it again with Private messages too ticked, if you want them to be read",
        ),
        (
            "if they are to be read too, add it again with --messages",
            "if they are to be read too, add it again with Private messages too ticked",
        ),
        ("collect more texts: twin collect", "collect more texts: Collect on the page Sources"),
        ("train one first: twin train", "train one first: Train on the page Train"),
        (
            "write on yourself, then keep it: twin refine DRAFT --edited my-version.txt",
            "write on yourself, then keep it: under the draft, with Edit",
        ),
        ('say what to write about: twin write "why we moved the meeting"', "say under Brief what to write about"),
        ("longer ones are for: --place linkedin-article", "longer ones are for: LinkedIn article"),
        ("take it out, or allow it: twin config privacy.phone keep", "take it out, or allow it: twin config "
         "privacy.phone keep, in a terminal"),
        ("name a larger model (twin config content.name), or not", "name a larger model (twin config content.name, in "
         "a terminal), or not"),
        ("the terminal of `twin serve` shows where", "the terminal of `twin serve` shows where"),
        ("check the network", "check the network"),
    ],
)  # fmt: skip
def test_a_hint_names_the_place_in_the_studio(hint: str, here: str) -> None:
    assert in_studio(hint) == here
