"""A twin whose drafts are fixed ones on a real store, its clients, and the studio that serves it.

Run as a program this file is the server of the page tests: `fake_twin.py HOME PORT TOKEN`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from twin.app.server import create_app
from twin.app.studio.shared import SharedTwin
from twin.core.layers import load_settings
from twin.core.protocols import Where
from twin.core.records import Adapter, digest
from twin.core.settings import Settings
from twin.inference.material.narrow import nothing_there
from twin.inference.plan import checked_request
from twin.pipeline import Twin

TOKEN = "a-token-of-the-test-0123456789"
HERE = "http://127.0.0.1:8377"
SILENT_S = 4.0
"""Longer than a page that was closed is remembered."""
HOOKS = ("scene", "question", "number", "claim", "claim")


class TwinWithFakeWriting(Twin):
    """Real store and real sources; the draft is a fixed one, so that no model is needed."""

    asked: Any = None
    wishes: Any = None

    def index_is_stale(self) -> bool:
        return True

    def write(self, brief: str, *, links: Any = (), **wishes: Any) -> dict[str, Any]:
        request = checked_request(brief)
        self.asked, self.wishes = (self.settings.write, list(links)), wishes
        if "break" in brief:
            raise RuntimeError("a secret of the inside")
        self.progress(1, 2, "writing")
        drafts = [fake_draft(request, variant) for variant in range(1, self.settings.write.variants + 1)]
        for draft in drafts:
            if "remember" in brief:
                draft.update(unconfirmed(draft))
            detail = {name: value for name, value in draft.items() if name not in ("text", "prompt")}
            self.store.add_draft(draft["id"], request, draft["text"], {**detail, "made": fake_making(draft)}, [])
        unread = [{"key": link, "reason": "a private network"} for link in links]
        return {"drafts": drafts, "brief": {"topic": request}, "unread": unread, "seconds": 0.1}


def fake_making(draft: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a draft so that it can be gone on with."""
    words = "We moved the stand-up to 15:00 and nobody missed the old one. Ask sooner. It is kind to ask."
    passage = {"id": "p1", "document": "d1", "title": "", "url": "", "text": words, "kind": "note", "published": ""}
    wishes: dict[str, list[str]] = {"must": [], "avoid": []}
    brief = {"topic": "stand-up, afternoon", "facts": [], "words": 60}
    return {"brief": brief, "prompt": draft["prompt"], "passages": [{**passage, "score": 1.0}], "wishes": wishes}


def unconfirmed(draft: dict[str, Any]) -> dict[str, Any]:
    """What is found of a draft that tells what its author alone can know, and that has a problem."""
    told = {"sentence": "Ask sooner.", "status": "memory", "sources": [], "finding": "only you can confirm it"}
    backed = {**draft["claims"][0], "sources": ["p1"]}
    return {"claims": [backed, told], "problems": ["it is short"], "rendered": {"api": "We moved \\(it\\)."}}


def fake_draft(request: str, variant: int = 1) -> dict[str, Any]:
    own = {"document": "d9", "kind": "post", "title": "Why <b>stand</b>", "url": "https://example.org/why",
           "published": "2024-05-06"}  # fmt: skip
    rows = [("words a sentence", 17.25, 9.0, 15.5, False), ("emoji", 0.0, 0.0, 0.0, True),
            ("“I” in 100 words", 2.1, 1.0, 6.4, True), ("lines of a list", 3.0, 0.0, 1.0, False)]  # fmt: skip
    text = (
        "We moved the stand-up to 15:00.\n\nNobody missed the old one. <b>Nobody.</b> It cost us 12 minutes "
        "a week, and it gave the two people in Lisbon their mornings back; I had not asked them in three "
        "years.\n\nAsk sooner."
    )
    source = {
        "id": "p1",
        "document": "d1",
        "title": "Notes on <i>meetings</i>",
        "url": "https://example.org/meetings",
        "published": "2025-03-04",
        "excerpt": "We moved the stand-up to 15:00 and nobody missed the old one.",
        "outside": False,
        "theirs": False,
        "used": True,
        "offered": ["moved the stand-up to 15:00", "<b>24</b> people"],
    }
    offered = {**source, "id": "p2", "title": "Other notes", "url": "javascript:alert(1)", "used": False,
               "theirs": True, "offered": []}  # fmt: skip
    return {
        "id": digest("draft", text, request, variant) if variant > 1 else digest("draft", text, request),
        "text": text,
        "characters": len(text),
        "variant": variant,
        "place": "linkedin-post",
        "hook": {"kind": HOOKS[variant - 1], "share": 0.31},
        "angle": {"hook": HOOKS[variant - 1], "claims": [
            {"fact": "the stand-up at <b>15:00</b>", "source": "p1", "leads": True, "made": True},
            {"fact": "12 minutes", "source": "request", "leads": False, "made": False}]},
        "model": "fake",
        "adapter": None,
        "made_with": {"twin": "0.1.0", "model": "fake-1", "adapter": None, "dataset": None, "prompt": "1",
                      "exemplars": [], "sampling": {"candidates": 8, "temperature": 0.5, "seed": 7}},
        "cost": {"seconds": 12.31, "tokens_read": 4120, "tokens_written": 1888, "drafts": 1},
        "created": f"2025-06-01T10:00:0{variant}.000+00:00",
        "prompt": [{"role": "system", "content": "You are Ada Example."}, {"role": "user", "content": "Write a <b>."}],
        "sections": [{"heading": "", "prompt": [{"role": "user", "content": "Write what opens it."}]}],
        "style": {"verdict": "unclear", "percentile": 31.0, "score": 1.2, "range": [0.9, 2.1], "version": "4"},
        "habits": {"of": "24 posts", "why": "", "rows": [
            dict(zip(("habit", "value", "low", "high", "within"), row, strict=True)) for row in rows]},
        "copying": {"longest_run_words": 4, "share": 0.05, "run": "nobody missed the old", "gate": 12, "of": own},
        "repetition": {"value": 0.71, "gate": 0.5, "repeated": True, "told": {**own, "shared": ["moved", "stand"]},
                       "opening": [own], "why": ""},
        "claims": [
            {"sentence": "We moved the stand-up to 15:00.", "status": "supported", "sources": ["p1"], "finding": ""},
            {"sentence": "It cost us 12 minutes a week", "status": "not_found", "sources": [], "finding": "not: 12"},
            {"sentence": "Ask sooner.", "status": "opinion", "sources": [], "finding": ""},
        ],
        "code": {"lines": 3, "absent": [{"line": "at <b>16:00</b>", "finding": "not in your sources: 16:00"}]},
        "problems": [],
        "sources": [source, offered],
    }  # fmt: skip


