"""Adapters in, what a person reads of them on the terminal out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def losses(found: Mapping[str, float | None]) -> str:
    """Losses before and after in, `3.392 -> 2.841` out; a refit has no unseen words to be measured on."""
    before, after = found.get("before"), found.get("after")
    return f"{before:.3f} -> {after:.3f}" if before is not None and after is not None else "not measured"


def verdict(row: Mapping[str, Any]) -> str:
    """What the gate said, or whose repetition it is; and whether the author overrode it."""
    said = row["gate"].get("verdict") or (f"refit of {row['refit_of']}" if row["refit_of"] else "not gated")
    return f"{said}, overridden by you" if row["gate"].get("overridden") else said


def full(row: Mapping[str, Any]) -> str:
    """What the full report said, as in `full report: candidate`; empty before there was one."""
    found = row["gate"].get("full", {})
    return f"full report: {found['verdict']}" if found else ""


def listed(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "no adapters yet"
    return "\n".join(
        f"{row['id']}  {row['created']}  {row['state']:9}  {row['method']} of {row['base']}  "
        f"loss {losses(row['losses'])}  {'; '.join(said for said in (verdict(row), full(row)) if said)}"
        for row in rows
    )


def whole(row: Mapping[str, Any]) -> str:
    """All that the registry knows of one adapter."""
    settings = dict(row["settings"])
    versions = ", ".join(f"{name} {version}" for name, version in settings.pop("versions", {}).items())
    digest = settings.pop("base_digest", "not recorded")
    why = settings.pop("why", {})
    figures, voice = row["figures"], row["voice"]
    lines = [
        f"adapter   {row['id']} ({row['state']}), made {row['created']}"
        + (f", refit of {row['refit_of']}" * bool(row["refit_of"])),
        f"base      {row['base']} (digest {digest})",
        f"dataset   {row['dataset']}",
        f"method    {row['method']}: " + ", ".join(f"{name} {value}" for name, value in settings.items()),
        *([f"by size   {', '.join(f'{name} {why[name]}' for name in why)}"] if why else []),
        f"versions  {versions or 'not recorded'}",
        f"losses    {losses(row['losses'])} nats a token on unseen words{_passes(figures)}",
    ]
    if "steps" in figures:
        lines.append(
            f"training  {figures['steps']} steps on {figures['examples']} examples, {figures['seconds']:.0f} s, "
            f"{figures['tokens_per_second']:.0f} tokens/s"
        )
    parity = figures.get("parity") or {}
    if "left_out" in parity:
        lines.append(f"llama.cpp not compared: {parity['left_out']}")
    elif parity:
        lines.append(f"llama.cpp top-1 agreement {parity['top1_agreement']:.1%}, KL {parity['kl']:.4f}")
    if voice.get("value") is not None:
        lines.append(f"voice     gap closed {voice['value']:.2f} [{voice['low']:.2f}, {voice['high']:.2f}]")
    lines.append(f"gate      {verdict(row)}" + (f": {row['gate']['reason']}" if row["gate"].get("reason") else ""))
    if full(row):
        lines.append(f"evaluate  {full(row)}: {row['gate']['full']['reason']}")
    lines += [f"note      {note}" for note in figures.get("notes", [])]
    return "\n".join([*lines, f"report    {row['report'] or 'none, or gone'}", f"folder    {row['path']}"])


def _passes(figures: Mapping[str, Any]) -> str:
    epochs = figures.get("epochs", [])
    if not epochs:
        return ""
    voices = ", ".join("none" if voice is None else f"{voice:.2f}" for voice in figures.get("voices", []))
    heard = f" (voice, gap closed on the texts to stop by: {voices})" if voices else ""
    return f"; by pass {', '.join(f'{loss:.3f}' for loss in epochs)}{heard}, kept is {figures['best']}"


def compared(found: Mapping[str, Any]) -> str:
    return "\n".join([f"{found['before']} -> {found['after']}", *(f"  {one}" for one in found["sentences"])])
