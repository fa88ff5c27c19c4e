"""A draft in, what a person needs to judge it out: the text as a feed shows it, its claims, its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.app.drafts import LEVELS, opening
from twin.app.show import MEANINGS, VERDICTS
from twin.app.studio.frame import act, fold, link, part, say
from twin.inference.places import DEFAULT, Place, load

FORMS = {"text": "plain text", "html": "HTML", "api": "text for LinkedIn's interface", "title": "title"}
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


def show_draft(draft: Mapping[str, Any]) -> None:
    place = load(draft.get("place", DEFAULT))
    _text(draft["text"], place)
    with part("div", "row-of"):
        _copy_button(draft["text"])
        with part("div", "soft grow"):
            say("div", _counted(draft, place))
            if place.folds:
                folds = ", ".join(f"{one.characters} on a {one.where}" for one in place.folds)
                say("div", f"a feed folds near {folds}")
    _form(draft.get("form", []))
    _rendered(draft.get("rendered", {}))
    _voice(draft)
    _claims(draft)
    _mended(draft.get("mended", []))
    _sources(draft["sources"])


def _counted(draft: Mapping[str, Any], place: Place) -> str:
    characters = draft.get("characters", len(draft["text"]))
    most = f" / {place.limit:,}" if place.limit else ""
    return f"{characters:,}{most} {place.unit}"


def _text(text: str, place: Place) -> None:
    """The text with a mark wherever a feed may fold it; marks cannot be selected."""
    with part("div", "post"):
        start = 0
        for one in place.folds:
            at = one.at(text)
            if at is not None:
                cut = max(text.rfind(" ", start, at), text.rfind("\n", start, at)) + 1 or at
                say("span", text[start:cut])
                mark = say("span", str(one.characters), "fold")
                mark.props(f'title="a feed on a {one.where} hides the rest from about here"')
                start = cut
        say("span", text[start:])


def _form(findings: list[dict[str, str]]) -> None:
    with part("ul").props('data-part="form"'):
        for finding in findings:
            with part("li", f"minded {finding['level']}"):
                say("b", LEVELS[finding["level"]])
                say("span", f": {finding['message']}")
                if finding.get("fix"):
                    _copy_button(finding["fix"], "Copy it mended")


def _rendered(forms: Mapping[str, Any]) -> None:
    """Every form that differs from the text, to copy: the posts of a thread one by one."""
    for i, piece in enumerate(forms.get("numbered", []), 1):
        with part("div", "passage"):
            say("div", piece, "post")
            _copy_button(piece, f"Copy part {i}")
    for name in FORMS:
        if forms.get(name):
            with fold(f"As {FORMS[name]}"):
                say("div", forms[name], "post mono")
                _copy_button(forms[name], f"Copy {FORMS[name]}")


def _copy_button(text: str, label: str = "Copy") -> None:
    button = act(label, icon="content_copy", quiet=label != "Copy")
    button.props["data-text"] = text
    button.on("click", lambda: button.set_text("Copied"), js_handler=COPY % button.html_id)


def _voice(draft: Mapping[str, Any]) -> None:
    style, copying = draft["style"], draft["copying"]
    verdict = VERDICTS[style["verdict"]]
    if style.get("percentile") is not None and style["verdict"] != "too-short":
        verdict += f" (above {style['percentile']:.0f}% of your own posts)"
    elif style.get("why"):
        verdict += f" ({style['why']})"
    run, gate = copying["longest_run_words"], copying.get("gate")
    copied = f"longest run shared with your posts or sources: {run} words"
    if gate is not None:
        copied += f", {'more than' if run > gate else 'within'} the {gate:.0f} that are allowed"
    by = f"adapter {draft['adapter']}" if draft.get("adapter") else "your posts as examples"
    with part("ul"):
        say("li", f"Voice: {verdict}.")
        say("li", f"Copying: {copied}.")
        for problem in draft.get("problems", []):
            say("li", f"Problem: {problem}.")
        if draft.get("hook"):
            said = opening(draft["hook"])
            say("li", f"{said[0].upper()}{said[1:]}.")
        held = draft.get("bound", {"held": True})
        if not held["held"]:
            say("li", f"Numbers, dates and links were not held to your sources: {held['why']}.")
        say("li", f"Written by {draft['model']} with {by}.", "soft")


def _claims(draft: Mapping[str, Any]) -> None:
    numbers = {source["id"]: i + 1 for i, source in enumerate(draft["sources"])}
    say("h3", "Sentence by sentence")
    if not draft["claims"]:
        say("p", "No sentence in it can be checked.", "soft")
    with part("div"):
        for claim in draft["claims"]:
            with part("div", f"claim {claim['status']}"):
                say("span", claim["sentence"])
                say("span", _finding(claim, numbers), "status")


def _mended(changes: list[dict[str, str]]) -> None:
    """What was written first and is not so any more, or stays with its mark."""
    if not changes:
        return
    with fold(f"{len(changes)} sentence{'' if len(changes) == 1 else 's'} mended"):
        for one in changes:
            with part("div", "claim"):
                say("span", one["sentence"])
                say("span", one["why"], "status")


def _finding(claim: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    where = ["your brief" if one == "request" else f"source {numbers[one]}"
             for one in claim["sources"] if one == "request" or one in numbers]  # fmt: skip
    words = MEANINGS[claim["status"]]
    if where:
        return f"{words}: {', '.join(where)}"
    return f"{words} ({claim['finding']})" if claim.get("finding") else words


def _sources(sources: list[dict[str, Any]]) -> None:
    say("h3", "Sources")
    if not sources:
        say("p", "None: nothing of yours is near this brief, so no fact in the draft is backed.", "soft")
    with part("div"):
        for i, source in enumerate(sources):
            with part("div", "passage"):
                with part("div", "head"):
                    say("b", f"{i + 1}. {source['title']}")
                    say("span", (source.get("published") or "undated")[:10], "soft")
                    say("span", "used" if source["used"] else "only offered", "kind")
                    if source.get("outside"):
                        say("span", "added by you", "kind")
                if source.get("excerpt"):
                    say("div", source["excerpt"], "excerpt")
                if source["url"]:
                    link(source["url"], source["url"])
