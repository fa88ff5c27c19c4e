"""The adapters there are: what each was made of and measured at, what tells two apart, which one writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest, NotFound, TwinError
from twin.core.records import Adapter
from twin.pipeline.parts import Parts

if TYPE_CHECKING:
    from twin.models.weights import Base

FIGURES = (
    "examples",
    "steps",
    "tokens",
    "tokens_per_second",
    "seconds",
    "epochs",
    "voices",
    "best",
    "curve",
    "pairs",
    "pairs_left_out",
    "parity",
    "notes",
)
"""What is shown of an adapter's card; an older one may lack some."""
INSIDE = ("versions",)
"""Settings that hold others."""
TOLD = ("why",)
"""What is kept with the settings and is none."""


class Adapters(Parts):
    """The registry as its author sees it."""

    def by_size(self) -> dict[str, tuple[Any, str]]:
        """The settings of training that are left open, each with its value for this base and dataset and the reason.

        One that cannot be told stays 0 and says what is wrong; passes are left out before the first dataset.
        """
        from twin.models.weights import find_base, parameters
        from twin.training.by_size import BY_BASE, by_size

        train = self.settings.train
        there = bool(self.settings.store.url) or (self.home / "twin.db").is_file()
        size, no_base = _or_why(lambda: parameters(find_base(train.base, cache=self.settings.cache)))
        examples, no_dataset = _or_why(lambda: _examples(self.store.datasets()) if there else None)
        values, why = by_size(train.model_dump(), parameters=size, examples=examples)
        wrong = {**dict.fromkeys(BY_BASE, no_base), "epochs": no_dataset}
        untold = {name: (0, reason) for name, reason in wrong.items() if reason and not getattr(train, name)}
        told = untold | {name: (value, why[name]) for name, value in values.items()}
        return {f"train.{name}": one for name, one in told.items()}

    def adapters(self) -> list[dict[str, Any]]:
        """Every adapter, oldest first, as `adapter` shows one."""
        return [self._told(adapter) for adapter in self.store.adapters()]

    def adapter(self, name: str) -> dict[str, Any]:
        """An id or its beginning in; the record, the figures of its training and of its gate out. Raises: NotFound."""
        return self._told(self._called(name))

    def compare_adapters(self, before: str, after: str) -> dict[str, Any]:
        """Two ids in, `{before after losses voice gate settings sentences}` out: pairs, and in words what differs."""
        old, new = self.adapter(before), self.adapter(after)
        pairs = {name: [old[name], new[name]] for name in ("losses", "voice")}
        made = (
            {**one["settings"], **{name: one[name] for name in ("base", "dataset", "method")}} for one in (old, new)
        )
        found = {
            "before": old["id"],
            "after": new["id"],
            **pairs,
            "gate": [one["gate"].get("verdict", "") for one in (old, new)],
            "settings": _differing(*map(_flat, made)),
        }
        return {**found, "sentences": _sentences(found)}

    def activate(self, name: str = "", *, previous: bool = False) -> dict[str, Any]:
        """An adapter's id or its beginning, or "none", in; what is active now, and was before, out.

        `previous` rolls back to the one that was active before, step by step. What the gate did not pass is made active
        all the same, and the registry says so. Raises: NotFound, BadRequest.
        """
        if bool(name) == previous:
            raise BadRequest(
                "nothing to activate was named, or two things", "twin activate ID, or twin activate --previous"
            )
        active = self.store.active_adapter()
        chosen = None if name == "none" else self._previous() if previous else self._called(name)
        with self.stage("activate"):
            if chosen is None:
                if active:
                    self.store.set_adapter_state(active.id, "retired")
            elif chosen.state == "tainted":
                raise BadRequest(f"adapter {chosen.id!r} learned from a forgotten text", "train again: twin train")
            else:
                if chosen.state == "candidate" and self._measured_by(chosen).gate.get("verdict") != "activate":
                    self.store.set_gate(chosen.id, {**chosen.gate, "overridden": True})
                self.store.set_adapter_state(chosen.id, "active", back=previous)
        return {"active": chosen.id if chosen else None, "before": active.id if active else None}

    def previous_adapter(self) -> str | None:
        """What `activate(previous=True)` goes back to: a refit and the gated one that it repeats are one step."""
        adapters, active = {one.id: one for one in self.store.adapters()}, self.store.active_adapter()
        here = {active.id, active.refit_of} if active else set()
        ever = [adapters[one] for one in self.store.activations()[::-1] if one in adapters and one not in here]
        return next((one.id for one in ever if one.state != "tainted"), None)

    def warnings(self) -> list[str]:
        """What speaks against the adapter that writes, in words: a full report that it, or whom it repeats, failed."""
        active = self.store.active_adapter()
        if active is None:
            return []
        measured = self._measured_by(active)
        full = measured.gate.get("full", {})
        if full.get("verdict") != "candidate":
            return []
        repeats = f", which repeats {measured.id}" if active.refit_of else ""
        return [
            f"the full report would not let adapter {active.id}{repeats}, write: {full['reason']} "
            "It writes all the same: twin activate --previous rolls back, twin activate none writes without"
        ]

    def base_of(self, adapter: Adapter) -> Base:
        """The base that an adapter was trained on, which today's settings need not name. Raises: NotFound."""
        from twin.models.weights import find_again

        at = str(_read(adapter.path / "adapter.json").get("base_at", ""))
        places = (at, self.settings.train.base, self.settings.model.name)
        known = str(adapter.settings.get("base_digest", ""))
        return find_again(adapter.base, known, places=places, cache=self.settings.cache)

    def _measured_by(self, adapter: Adapter) -> Adapter:
        """The one whose gate speaks for an adapter: itself, or the gated one that it was fitted again after."""
        return next((one for one in self.store.adapters() if one.id == adapter.refit_of), adapter)

    def _previous(self) -> Adapter:
        found = self.previous_adapter()
        if found is None:
            raise NotFound(
                "no other adapter was active before", "list them with: twin adapters; write without: twin activate none"
            )
        return self.store.adapter(found)

    def _called(self, name: str) -> Adapter:
        found = [one for one in self.store.adapters() if name and one.id.startswith(name)]
        if len(found) > 1 and not (found := [one for one in found if one.id == name]):
            raise BadRequest(f"several adapters begin with {name!r}", "give more of its id: twin adapters")
        return found[0] if found else self.store.adapter(name)

    def _told(self, adapter: Adapter) -> dict[str, Any]:
        card = _read(adapter.path / "adapter.json")
        named = Path(str(adapter.gate.get("report", ""))).parent.name  # the home may have moved since
        report = self.home / "reports" / named / "report.html"
        measured = _read(report.with_name("report.json")) if named else {}
        return {
            **asdict(adapter),
            "path": str(adapter.path),
            "created": f"{adapter.created:%Y-%m-%dT%H:%M:%SZ}" if adapter.created else "",
            "figures": {name: card[name] for name in FIGURES if name in card},
            "voice": measured.get("variants", {}).get("twin", {}).get("gap_closed", {}),
            "report": str(report) if measured else "",
        }


