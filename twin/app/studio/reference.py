"""An OpenAPI schema in, one page that needs no script and no other server out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Schema = Mapping[str, Any]


def reference(openapi: Schema, address: str, *, token: bool = False) -> str:
    """Every route with what it does, its fields, its answer and a line to try it with at the server's `address`."""
    curl = "curl -H 'Authorization: Bearer TOKEN' " if token else "curl "
    routes = [
        _route(openapi, method, path, about, curl + address.rstrip("/"))
        for path, methods in openapi["paths"].items()
        for method, about in methods.items()
    ]
    title = f"{escape(openapi['info']['title'])} {escape(openapi['info']['version'])}"
    return _PAGE.replace("{title}", title).replace("{routes}", "".join(routes))


def _route(openapi: Schema, method: str, path: str, about: Schema, start: str) -> str:
    contents = about.get("requestBody", {}).get("content", {})
    asked = "".join(
        f"<h3>Send <code>{escape(kind)}</code></h3>{_fields(openapi, content['schema'])}"
        for kind, content in contents.items()
    )
    asked = _parameters(about) + asked
    good = next(code for code in about["responses"] if code.startswith("2"))
    answer = about["responses"][good]["content"]["application/json"]["schema"]
    words = escape(about.get("description", ""))
    return (
        f"<section><h2><b class={method}>{method.upper()}</b> <code>{escape(path)}</code></h2><p>{words}</p>{asked}"
        f"<h3>Answer {good}{' (a list)' if 'items' in answer else ''}</h3>"
        f"{_fields(openapi, answer.get('items', answer))}"
        f"<pre>{escape(_example(openapi, method, start + path, contents))}</pre></section>"
    )


def _parameters(about: Schema) -> str:
    """What an address may carry after its question mark."""
    found = [one for one in about.get("parameters", []) if one["in"] == "query"]
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code> <i>optional</i><td>{escape(_type(one['schema']))}<td>"
        for one in found
    )
    return f"<h3>Ask with</h3><div class=wide><table>{rows}</table></div>" if found else ""


def _fields(openapi: Schema, schema: Schema) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if needed else ' <i>optional</i>'}"
        f"<td>{escape(_type(field))}<td>{escape(field.get('description', ''))}"
        for name, field, needed in _walk(openapi, schema, "")
    )
    return f"<div class=wide><table>{rows}</table></div>"


def _walk(openapi: Schema, schema: Schema, within: str) -> Iterator[tuple[str, Schema, bool]]:
    """The fields of an object, and of the objects in it, as dotted names."""
    whole = _resolved(openapi, schema)
    required = whole.get("required", [])
    for name, field in whole.get("properties", {}).items():
        yield within + name, field, name in required
        inner = _resolved(openapi, field.get("items", field))
        if "properties" in inner:
            yield from _walk(openapi, inner, f"{within}{name}{'[].' if 'items' in field else '.'}")


def _resolved(openapi: Schema, schema: Schema) -> Schema:
    found: Any = schema
    if "$ref" in schema:
        found = openapi
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)


def _type(field: Schema) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"] if one.get("type") != "null")
    if "enum" in field:
        return " | ".join(str(one) for one in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type") or "object")


def _example(openapi: Schema, method: str, line: str, contents: Schema) -> str:
    if method == "get":
        return line
    if "application/json" not in contents:
        return f"{line} -X {method.upper()}"
    line += "" if method == "post" else f" -X {method.upper()}"
    fields = _resolved(openapi, contents["application/json"]["schema"])
    samples = {"location": "/home/me/export.zip", "brief": "Why we moved the meeting", "excluded": True}
    wanted = fields.get("required") or list(fields["properties"])[:1]
    body = {name: samples.get(name, "text") for name in wanted}
    tried = f"{line} -H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    return f"{tried}\n{line} -F file=@export.zip" if "multipart/form-data" in contents else tried


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}: REST</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem }
section { border-top: 1px solid var(--line); padding: 1rem 0 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 0 } h3 { font-size: .9rem; margin: 1rem 0 .3rem }
.get { color: #2563eb } .post { color: #15803d } .patch { color: #a16207 } i { opacity: .7; font-size: .85em }
@media (prefers-color-scheme: dark) { .get { color: #93c5fd } .post { color: #86efac } .patch { color: #facc15 } }
.wide, pre { overflow-x: auto; background: var(--soft); border-radius: .5rem; padding: .4rem .7rem }
table { border-collapse: collapse; font-size: .9rem; min-width: 44rem; table-layout: fixed; width: 100% }
td { padding: .15rem .9rem .15rem 0; vertical-align: top }
</style><h1>{title}: REST</h1>
<p>The same calls as the command line. Errors are <code>{"error": {"code", "message", "hint"}}</code> with the status
that fits. Where a token is set, send it as <code>Authorization: Bearer TOKEN</code>.
The machine-readable schema is <a href="/openapi.json">/openapi.json</a>. <a href="/">Back to the studio</a>.</p>
{routes}</html>"""
