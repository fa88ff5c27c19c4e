"""A draft in, its text out as a feed shows it: sentences to pick, what the place minds, every form to copy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from nicegui.element import Element

from twin.app.drafts import LEVELS
from twin.app.show import MEANINGS
from twin.app.studio.frame import act, fold, part, say
from twin.app.studio.hints import in_studio
from twin.core.text import placed, spans_of, words
from twin.inference.places import DEFAULT, Place, load

FORMS = {"text": "As plain text", "html": "As HTML", "api": "For LinkedIn's API (escaped)", "title": "As title"}
COPY = """() => {
  const button = document.getElementById(%r), text = button.dataset.text;
  const plainly = () => {
    const area = Object.assign(document.createElement('textarea'), {value: text});
    document.body.append(area); area.select(); document.execCommand('copy'); area.remove();
  };
  const written = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.resolve(plainly());
  written.then(() => emit(), plainly);
}"""
"""The text is read from the button's data: no word of a draft ever stands in code. writeText puts text/plain only."""
PICK = "() => { if (getSelection().isCollapsed) emit(); }"
"""Words that are marked with the mouse are to be copied: that picks no sentence."""
PLAIN = ("supported", "opinion")


def place_of(draft: Mapping[str, Any]) -> Place:
    return load(draft.get("place", DEFAULT))


def counted(draft: Mapping[str, Any], place: Place) -> str:
    characters = draft.get("characters", len(draft["text"]))
    most = f" / {place.limit:,}" if place.limit else ""
    return f"{characters:,}{most} {place.unit}"


class Post:
    """The text of a draft. Pressing a sentence calls `picked` with its number; marks of folds cannot be selected."""

    def __init__(self, draft: Mapping[str, Any], picked: Callable[[int], None]) -> None:
        self._spans: dict[int, list[Element]] = {}
        text, place = draft["text"], place_of(draft)
        spans = spans_of(text)
        status = statuses(text, draft["claims"])
        folds = folds_of(text, place)
        cuts = sorted({0, len(text), *folds, *(end for span in spans for end in span)})
        with part("div", "post").props('data-part="text"'):
            for start, end in pairwise(cuts):
                if start in folds:
                    mark = say("span", str(folds[start][0]), "fold")
                    mark.props(f'title="a feed on a {folds[start][1]} hides the rest from about here"')
                number = next((i for i, (low, high) in enumerate(spans, 1) if low <= start < high), 0)
                self._piece(text[start:end], number, status[number - 1] if number else "", picked)

    def _piece(self, words: str, number: int, found: str, picked: Callable[[int], None]) -> None:
        piece = say("span", words)
        if not number:
            return
        piece.classes("said" + (f" {found}" if found and found not in PLAIN else ""))
        if found and found not in PLAIN:
            piece.props(f'title="{MEANINGS[found]}"')
        if number not in self._spans:
            piece.props(f'role=button tabindex=0 aria-pressed=false data-sentence="{number}"')
            for key in ("keydown.enter", "keydown.space.prevent"):
                piece.on(key, lambda: picked(number))
        piece.on("click", lambda: picked(number), js_handler=PICK)
        self._spans.setdefault(number, []).append(piece)

    def mark(self, picked: Collection[int], kept: Collection[int]) -> None:
        """Shows which sentences are picked, and which are to stay."""
        for number, pieces in self._spans.items():
            for piece in pieces:
                for name, chosen in (("picked", picked), ("kept", kept)):
                    piece.classes(add=name if number in chosen else "", remove="" if number in chosen else name)
            pieces[0].props(f"aria-pressed={'true' if number in picked else 'false'}")


def statuses(text: str, claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """A text and what was found of it in, the status of each of its sentences out, empty for one without any.

    A claim belongs to the sentence that it stands in; where a place joined sentences or changed their marks, to one
    that has its words. Of several claims the first that is marked shows.
    """
    where = placed(text, [one["sentence"] for one in claims])
    made = []
    for low, high in spans_of(text):
        found = [one["status"] for one, span in zip(claims, where, strict=True) if span == (low, high)]
        found = found or [
            one["status"]
            for one, span in zip(claims, where, strict=True)
            if not span and _in(one["sentence"], text[low:high])
        ]
        made.append(next((one for one in found if one not in PLAIN), found[0] if found else ""))
    return made


def _in(claim: str, sentence: str) -> bool:
    said, whole = (f" {' '.join(words(one))} " for one in (claim, sentence))
    return bool(said.strip()) and (said in whole or whole in said)


def folds_of(text: str, place: Place) -> dict[int, tuple[int, str]]:
    """Where a feed may fold a text, before a whole word: `{position: (characters, where)}`."""
    found: dict[int, tuple[int, str]] = {}
    start = 0
    for one in place.folds:
        at = one.at(text)
        if at is not None:
            cut = max(text.rfind(" ", start, at), text.rfind("\n", start, at)) + 1 or at
            found[cut] = (one.characters, one.where)
            start = cut
    return found


def show_form(findings: Sequence[Mapping[str, str]]) -> None:
    """What the place minds."""
    if not findings:
        return
    with part("ul").props('data-part="form"'):
        for finding in findings:
            with part("li", f"minded {finding['level']}"):
                say("b", LEVELS[finding["level"]])
                say("span", f": {in_studio(finding['message'])}")
                if finding.get("fix"):
                    copy_button(finding["fix"], "Copy it mended")


def show_rendered(forms: Mapping[str, Any]) -> None:
    """Every form that differs from the text, to copy: the posts of a thread one by one."""
    for i, piece in enumerate(forms.get("numbered", []), 1):
        with part("div", "passage"):
            say("div", piece, "post")
            copy_button(piece, f"Copy part {i}")
    for name in FORMS:
        if forms.get(name):
            with fold(FORMS[name]):
                say("div", forms[name], "post mono")
                copy_button(forms[name], f"Copy {FORMS[name][0].lower()}{FORMS[name][1:]}")


def copy_button(text: str, label: str = "Copy") -> None:
    button = act(label, icon="content_copy", quiet=label != "Copy")
    button.props["data-text"] = text
    button.on("click", lambda: button.set_text("Copied"), js_handler=COPY % button.html_id)