def settings_of(home: Path, **serving: Any) -> Settings:
    flags = {"model.kind": "fake", "index.embedder": "fake", **{f"serve.{k}": v for k, v in serving.items()}}
    return load_settings(home, flags=flags, env={})[0]


def client_of(home: Path, **serving: Any) -> TestClient:
    settings = settings_of(home, **serving)
    shared = SharedTwin(settings, TwinWithFakeWriting(settings))
    return TestClient(create_app(settings, pages=False, shared=shared), base_url=HERE)


def know_the_author(home: Path) -> None:
    twin = Twin(settings_of(home))
    twin.init("Ada Example", ["ada@example.org"])
    twin.close()


def error_of(answer: Any) -> dict[str, str]:
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint"} and error["message"]
    return error


class SlowTwin(TwinWithFakeWriting):
    """Writes for long enough that progress can be seen; what it may not stand on it refuses as the real one does."""

    def write(self, brief: str, *, links: Any = (), **wishes: Any) -> dict[str, Any]:
        self._year(self.settings.write.year)
        where = wishes["where"]
        wrong = nothing_there(self.store.documents("retrieve"), where) if where != Where() else None
        if wrong:
            raise wrong
        steps = 80 if "slowly" in brief else 12
        for step in range(steps):
            self.progress(step, steps, "writing")
            time.sleep(0.08)
        return super().write(brief, links=links, **wishes)

    def versions(self, draft: str) -> list[dict[str, Any]]:
        """Slow enough that two presses in a row meet."""
        time.sleep(0.05)
        return super().versions(draft)

    def forget(self, what: str) -> dict[str, Any]:
        """A source whose name says so goes slowly, without a word of progress."""
        if any(one.id == what and "slowly" in one.location for one in self.store.sources()):
            time.sleep(SILENT_S)
        return super().forget(what)

    def plan_training(self) -> dict[str, Any]:
        found = {"texts": 30, "examples": 30, "mean_tokens": 200, "steps": 24, "tokens_per_second": 210.0}
        sizes = {"seconds": 900, "memory_bytes": 10**9, "memory_free_bytes": 8 * 10**9}
        more = {"parameters": 135_000_000, "fits_parameters": 900_000_000, "fits_parameters_4bit": 10**9, "bases": []}
        chosen = {"recipe": {"learning_rate": 0.001, "epochs": 3}, "why": {"epochs": "for 30 examples"}}
        advice = ["<b>30</b> texts give a voice."]
        stages = [{"name": "steps", "seconds": 600, "what": "24 steps, 210 tokens/s"}]
        stages.append({"name": "gate", "seconds": 300, "what": "the gate, 72 texts and 36 losses"})
        took = {"stages": stages, "refit_seconds": 800}
        return {"dataset": "d1", "base": "fake", **found, **sizes, **more, **chosen, **took, "advice": advice}

    def train(self) -> dict[str, Any]:
        """Registers an adapter and its card; the first passes the gate and no full report, later ones not even that."""
        before = self.store.adapters()
        identity = f"voice{len(before) + 1}"
        for step in range(12):
            self.progress(step, 12, "loss 3.1")
            time.sleep(0.08)
        gate: dict[str, Any] = {"verdict": "candidate" if before else "activate", "reason": "Because <i>so</i>."}
        if not before:
            gate["full"] = {"verdict": "candidate", "reason": "Not of <i>all</i>."}
        folder = self.home / "adapters" / identity
        folder.mkdir(parents=True)
        card = {"steps": 24, "examples": 30, "seconds": 9.0, "tokens_per_second": 210.0, "best": 2}
        curve = [3.6 - 0.03 * i + 0.1 * (i % 3) for i in range(24)]
        (folder / "adapter.json").write_text(json.dumps({**card, "epochs": [3.2, 3.0], "curve": curve}))
        losses, settings = {"before": 3.5, "after": 3.0}, {"rank": 16, "seed": 7}
        made = Adapter(identity, "d1", "fake", "lora-sft", "candidate", folder, losses, settings, gate)
        self.store.add_adapter(made, [])
        if not before:
            self.store.set_adapter_state(identity, "active")
        return {"adapter": identity, "dataset": "d1", "base": "fake", "gate": gate, "active": "voice1"}


def main() -> None:
    from twin.app import server
    from twin.app.face import quiet_libraries
    from twin.app.studio import shared

    quiet_libraries()
    shared.Twin = SlowTwin  # type: ignore[misc]
    server.serve(settings_of(Path(sys.argv[1]), port=int(sys.argv[2]), token=sys.argv[3]))


if __name__ == "__main__":
    main()
