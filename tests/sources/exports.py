"""Small exports in the shapes of the real ones (FORMATS.md), written by the tests that read them."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SECRET = "nobody-may-read-this"
"""Stands in every file that an importer has to leave closed; no item may hold it."""
SHARES = ("Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility")
COMMENTS = ("Date", "Link", "Message")

Files = Mapping[str, str | bytes]


def quirked(text: str) -> str:
    """A text in, the cell that LinkedIn makes of it out: each line break stands between two quotes."""
    return text.replace("\n", '"\n"')


def rfc4180(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells in, a CSV text as LinkedIn writes it out: quotes only where needed, and around nothing at all."""
    return "".join(",".join(map(_cell, row)) + "\n" for row in (heading, *rows))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if not text or set(text) & set('",\r\n') else text


def shares(*texts: str, first: int = 6851040221136609280, date: str = "2021-10-05 06:27:54") -> str:
    """Texts in, a Shares.csv out, one share a day apart in its id."""
    ids = (first + (i << 22) * 86_400_000 for i in range(len(texts)))
    link = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A"
    return rfc4180(
        SHARES, [(date, f"{link}{n}", quirked(t), "", "", "MEMBER_NETWORK") for n, t in zip(ids, texts, strict=True)]
    )


def comments(*texts: str) -> str:
    """Texts in, a Comments.csv out, whose quotes are escaped by a backslash."""
    lines = [",".join(COMMENTS)]
    for i, text in enumerate(texts):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        link = f"https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A{7344186464080941056 + i}"
        cell = f'"{escaped}"' if set(escaped) & set('\\",\r\n') else text
        lines.append(f"2025-06-{i % 28 + 1:02} 09:04:13,{link},{cell}")
    return "\n".join(lines) + "\n"


def linkedin_article(title: str, body: str, published: str = "Published on 2019-11-28 10:49") -> str:
    link = f'<a href="https://www.linkedin.com/pulse/{title.lower()}">{title}</a>'
    heading = link if "---" not in published else title
    return (
        f"<html><head><title>{title}</title><style>p {{ margin: 0 }}</style></head><body><h1>{heading}</h1>"
        f'<p class="created">Created on 2019-11-28 10:40</p><p class="published">{published}</p><div>{body}</div>'
    )


def linkedin() -> dict[str, str | bytes]:
    return {
        "Shares.csv": shares("Doors.\n\nOnly doors.", 'He said "no" – twice 🚪', ""),
        "Comments.csv": comments('It said "stakeholder".\nI laughed.', "Fair."),
        "Articles/Articles/doors.html": linkedin_article("Doors", "<p>One.</p><p>Two.</p>"),
        "Articles/Articles/2019-12-01 08:00:00.0-Half.html": linkedin_article("Half", "<p>…</p>", "Published on ---"),
        "Recommendations_Given.csv": rfc4180(
            ("First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"),
            [("Bob", "Builder", "Vans", "Driver", "He arrives.", "22 Mar 2019", "VISIBLE")],
        ),
        "Profile.csv": "First Name,Last Name,Headline\nAda,Example,Doors\n",
        "messages.csv": f"CONVERSATION ID,FROM,CONTENT\n1,Bob,{SECRET}\n",
        "Connections.csv": f'Notes:\n"{SECRET}"\n\nFirst Name,Last Name\nBob,Builder\n',
        "Recommendations_Received.csv": f"First Name,Last Name,Text\nBob,Builder,{SECRET}\n",
    }


def medium_post(
    title: str, body: str, *, native: str = "7c41d09be2a6", date: str = "2023-05-09T07:55:00.000Z", summary: str = ""
) -> str:
    footer = f'By <a class="p-author h-card" href="https://medium.com/@ada">Ada</a> on <time class="dt-published" \
datetime="{date}">a day</time> <a href="https://medium.com/@ada/x-{native}" class="p-canonical">Canonical link</a>'
    if not date:
        footer = f'<a href="https://medium.com/p/{native}">View original.</a>'
    return f"""<!DOCTYPE html><html><head><title>{title}</title></head><body><article class="h-entry">
<header><h1 class="p-name">{title}</h1></header><section data-field="subtitle" class="p-summary">{summary}</section>
<section data-field="body" class="e-content"><section name="1" class="section section--body">
<div class="section-divider"><hr class="section-divider"></div>
<div class="section-content"><div class="section-inner sectionLayout--insetColumn">
{body}</div></div></section></section><footer><p>{footer}</p></footer></article></body></html>"""


def graf(text: str, kind: str = "p", tag: str = "p") -> str:
    return f'<{tag} class="graf graf--{kind}">{html.escape(text)}</{tag}>'