def _or_why(look: Callable[[], int | None]) -> tuple[int | None, str]:
    """A number and no words, or none and what is wrong."""
    try:
        return look(), ""
    except TwinError as bad:
        return None, bad.message


def _examples(datasets: Sequence[tuple[str, Path, Mapping[str, Any]]]) -> int | None:
    """How many examples the newest of some datasets has to learn from; None where there is none, or it is gone."""
    file = datasets[-1][1] / "train.jsonl" if datasets else None
    return file.read_bytes().count(b"\n") if file and file.is_file() else None


def _read(file: Path) -> dict[str, Any]:
    """A JSON file, empty where it is gone: forgetting a text removes reports."""
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else {}


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in, the same with those inside others by their own names out."""
    inside = {name: value for outer in INSIDE for name, value in settings.get(outer, {}).items()}
    return {**{name: value for name, value in settings.items() if name not in (*INSIDE, *TOLD)}, **inside}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    names = sorted({*old, *new})
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}


def _sentences(found: Mapping[str, Any]) -> list[str]:
    lines = []
    losses = [one.get("after") for one in found["losses"]]
    if None in losses:
        lines.append("held-out loss: not measured on both")
    else:
        lines.append(f"held-out loss: {losses[0]:.3f} -> {losses[1]:.3f} nats a token ({losses[1] - losses[0]:+.3f})")
    lines.append(f"voice, gap closed: {_voice(found['voice'][0])} -> {_voice(found['voice'][1])}")
    lines.append("gate: " + " -> ".join(verdict or "none" for verdict in found["gate"]))
    if found["settings"].get("dataset"):
        lines.append(
            "they learned from different datasets, so their losses are of different texts where the split moved"
        )
    lines += [f"{name}: {old} -> {new}" for name, (old, new) in found["settings"].items()]
    return lines if found["settings"] else [*lines, "made in the same way"]


def _voice(measured: Mapping[str, Any]) -> str:
    if measured.get("value") is None:
        return "not measured"
    return f"{measured['value']:.2f} [{measured['low']:.2f}, {measured['high']:.2f}]"
