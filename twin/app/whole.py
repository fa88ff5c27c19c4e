"""Stored drafts in, what a person reads of all of them, or of all that was found of one, out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from twin.app import drafts, in_words
from twin.core.text import counted


def listed(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        f"{row['id']}  {row['created'][:10] or 'undated':10}  {row['place']:16} "
        f"{row['versions']} version{' ' if row['versions'] == 1 else 's'}  {'taken' if row['taken'] else '     '}  "
        f"{textwrap.shorten(row['request'], 60, placeholder=' …')}"
        for row in rows
    ]
    return "\n".join([*lines, counted(len(rows), "draft")])


def draft(found: Mapping[str, Any]) -> str:
    """The draft as `write` printed it, then each habit and score beside the author's range, versions and prompt."""
    lines = [drafts.drafts({"drafts": [found], "unread": [], "seconds": None})]
    if in_words.scale(found):
        lines += ["", f"voice: {in_words.scale(found)}"]
    rows = found.get("habits", {}).get("rows", [])
    if rows:
        lines += ["", f"habits, beside your {found['habits']['of']}"]
        lines += [f" {'+' if row['within'] else '!'} {in_words.habit(row)}" for row in rows]
    if found["copying"].get("run"):
        of = found["copying"].get("of")
        lines += [
            "",
            f"longest shared run{f', in {in_words.named(of)}' if of else ''}",
            f" “{found['copying']['run']}”",
        ]
    told = found.get("repetition", {}).get("told")
    if told:
        lines += ["", f"words in common with {in_words.named(told)}", f" {', '.join(told['shared'])}"]
    lines += ["", "versions", *in_words.listed(found["versions"])]
    for message in found.get("prompt", []):
        lines += ["", f"── {message['role']}", message["content"]]
    for number, section in enumerate(found.get("sections", []), 1):
        lines += ["", f"── section {number}, {section['heading'] or 'which opens it'}"]
        lines += [message["content"] for message in section["prompt"] if message["role"] == "user"]
    return "\n".join(lines)
