"""Results in, what a person reads on the terminal out. The JSON of the same command holds more."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twin.app import voices
from twin.core.settings import SECRETS, Settings, env_name, sections
from twin.core.text import counted
from twin.training.by_size import size_of

MARKS = {"supported": "+", "contradicted": "!", "not_found": "?", "opinion": "~", "memory": "m"}
MEANINGS = {
    "supported": "stands in a source",
    "contradicted": "a source says otherwise",
    "not_found": "not found in your sources",
    "opinion": "an opinion or a turn of phrase",
    "memory": "told in none of your texts: only you can confirm it",
}
OUTCOMES = ("found", "stored", "edited", "unchanged", "duplicates", "skipped")
VERDICTS = {
    "reads-like-you": "reads like you",
    "unclear": "unclear whether it reads like you",
    "does-not": "does not read like you",
    "too-short": "too short to tell a voice",
}


MOST_REASONS = 6
"""So many reasons of one source are told in words."""


def collected(result: Mapping[str, Any]) -> str:
    """Counts per source; found is the sum of the other five."""
    lines = []
    for source in result["sources"]:
        lines.append(f"{source['kind']}: {source['location']}")
        if "error" in source:
            lines += [f"  error: {source['error']}", f"  try: {source['hint']}"]
            continue
        if source.get("same"):
            lines.append("  holds what it held: nothing to read")
        counts = [f"{source[name]} {name}" for name in ("stored", "edited", "unchanged", "duplicates")]
        lines.append(f"  {source['found']} found = {' + '.join(counts)} + {len(source['skipped'])} skipped")
        reasons = Counter(skip["reason"] for skip in source["skipped"])
        lines += [f"  skipped {n}: {reason}" for reason, n in reasons.most_common(MOST_REASONS)]
        if rest := [n for _, n in reasons.most_common()[MOST_REASONS:]]:
            lines.append(f"  skipped {sum(rest)}: for {len(rest)} other reasons, each in: twin sources --json")
    return "\n".join([*lines, f"{counted(result['documents'], 'document')} in all"])


def sources(rows: Sequence[Mapping[str, Any]]) -> str:
    """Each with its id, which `twin forget` and `twin mark` take."""
    lines = []
    for row in rows:
        theirs = "" if row["consent"] == "mine" else ", someone else's words"
        lines.append(f"{row['id']}  {row['kind']}: {row['location']}{theirs}")
        counts = ", ".join(f"{row['counts'][name]} {name}" for name in OUTCOMES if row["counts"].get(name))
        failed = row["failed"]
        if failed:
            lines.append(f"  failed {tried(failed)}: {failed['message']}")
            lines += [f"  try: {failed['hint']}"] if failed["hint"] else []
        if row["counts"] or not failed:
            before = " before" if failed else ""
            lines.append(f"  {counts or ('nothing found' if row['counts'] else 'not collected yet')}{before}")
    return "\n".join(lines) or "no sources yet"


def tried(failed: Mapping[str, str]) -> str:
    """`2026-11-30 16:05 UTC`"""
    return f"{failed['when'][:16].replace('T', ' ')} UTC"


def dataset(result: Mapping[str, Any]) -> str:
    sides = result["documents"]
    lines = [f"dataset {result['version']}"]
    for side, words in (("train", "to learn from"), ("tune", "to stop by"), ("test", "held out")):
        dates = " to ".join(result["dates"].get(side) or ["no dates"])
        lines.append(f"  {side:5} {result[side]:4} examples of {sides[side]:3} texts {words} ({dates})")
    lines += [f"  left out {n:3}: {why}" for why, n in sorted(result["rejected"].items(), key=lambda one: -one[1])]
    lines += [
        f"  no section to be {lost['said']} in {lost['document']}: {lost['why']}"
        for lost in result["decisions"]["unmet"]
    ]
    if result["helper"]:
        helper = result["helper"]
        lines.append(f"  briefs by {helper['name']}: {helper['briefs']}, drafts without a voice: {helper['neutral']}")
        lines += [f"  by rule {n:4}: {why}" for why, n in helper["by_rule"].items()]
    if kept := result.get("preference", 0):
        lines.append(f"  {counted(kept, 'pair')} of what you chose and edited beside it, see train.method")
    return "\n".join([*lines, *(f"  {note}" for note in result.get("notes", []))])


def helper_plan(plan: Mapping[str, Any] | None, *, whole: bool = True) -> str:
    """What a helper would be asked and what it costs; `whole` adds the first request, word for word."""
    if plan is None:
        return "no helper model: briefs are made by rule (helper.url and helper.name name one)"
    lines = [
        f"helper {plan['model']} at {plan['host']}: {plan['requests']} requests for {plan['sections']} sections, "
        f"{plan['cached']} answered before",
        f"  about {plan['tokens_in']:,} tokens in and {plan['tokens_out']:,} out: {plan['price']:.2f}, with "
        f"every retry at most {plan['price_most']:.2f}, by helper.price_in and helper.price_out",
    ]
    if whole and plan["first"]:
        lines.append("  each request is like this first one, private things masked:")
        lines += [textwrap.indent(f"── {one['role']}\n{one['content']}", "  ") for one in plan["first"]]
    return "\n".join(lines)


def examples(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        said = row["decision"] + (" (in the next version)" if row["waiting"] else "") if row["decision"] else ""
        if row["waiting"] and not said:
            said = "as written (in the next version)"
        lines.append(
            f"{row['id']}  {row['side']:5}  {row['shape']:11}  {row['words']:4} words  "
            f"{row['published'] or 'undated':10}  {textwrap.shorten(row['opening'], 52, placeholder=' …')}"
            + (f"  [{said}{': ' + row['why'] if row['why'] else ''}]" if said else "")
        )
    return "\n".join([*lines, counted(len(rows), "example")])


def example(row: Mapping[str, Any]) -> str:
    """The prompt as the model sees it, then the text that is learned; the section as written where that differs."""
    lines = [
        f"{row['id']}  {row['side']}, {row['shape']}, {row['words']} words, {row['kind']} from {row['place']} of "
        f"{row['published'] or 'no date'}, document {row['document']}, dataset {row['dataset']}"
    ]
    if row["decision"] or row["waiting"]:
        lines.append(
            f"{row['decision'] or 'as written'}{', in the next version' if row['waiting'] else ''} {row['why']}"
        )
    for message in row["prompt"]:
        lines += ["", f"── {message['role']}", message["content"]]
    lines += ["", "── learned", row["completion"]]
    if not row["written"]:
        lines += ["", "the document has no such section any more"]
    elif row["written"] != row["completion"]:
        lines += ["", "── as written", row["written"]]
    return "\n".join(lines)


def difference(result: Mapping[str, Any]) -> str:
    head = f"{result['before']} -> {result['after']}"
    return "\n".join([head, *(f"  {one}" for one in result["sentences"] or ["the same texts, made in the same way"])])


def planned(result: Mapping[str, Any]) -> str:
    larger = result["fits_parameters_4bit"] > result["fits_parameters"]
    in_four = f", {size_of(result['fits_parameters_4bit'])} in four bits" * larger
    needed, free = (result[name] / 1e9 for name in ("memory_bytes", "memory_free_bytes"))
    refit = result["refit_seconds"]
    again = f"; where it is passed, at most {took(refit)} more to learn from everything" if refit else ""
    lines = [
        f"{result['texts']} texts make {result['examples']} examples of {result['mean_tokens']} tokens on average",
        *(f"  {one['what']}: {took(one['seconds'])}" for one in result["stages"]),
        f"  in all {took(result['seconds'])} to the verdict{again}",
        f"  memory {needed:.1f} GB of the {free:.1f} GB free: {result['base']} has {size_of(result['parameters'])} "
        f"parameters, one of about {size_of(result['fits_parameters'])} would still fit{in_four}",
        *(
            f"  {one['name']} {'fits' if one['fits'] else 'does not fit'}: about {one['memory_bytes'] / 1e9:.1f} GB "
            f"and {took(one['seconds'])}"
            for one in result["bases"]
            if one["name"] != result["base"]
        ),
    ]
    return "\n".join([*lines, f"  {recipe(result)}", *result["advice"]])


def took(seconds: float) -> str:
    """`40 s`, or `12 min`"""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def recipe(result: Mapping[str, Any]) -> str:
    """The values that a training uses, with why where the settings left them open."""
    said = [
        f"{name.replace('_', ' ')} {value:g}" + (f" ({result['why'][name]})" if name in result["why"] else "")
        for name, value in result["recipe"].items()
    ]
    return ", ".join(said)


def trained(result: Mapping[str, Any]) -> str:
    gate = result["gate"]
    lines = [
        f"adapter {result['adapter']} ({result['method']} of {result['base']}, dataset {result['dataset']})",
        f"  held-out loss {voices.losses(result['loss'])} nats a token",
        f"  {result['steps']} steps, {result['tokens_per_second']:.0f} tokens/s, {result['seconds']:.0f} s",
    ]
    parity = result.get("parity") or {}
    if "left_out" in parity:
        lines.append(f"  llama.cpp: not compared with torch: {parity['left_out']}")
    elif parity:
        lines.append(
            f"  llama.cpp: same greedy text on F16: {parity['greedy_equal']}; on the quantised base top-1 "
            f"{parity['top1_agreement']:.1%}, KL {parity['kl']:.4f}"
        )
    lines += [f"gate: {gate['verdict']}: {gate['reason']}", *(f"note: {one}" for one in result["notes"])]
    lines.append(f"active: {result['active'] or 'no adapter: drafts are written from your passages and exemplars'}")
    return "\n".join(lines)


def places(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        limit = f"at most {row['limit']:,} {row['unit']}" if row["limit"] else "no limit"
        form = "Markdown" if row["markdown"] else "plain text"
        lines.append(f"{row['name']:17} {row['title']:17} {form:10}  about {row['words']:3} words, {limit}")
    return "\n".join(lines)


EVALUATED = (
    ("gap_closed", "voice"),
    ("loss", "loss"),
    ("coverage", "brief covered"),
    ("unsupported", "unsupported"),
    ("degenerate", "broken"),
)


def evaluated(result: Mapping[str, Any]) -> str:
    lines = [result["verdict"], "", f"  {'':16}" + "".join(f"{said:22}" for _, said in EVALUATED).rstrip()]
    for name, measured in result["variants"].items():
        cells = "".join(f"{_interval(measured.get(metric, {})):22}" for metric, _ in EVALUATED)
        lines.append(f"  {name:16}{cells}".rstrip())
    notes = [f"  {note}" for note in result.get("notes", [])]
    return "\n".join([*lines, "", *notes, f"report: {result['report']}"])


def blind(result: Mapping[str, Any]) -> str:
    left = f" {result['skipped']} were left out: no two sound texts of like length." if result["skipped"] else ""
    return (
        f"{counted(result['pairs'], 'pair')} of texts, names and numbers masked.{left}\n"
        f"  for readers: {result['page']}\n  keep to yourself: {result['key']}"
    )


def blind_results(result: Mapping[str, Any]) -> str:
    lines = list(result["sentences"])
    for one in result["readers"]:
        rows = [
            f"{rival}: {row['wins']} for the twin, {row['losses']} for {rival}, {row['ties']} ties"
            for rival, row in one["counts"].items()
        ]
        lines.append(f"  {one['reader']}{' (the author)' if one['author'] else ''}: {'; '.join(rows) or 'no answers'}")
    return "\n".join(lines)


def _interval(measured: Mapping[str, Any]) -> str:
    if measured.get("value") is None:
        return "–"
    low, high = measured.get("low"), measured.get("high")
    span = f" [{low:.2f}, {high:.2f}]" if low is not None and high is not None else ""
    return f"{measured['value']:.2f}{span}"


def status(result: Mapping[str, Any]) -> str:
    index = result["index"]
    return "\n".join(
        [
            f"author     {result['author'] or 'not set'}",
            f"home       {result['home']}",
            f"sources    {result['sources']}",
            f"documents  {result['documents']} ({result['learned']} to learn from, {result['words']:,} words)",
            f"index      {counted(index['chunks'], 'chunk') if index else 'not built'}",
            f"dataset    {result['dataset'] or 'not built'}",
            f"adapter    {result['adapter'] or 'none active'}",
            f"stale      {', '.join(result['stale']) or 'nothing'}",
            *(f"warning    {one}" for one in result["warnings"]),
        ]
    )


def documents(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        f"{row['id']}  {(row['published'] or 'undated')[:10]:10}  {row['kind']:8} {row['words']:5} words  "
        f"{'+'.join(row['use']):24} {textwrap.shorten(row['title'] or row['text'], 44)}  ({row['why']})"
        for row in rows
    ]
    return "\n".join([*lines, counted(len(rows), "document")])


def privacy(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row['kind']:8} {row['choice']:5} {row['found']:5} found in {counted(row['texts'], 'text')}")
        lines += [f"           {place['document']}  … {place['around']} …" for place in row["where"][:5]]
    return "\n".join([*lines, "keep: as it is; mask: hidden wherever the text is used; drop: the text is not used"])


def forgotten(result: Mapping[str, Any]) -> str:
    gone = ("document", result["documents"]), ("chunk", result["chunks"]), ("draft", result["drafts"])
    parts = [f"{', '.join(counted(number, name) for name, number in gone)} are gone"]
    if result["datasets"]:
        parts.append(f"redacted datasets: {', '.join(result['datasets'])}")
    if result["adapters"]:
        parts.append(f"adapters that learned from them, now tainted: {', '.join(result['adapters'])}")
    if result["still_in"]:
        parts.append(f"your own files, which are never touched, may still hold them: {', '.join(result['still_in'])}")
    return "\n".join(parts)


def doctor(rows: Sequence[Mapping[str, str]]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row['state']:4}  {row['part']:22} {row['detail']}")
        if row["mend"]:
            lines.append(f"      {'':22} try: {row['mend']}")
    return "\n".join(lines)


def config_rows(
    settings: Settings, origin: Mapping[str, str], *, by_size: Mapping[str, tuple[Any, str]]
) -> list[dict[str, Any]]:
    """Every setting with its value, where it came from and its meaning; secrets are not shown.

    `by_size` holds the values of settings that were left open, each with its reason.
    """
    folders = (("home", settings.home, "folder of this twin"), ("cache", settings.cache, "unpacked base models"))
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "value": str(path),
            "from": origin.get(name, "default"),
            "meaning": meaning,
            "environment": f"TWIN_{name.upper()}",
        }
        for name, path, meaning in folders
    ]
    for section, kind in sections().items():
        for key, field in kind.model_fields.items():
            name = f"{section}.{key}"
            value = getattr(getattr(settings, section), key)
            shown = "(set, not shown)" if name in SECRETS and value else value
            shown, why = by_size.get(name, (shown, ""))
            rows.append(
                {
                    "name": name,
                    "value": shown,
                    "from": "by size" if why else origin.get(name, "default"),
                    "meaning": f"{field.description or ''}{f' ({why})' * bool(why)}",
                    "environment": env_name(name),
                }
            )
    return rows


def config(rows: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{row['name']:26} {row['value']!s:28} {row['from']:12} {row['meaning']}" for row in rows)
