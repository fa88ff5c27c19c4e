"""Advice that names a command in, the same advice with the place of the studio where that is done out."""

from __future__ import annotations

import re

PLACES = {
    "init": "on the page Sources, under You",
    "add": "on the page Sources, under Add a source",
    "collect": "Collect on the page Sources",
    "dataset": "on the page Data",
    "preferences": "on the page Data",
    "train": "Train on the page Train",
    "adapters": "on the page Train",
    "activate": "on the page Train",
    "drafts": "under Earlier drafts",
    "write": "on the page Write",
    "refine": "under the draft",
}
TICKED = {
    "--messages": "with Private messages too ticked",
    "--not-mine": "with Someone else's words ticked",
    "--edited": "with Edit",
    "--sentence": "by pressing it",
}
OPTIONS = {
    'say what to write about: twin write "why we moved the meeting"': "say under Brief what to write about",
    "add it with --messages if": "take it out and add it again with Private messages too ticked, if",
    "with --messages": "with Private messages too ticked",
    "pass it with --link FILE": "name it under Links or files with material",
    "another --seed": "another seed",
    "the earlier day after --since": "the earlier day under Only since",
    "leave out --keep and --sentence": "press Clear first",
    "--place x-post": "X post",
    "--place x-thread": "X thread",
    "--place linkedin-article": "LinkedIn article",
}
COMMAND = re.compile(r"`?\btwin (?P<name>[a-z]+)\b(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^;)`\"'])*)`?")


def in_studio(hint: str) -> str:
    """`say who you are: twin init …` in, `say who you are: on the page Sources, under You` out; other words stay.

    A command that no page stands for is said to be one for a terminal.
    """
    for said, here in OPTIONS.items():
        hint = hint.replace(said, here)
    return COMMAND.sub(_there, hint)


def _there(found: re.Match[str]) -> str:
    rest, place = found["rest"], PLACES.get(found["name"])
    if found["name"] == "serve":
        return found[0]
    if place is None:
        return f"{found[0].rstrip(' ,')}, in a terminal"
    who = [value.strip("'") for value in re.findall(r"--me ('[^']*'|\S+)", rest) if value != "you@example.org"]
    ticked = [words for option, words in TICKED.items() if option in rest]
    return ", ".join([*who, place, *ticked])