def medium() -> dict[str, str | bytes]:
    return {
        "posts/2023-05-09_The-doors-7c41d09be2a6.html": medium_post(
            "The doors", graf("The doors", "h3 graf--title", "h3") + graf("They shut – mostly.") + graf("Not “always”.")
        ),
        "posts/2024-01-18_Six-hundred-fields-61d9c4e8b70f.html": medium_post(
            "Six hundred fields", graf("Six hundred fields, I counted."), native="61d9c4e8b70f"
        ),
        "posts/draft_Brakes-9f03b6d2ac58.html": medium_post(
            "Brakes", graf("Brakes", "h3 graf--title", "h3") + graf("Not yet."), native="9f03b6d2ac58", date=""
        ),
        "profile/profile.html": '<h3 class="p-name">Ada Example</h3><a class="u-url" href="https://medium.com/@ada">@ada</a>',
        "highlights/highlights-0001.html": f"<p>{SECRET}</p>",
        "claps/claps-0001.html": f"<p>{SECRET}</p>",
        "ips/ips-0001.html": f"<p>{SECRET}</p>",
    }


SUBSTACK = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url".split(
    ","
)


def substack_row(
    post_id: str, title: str, *, date: str = "2024-03-24T08:00:00.000Z", kind: str = "newsletter"
) -> list[str]:
    return [post_id, date, "true" if date else "false", "", "", kind, "everyone", title, "", ""]


def substack() -> dict[str, str | bytes]:
    welcome = "9.how-to-use-the-substack-editor"
    rows = [
        substack_row("7.gerald", "Gerald&#x2019;s day"),
        substack_row("8.noise", "", date=""),
        substack_row(welcome, "", date=""),
        substack_row("10.gone", "Gone"),
    ]
    return {
        "posts.csv": rfc4180(SUBSTACK, rows),
        "posts/7.gerald.html": "<p>He is a lift.</p><p>He is – fine.</p>",
        "posts/8.noise.html": "<p>Half a page.</p>",
        f"posts/{welcome}.html": "<p>Welcome to the editor.</p>",
        "posts/7.opens.csv": f"post_id,email\n7,{SECRET}\n",
        "posts/7.delivers.csv": f"post_id,email\n7,{SECRET}\n",
        "email_list.ada.csv": f"email\n{SECRET}\n",
    }


def folder() -> dict[str, str | bytes]:
    return {
        "2024-05-06-doors.md": "---\ntitle: Doors\n---\n\nThey shut – “mostly”.\n\nNot always.",
        "notes/a.txt": "A thought.",
        "notes/.hidden.md": SECRET,
        "node_modules/x/README.md": SECRET,
        "picture.png": b"\x89PNG",
    }


def eml(text: str, sender: str = "Ada Example <ada@example.org>", **headers: str) -> bytes:
    """A mail by Ada, from one client to the next much alike; headers by their name with `_` for `-`."""
    given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    usual = {
        "from": sender,
        "date": "Mon, 06 May 2024 02:00:00 +0200",
        "message-id": f"<{zlib.crc32((sender + text).encode('utf-8', 'replace'))}@x>"
        if "message-id" not in given
        else "",
        "subject": "Doors",
        "content-type": "text/plain; charset=utf-8",
        "delivered-to": "ada@example.org",
    }
    lines = [f"{name.title()}: {value}" for name, value in (usual | given).items() if value]
    return "\n".join([*lines, "", text]).encode("utf-8", "surrogateescape")


def mbox(*mails: bytes) -> bytes:
    """Mails in, an mbox as Gmail's Takeout writes it out."""
    head = b"From 1790@xxx Mon May 06 00:00:00 +0000 2024\n"
    return b"".join(head + re.sub(rb"(?m)^(>*From )", rb">\1", mail) + b"\n\n" for mail in mails)


def mail() -> dict[str, str | bytes]:
    return {
        "Takeout/Mail/Sent.mbox": mbox(
            eml("They shut – mostly.\n\nNot always.\n\n-- \nAda\n", Message_ID="<1@x>"),
            eml(SECRET, "Bob Builder <bob@example.org>", Message_ID="<2@x>"),
            eml("Hm.\n\nOn Mon, May 6, 2024 at 1:00 AM Bob <bob@example.org> wrote:\n\n> No.\n", Message_ID="<3@x>"),
        ),
        "Takeout/archive_browser.html": "<p>Your export</p>",
    }


def ytd(name: str, rows: list[dict[str, Any]]) -> str:
    """A data file of X's archive: JSON under a name that JavaScript would read."""
    return f"window.YTD.{name}.part0 = {json.dumps(rows)}"


