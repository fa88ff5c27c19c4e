"""What is typed into a page, kept by the browser tab: no reload, other page or new start of the server loses it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from nicegui import Client, ui

KEEP = "value => value ? sessionStorage.setItem(%s, value) : sessionStorage.removeItem(%s)"
ANSWER_S = 20.0
"""Longest wait for a browser that is busy, in seconds."""


def keep(field: ui.input, name: str) -> None:
    key = json.dumps(f"typed {name}")
    field.on("update:value", js_handler=KEEP % (key, key))


async def kept(client: Client, names: Iterable[str]) -> dict[str, str]:
    """What was typed into the fields of these names; those that are empty are left out.

    Nothing where the browser does not answer: its tab was closed at once, or sleeps. It keeps what it has.
    """
    asked = json.dumps({name: f"typed {name}" for name in names})
    reading = (
        f"const found = {{}}; for (const [name, key] of Object.entries({asked})) "
        "found[name] = sessionStorage.getItem(key); return found"
    )
    try:
        found = await client.run_javascript(reading, timeout=ANSWER_S)
    except TimeoutError:
        return {}
    return {name: text for name, text in (found or {}).items() if text}


def forget(client: Client, name: str) -> None:
    client.run_javascript(f"sessionStorage.removeItem({json.dumps(f'typed {name}')})")