def post(number: int, text: str, **more: Any) -> dict[str, Any]:
    """A post as X's archive has it: every number is a string."""
    made = f"Mon May 06 10:00:{number % 60:02} +0000 2024"
    return {"tweet": {"id": str(number), "id_str": str(number), "full_text": text, "created_at": made, **more}}


def x() -> dict[str, str | bytes]:
    account = {"account": {"accountId": "7", "username": "ada", "accountDisplayName": "Ada Example"}}
    return {
        "data/account.js": ytd("account", [account]),
        "data/tweets.js": ytd("tweets", [post(1, "They shut &amp; stay – “mostly”."), post(2, "RT @bob: His")]),
        "data/direct-messages.js": ytd("direct_messages", [{"text": SECRET}]),
        "data/like.js": ytd("like", [{"like": {"fullText": SECRET}}]),
        "data/deleted-tweets.js": ytd("deleted_tweets", [post(3, SECRET)]),
    }


def whatsapp() -> dict[str, str | bytes]:
    lines = [
        "[06.05.24, 10:00:00] Messages and calls are end-to-end encrypted.",
        "[06.05.24, 10:01:00] Bob Builder: Do they shut?",
        "[06.05.24, 10:02:00] Ada Example: They shut – mostly.",
        "Not always.",
        "\u200e[13.05.24, 10:03:00] Ada Example: \u200eimage omitted",
    ]
    return {"_chat.txt": "\n".join(lines)}


def telegram() -> dict[str, str | bytes]:
    def said(number: int, who: int, text: str, **more: Any) -> dict[str, Any]:
        made = {"id": number, "type": "message", "date_unixtime": f"{1714989600 + number}", "from_id": f"user{who}"}
        return {**made, "from": "Ada Example" if who == 7 else "Bob Builder", "text": text, **more}

    messages = [said(1, 9, "Do they shut?"), said(2, 7, "They shut – mostly.", reply_to_message_id=1)]
    messages += [said(3, 7, SECRET, forwarded_from="Eve"), {"id": 4, "type": "service", "text": ""}]
    chat = {"name": "Bob Builder", "type": "personal_chat", "id": 5, "messages": messages}
    me = {"user_id": 7, "first_name": "Ada", "last_name": "Example"}
    return {"result.json": json.dumps({"about": "", "personal_information": me, "chats": {"list": [chat]}})}


def slack() -> dict[str, str | bytes]:
    users = [
        {"id": "U1", "name": "ada", "profile": {"email": "ada@example.org", "display_name": "ada"}},
        {"id": "U2", "name": "bob", "profile": {}},
    ]
    day = [
        {"type": "message", "user": "U2", "text": "Do they shut?", "ts": "1714989600.000001"},
        {
            "type": "message",
            "user": "U1",
            "text": "They <https://x.example|shut> &amp; <@U2> knows.",
            "ts": "1714989601.1",
        },
        {"type": "message", "user": "U1", "subtype": "channel_join", "text": SECRET, "ts": "1714989602.1"},
    ]
    return {"users.json": json.dumps(users), "channels.json": "[]", "doors/2024-05-06.json": json.dumps(day)}


EXPORTS = {
    "folder": folder,
    "linkedin": linkedin,
    "mail": mail,
    "medium": medium,
    "slack": slack,
    "substack": substack,
    "telegram": telegram,
    "whatsapp": whatsapp,
    "x": x,
}


def unpacked(files: Files, at: Path) -> Path:
    for name, content in files.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return at


def zipped(files: Files, at: Path, top: str = "") -> Path:
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return at


def repository(at: Path, *, mail: str = "ada@example.org", commits: Iterable[str] = ("Say how it began",)) -> Path:
    """A git repository with one readme and these commits out."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    people = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Ada"), ("EMAIL", mail))
    }
    dates = {"GIT_AUTHOR_DATE": "2024-03-01T22:00:00-0130", "GIT_COMMITTER_DATE": "2024-03-01T22:00:00-0130"}
    env = {**clean, **people, **dates, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=at, env=env, check=True, capture_output=True)

    at.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main")
    for number, message in enumerate(commits):
        (at / "README.md").write_text(f"# Doors\n\nThey shut. {number}\n", "utf-8")
        git("add", "--all")
        git("commit", "--quiet", "-m", message)
    return at


def built(kind: str, at: Path) -> Path:
    """A kind of source in, the location of a small export of that kind out."""
    if kind == "git":
        return repository(at / "repository")
    return unpacked(EXPORTS[kind](), at / kind)
