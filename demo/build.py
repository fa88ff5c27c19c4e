"""Texts in `demo/texts` in, the four export files of `demo/archives` out, the same on every run.

    python demo/build.py           write the archives
    python demo/build.py --check   build in a temporary folder, exit 1 where an archive differs

Nora Quill does not exist; a language model wrote the texts. The shapes are those of the real exports as seen up to
January 2026: LinkedIn's line-break quirk, Medium's graf classes, Substack's bare fragments, a git bundle.
"""

import argparse
import csv
import hashlib
import html
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

DEMO = Path(__file__).resolve().parent
TEXTS = DEMO / "texts"
ARCHIVES = DEMO / "archives"
LINKEDIN = "Complete_LinkedInDataExport_01-12-2026.zip"
MEDIUM = "medium-export.zip"
SUBSTACK = "substack-export.zip"
BUNDLE = "doorlog.bundle"
NOTICE = "Nora Quill does not exist; everything here was written by a language model for the LLM Twin project."
EXPORTED = (2026, 1, 12, 9, 0, 0)
AUTHORS = {"nora": "Nora Quill <nora@quill.example>", "anselm": "Anselm Pike <anselm@quill.example>"}

# Bare reshares: nothing of the member's in them but the link.
RESHARES = (
    ("2023-02-21 12:31:08", "https://example.org/lift-safety-week-2023"),
    ("2023-08-09 07:55:41", "https://example.org/harbour-office-tide-tables"),
    ("2024-02-13 12:04:17", "https://example.org/apprentice-open-day"),
    ("2024-08-20 08:01:36", "https://example.org/corn-exchange-roof-appeal"),
    ("2025-04-15 12:22:50", "https://example.org/fish-market-choir"),
    ("2025-09-11 07:58:03", "https://example.org/two-g-switch-off"),
)
# One post's text again, in a group, on a later day.
GROUP_ID = 8841207
REPEATS = (("2023-05-17 07:52:26", "thirty-eight-to-fifteen"), ("2024-10-01 07:49:12", "sixty-tins"))


@dataclass(frozen=True)
class Post:
    """One LinkedIn post: `created` in UTC, `slug` its name in `briefs.md`."""

    created: datetime
    slug: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Article:
    """One article in the small Markdown of `texts/articles`; an empty id means that the site does not have it."""

    title: str
    subtitle: str
    created: datetime
    body: str
    medium: str = ""
    substack: str = ""

    @property
    def slug(self) -> str:
        """The title in lower case, words joined by dashes."""
        return "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))


@dataclass
class Commit:
    """One commit of doorlog: its parents' labels, its message and the whole tree after it."""

    label: str
    created: datetime
    author: str
    parents: list[str]
    message: str
    tree: dict[str, str] = field(default_factory=dict)


# --- reading the texts ------------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    """`YYYY-MM-DD HH:MM:SS` in, the time in UTC out."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def entries(path: Path) -> Iterator[tuple[str, str]]:
    """A text file in, (header without its `=== `, body without blank edges) pairs out."""
    for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        header, _, body = block.partition("\n")
        yield header.strip(), body.strip("\n")


def posts() -> list[Post]:
    """All LinkedIn posts, oldest first."""
    found = []
    for path in sorted(TEXTS.glob("posts-*.txt")):
        for header, body in entries(path):
            date, time, slug = header.split()
            url = re.match(r"url: (\S+)\n+", body)
            text = body[url.end() :] if url else body
            found.append(Post(moment(f"{date} {time}"), slug, text, url[1] if url else ""))
    return sorted(found, key=lambda post: post.created)


def articles() -> list[Article]:
    """All articles, oldest first."""
    found = []
    for path in sorted((TEXTS / "articles").glob("*.md")):
        head, _, body = path.read_text("utf-8").partition("\n\n")
        values = dict(line.split(": ", 1) for line in head.splitlines())
        created = moment(values.pop("date"))
        found.append(Article(created=created, body=body.strip("\n"), **values))
    return sorted(found, key=lambda article: article.created)


def digest(*parts: object) -> str:
    """Anything in, 64 stable hex digits out."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


# --- LinkedIn ---------------------------------------------------------------------------------------------------------


def share_id(created: datetime, key: str) -> int:
    """Time and a key in, an id out whose upper bits (`id >> 22`) are the time in milliseconds."""
    noise = int(digest("share", key), 16)
    # Below half a second, so that rounding to the second (as the site does) gives `created` again.
    milliseconds = int(created.timestamp()) * 1000 + noise % 500
    return (milliseconds << 22) | (noise >> 64) % (1 << 22)


def update_link(kind: str, native_id: object) -> str:
    """A URN kind and its id in, the percent-encoded link of the export out."""
    return f"https://www.linkedin.com/feed/update/urn%3Ali%3A{kind}%3A{native_id}"


def share_field(text: str) -> str:
    """One Shares.csv field in, as the site writes it out: a line break inside becomes `""\\n""`."""
    if not text:
        return '""'
    if not re.search(r'[",\n]', text):
        return text
    return '"' + text.replace('"', '""').replace("\n", '""\n""') + '"'


def shares_csv() -> str:
    """Shares.csv, newest first: posts, bare reshares, and repeats in a group."""
    own = posts()
    by_slug = {post.slug: post for post in own}
    rows = [(p.created, update_link("share", share_id(p.created, p.slug)), p.text, p.url) for p in own]
    for date, url in RESHARES:
        created = moment(date)
        rows.append((created, update_link("share", share_id(created, url)), "", url))
    for date, slug in REPEATS:
        created = moment(date)
        group = f"{GROUP_ID}-{share_id(created, 'group ' + slug)}"
        rows.append((created, update_link("groupPost", group), by_slug[slug].text, ""))
    lines = ["Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"]
    for created, link, text, url in sorted(rows, reverse=True):
        fields = (f"{created:%Y-%m-%d %H:%M:%S}", link, text, url, "", "MEMBER_NETWORK")
        lines.append(",".join(map(share_field, fields)))
    return "\n".join(lines) + "\n"


def comments_csv() -> str:
    """Comments.csv, newest first, in its own dialect: quotes escaped by a backslash, real line breaks inside."""
    by_slug = {post.slug: post for post in posts()}
    lines = []
    for header, text in entries(TEXTS / "comments.txt"):
        date, time, *target = header.split()
        post = by_slug[target[0].removeprefix("own:")] if target else None
        # The activity's id is another one than the share's, for the same post.
        under = post.created if post else moment(f"{date} {time}") - timedelta(hours=5)
        link = update_link("activity", share_id(under, "activity " + (post.slug if post else text)))
        message = '"' + text.replace('"', '\\"') + '"' if re.search(r'[",\n]', text) else text
        lines.append(f"{date} {time},{link},{message}")
    return "\n".join(["Date,Link,Message", *sorted(lines, reverse=True)]) + "\n"


def plain_csv(rows: Iterable[Iterable[str]]) -> str:
    """Rows in, an ordinary CSV text with LF line ends out."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


PROFILE = (
    "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,"
    "Twitter Handles,Websites,Instant Messengers".split(","),
    [
        *("Nora", "Quill", "", "", "", "Reliability lead, 340 lifts (invented demo author)"),
        f"(Invented demo author. {NOTICE}) Lifts, mostly their doors. Take the stairs.",
        *("Maintenance", "", "Harrowgate Quay", "", "", ""),
    ],
)
PEOPLE = (("Ottoline", "Marsh"), ("Rufus", "Tennick"), ("Casimir", "Lund"))
MESSAGES = (
    ("Ottoline Marsh", "Nora Quill", "2024-06-05 09:12:00 UTC", "Which tin did you say? Ours only had custard creams."),
    ("Nora Quill", "Ottoline Marsh", "2024-06-05 17:40:00 UTC", "Shortbread. Eat the custard creams first, quickly."),
    ("Rufus Tennick", "Nora Quill", "2025-01-23 19:02:00 UTC", "Heard you kept your feet dry. Well done all."),
)


def profile_url(name: str) -> str:
    """A person's name in, the address of the (invented) profile out."""
    return "https://www.linkedin.com/in/" + name.lower().replace(" ", "-") + "-invented"


def linkedin_rest() -> dict[str, str]:
    """The files of the export beside posts and comments; other people's data, which no importer should read."""
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On".split(",")
    people = [[a, b, profile_url(f"{a} {b}"), "", "Invented Lifts", "Engineer", "05 Jun 2023"] for a, b in PEOPLE]
    note = "When exporting your connection data, you may notice that some of the email addresses are missing."
    preamble = f'Notes:\n"{note}"\n\n'
    columns = (
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,"
        "FOLDER,ATTACHMENTS,IS MESSAGE DRAFT"
    )
    messages = [
        [
            f"2-{digest(*sorted((a, b)))[:24]}",
            "",
            a,
            profile_url(a),
            b,
            profile_url(b),
            date,
            "",
            text,
            "INBOX",
            "",
            "No",
        ]
        for a, b, date, text in reversed(MESSAGES)
    ]
    reactions = [
        [f"{created:%Y-%m-%d %H:%M:%S}", kind, update_link("activity", share_id(created, kind))]
        for created, kind in ((moment("2025-10-10 08:01:00"), "LIKE"), (moment("2024-03-15 07:45:00"), "EMPATHY"))
    ]
    positions = ["Tidewick Lifts", "Reliability Lead", "340 lifts. (Invented.)", "Harrowgate Quay", "Mar 2021", ""]
    return {
        "Profile.csv": plain_csv(PROFILE),
        "Connections.csv": preamble + plain_csv([header, *people]),
        "Email Addresses.csv": plain_csv(
            [
                ["Email Address", "Confirmed", "Primary", "Updated On"],
                ["nora@quill.example", "Yes", "Yes", "1/4/23, 7:00 AM"],
            ]
        ),
        "messages.csv": plain_csv([columns.split(","), *messages]),
        "Reactions.csv": plain_csv([["Date", "Type", "Link"], *reactions]),
        "Positions.csv": plain_csv(
            ["Company Name,Title,Description,Location,Started On,Finished On".split(","), positions]
        ),
    }


def linkedin_files() -> dict[str, str]:
    """Every file of the LinkedIn export."""
    return {"Shares.csv": shares_csv(), "Comments.csv": comments_csv(), **linkedin_rest()}


# --- the small Markdown of the articles -------------------------------------------------------------------------------


def blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """Markdown in, (kind, lines) out; kind is p, h, ul, ol, quote, pull or note."""
    marks = {"## ": "h", "- ": "ul", "1. ": "ol", "> ": "quote", "[pull] ": "pull", "[^1]: ": "note"}
    for block in re.split(r"\n{2,}", body):
        kind = next((kind for mark, kind in marks.items() if block.startswith(mark)), "p")
        if kind == "p":
            yield kind, [block.replace("\n", " ")]
        else:
            yield kind, [re.sub(r"^(## |- |\d+\. |> |\[pull\] |\[\^1\]: )", "", line) for line in block.splitlines()]


def inline(text: str, strong: str, em: str) -> str:
    """Text with `**` and `*` in, HTML out; `strong` and `em` are the class attributes of the site."""
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", rf"<strong{strong}>\1</strong>", text)
    return re.sub(r"\*(.+?)\*", rf"<em{em}>\1</em>", text)


# --- Medium -----------------------------------------------------------------------------------------------------------


class Grafs:
    """Medium's numbered paragraphs: each knows its own kind and the one before it."""

    def __init__(self, seed: str) -> None:
        self.seed, self.before, self.count = seed, "", 0

    def graf(self, tag: str, text: str, extra: str = "", last: bool = False) -> str:
        """Tag and inline HTML in, one element with Medium's classes out."""
        self.count += 1
        name = digest(self.seed, self.count)[:4]
        position = f"graf-after--{self.before}" if self.before else "graf--leading"
        classes = " ".join(filter(None, [f"graf graf--{tag}", position, extra, "graf--trailing" if last else ""]))
        self.before = tag
        return f'<{tag} name="{name}" id="{name}" class="{classes}">{text}</{tag}>'


def medium_body(article: Article) -> str:
    """An article in, the grafs of its only section out, title and subtitle repeated as the site does."""
    grafs = Grafs(article.medium)
    out = [grafs.graf("h3", html.escape(article.title, quote=False), "graf--title")]
    if article.subtitle:
        out.append(grafs.graf("h4", html.escape(article.subtitle, quote=False), "graf--subtitle"))
    parts = list(blocks(article.body))
    for index, (kind, lines) in enumerate(parts):
        tag = {"p": "p", "h": "h4", "quote": "blockquote", "ul": "li", "ol": "li"}[kind]
        strong, em = (f' class="markup--{name} markup--{tag}-{name}"' for name in ("strong", "em"))
        made = [
            grafs.graf(tag, inline(line, strong, em), last=index == len(parts) - 1 and line is lines[-1])
            for line in lines
        ]
        out.append(f'<{kind} class="postList">{"".join(made)}</{kind}>' if kind in ("ul", "ol") else "".join(made))
    return "".join(out)


def medium_page(title: str, subtitle: str, grafs: str, native_id: str, created: datetime | None, slug: str) -> str:
    """The parts of one post in, its HTML file out; without a date it is a draft."""
    section = digest("section", native_id)[:4]
    footer = f'<p><a href="https://medium.com/p/{native_id}">View original.</a></p>'
    if created:
        stamp, day = f"{created:%Y-%m-%dT%H:%M:%S}.000Z", f"{created:%B} {created.day}, {created.year}"
        footer = (
            '<p>By <a href="https://medium.com/@noraquill" class="p-author h-card">Nora Quill</a> on '
            f'<a href="https://medium.com/p/{native_id}"><time class="dt-published" datetime="{stamp}">{day}</time>'
            f'</a>.</p><p><a href="https://medium.com/@noraquill/{slug}-{native_id}" class="p-canonical">'
            "Canonical link</a></p>"
        )
    name = html.escape(title, quote=False)
    return (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f"<title>{name}</title><style>\n      * {{\n        font-family: Georgia, Cambria, serif;\n      }}\n"
        f'      </style></head><body><article class="h-entry">\n<header>\n<h1 class="p-name">{name}</h1>\n</header>\n'
        f'<section data-field="subtitle" class="p-summary">\n{html.escape(subtitle, quote=False)}\n</section>\n'
        f'<section data-field="body" class="e-content">\n<section name="{section}" '
        'class="section section--body section--first section--last"><div class="section-divider">'
        '<hr class="section-divider"></div><div class="section-content">'
        f'<div class="section-inner sectionLayout--insetColumn">{grafs}</div></div></section>\n</section>\n'
        f'<footer>{footer}<p>Exported from <a href="https://medium.com">Medium</a> on January 12, 2026.</p></footer>'
        "</article></body></html>"
    )


def medium_name(prefix: str, title: str, native_id: str) -> str:
    """Date or `draft`, title and id in, the file name out: each odd character becomes one dash."""
    return f"posts/{prefix}_{re.sub(r'[^A-Za-z0-9]', '-', title)[:60]}-{native_id}.html"


def medium_note(header: list[str], text: str) -> tuple[str, str]:
    """A draft or a response of `drafts-and-responses.md` in, its file name and page out."""
    if header[0] == "medium-draft":
        draft = Article(header[1], "", datetime.min, text, medium=header[2])
        return medium_name("draft", draft.title, draft.medium), medium_page(
            draft.title, "", medium_body(draft), draft.medium, None, draft.slug
        )
    created, native_id = moment(header[1]), header[2]
    # A response has no title of its own: the site takes the first words, and no graf is marked as the title.
    title = " ".join(text.split("\n", 1)[0].split()[:9])
    grafs, paragraphs = Grafs(native_id), text.split("\n\n")
    made = [grafs.graf("p", html.escape(p, quote=False), last=p is paragraphs[-1]) for p in paragraphs]
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower()))
    page = medium_page(title, "", "".join(made), native_id, created, slug)
    return medium_name(f"{created:%Y-%m-%d}", title, native_id), page


def medium_files() -> dict[str, str]:
    """Every file of the Medium export, the ones that must not be imported included."""
    files = {}
    for article in articles():
        if article.medium:
            name = medium_name(f"{article.created:%Y-%m-%d}", article.title, article.medium)
            body = medium_body(article)
            files[name] = medium_page(
                article.title, article.subtitle, body, article.medium, article.created, article.slug
            )
    for header, text in entries(TEXTS / "drafts-and-responses.md"):
        if header.startswith("medium"):
            name, made = medium_note(header.split(" | "), text)
            files[name] = made
    frame = (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
    )
    account = (
        '<section class="h-card"><h3 class="p-name">Nora Quill</h3><h4>Account info</h4><ul><li><b>Profile:</b> '
        '<a class="u-url" href="https://medium.com/@noraquill">@noraquill</a></li>'
        f"<li><b>Email address:</b> nora@quill.example</li></ul><p>{NOTICE}</p></section>"
    )
    highlight = "<p>A reliable system is one whose owner has stopped describing it. (Another person's words.)</p>"
    clap = '<p><a class="h-cite u-like-of" href="https://medium.com/p/aa11bb22cc33">Forms and their fields</a></p>'
    rest = {
        "README.html": f"<h1>Your Medium export</h1><p>{NOTICE}</p><ul><li>posts</li><li>profile</li></ul>",
        "profile/profile.html": account,
        "highlights/highlights-0001.html": f"<section><h3>Nora Quill's quotes, page 1</h3>{highlight}</section>",
        "claps/claps-0001.html": f"<section><h3>Claps, page 1</h3>{clap}</section>",
    }
    return files | {name: f"{frame}{body}</body></html>" for name, body in rest.items()}


# --- Substack ---------------------------------------------------------------------------------------------------------

WIDGET = (
    '<div class="subscription-widget-wrap-editor" data-attrs="{&quot;url&quot;:&quot;https://noraquill.substack.com/'
    'subscribe?&quot;,&quot;text&quot;:&quot;Subscribe&quot;}" data-component-name="SubscribeWidgetToDOM">'
    '<div class="subscription-widget show-subscribe"><div class="preamble"><p class="cta-caption">Thanks for reading '
    'The Machine Room! Subscribe for free to receive new posts.</p></div><form class="subscription-widget-subscribe">'
    '<input type="email" class="email-input" name="email" placeholder="Type your email…" tabindex="-1">'
    '<input type="submit" class="button primary" value="Subscribe"></form></div></div>'
)


def substack_text(line: str) -> str:
    """A line of Markdown in, HTML out, `[^1]` as Substack's anchor."""
    anchor = (
        '<a class="footnote-anchor" data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-1" '
        'href="#footnote-1" target="_self">1</a>'
    )
    return inline(line, "", "").replace("[^1]", anchor)


def substack_block(kind: str, lines: list[str]) -> str:
    """One block in, Substack's HTML out."""
    made = [substack_text(line) for line in lines]
    if kind in ("ul", "ol"):
        return f"<{kind}>" + "".join(f"<li><p>{line}</p></li>" for line in made) + f"</{kind}>"
    if kind == "note":
        number = (
            '<a id="footnote-1" href="#footnote-anchor-1" class="footnote-number" contenteditable="false" '
            'target="_self">1</a>'
        )
        return (
            f'<div class="footnote" data-component-name="FootnoteToDOM">{number}'
            f'<div class="footnote-content"><p>{made[0]}</p></div></div>'
        )
    wrap = {
        "p": "<p>{}</p>",
        "h": "<h2>{}</h2>",
        "quote": "<blockquote><p>{}</p></blockquote>",
        "pull": '<div class="pullquote"><p>{}</p></div>',
    }
    return wrap[kind].format(" ".join(made))


def substack_html(body: str) -> str:
    """Markdown in, a bare fragment out, with the subscription widget after the fourth block as the editor puts it."""
    made = [substack_block(*block) for block in blocks(body)]
    return "".join([*made[:4], WIDGET, *made[4:]] if len(made) > 4 else made)


def substack_files() -> dict[str, str]:
    """Every file of the Substack export, subscribers' data (invented) included."""
    header = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url"
    rows, files = [], {"README.txt": NOTICE + "\n"}
    for article in articles():
        if not article.substack:
            continue
        post_id, stamp = f"{article.substack}.{article.slug}", f"{article.created:%Y-%m-%dT%H:%M:%S}.000Z"
        flags = [stamp, "true", stamp, stamp, "newsletter", "everyone"]
        rows.append([post_id, *flags, article.title, article.subtitle, ""])
        files[f"posts/{post_id}.html"] = substack_html(article.body)
        files[f"posts/{article.substack}.delivers.csv"] = plain_csv(
            [["post_id", "timestamp", "email"], [article.substack, stamp, "reader-one@example.org"]]
        )
        files[f"posts/{article.substack}.opens.csv"] = plain_csv(
            [
                ["post_id", "timestamp", "email", "country", "city", "user_agent"],
                [article.substack, stamp, "reader-two@example.org", "", "", "Invented/1.0"],
            ]
        )
    for head, text in entries(TEXTS / "drafts-and-responses.md"):
        if head.startswith("substack-draft"):
            # A draft has no date and, here, no title yet; the site's default audience is only_paid.
            post_id = head.split(" | ")[1] + ".half-a-page-about-noise"
            rows.append([post_id, "", "false", "", "", "newsletter", "only_paid", "", "", ""])
            files[f"posts/{post_id}.html"] = substack_html(text)
    files["posts.csv"] = plain_csv([header.split(","), *reversed(rows)])
    files["email_list.noraquill.csv"] = plain_csv(
        [["email", "active_subscription", "created_at"]]
        + [[f"reader-{n}@example.org", "false", "2024-01-01T00:00:00.000Z"] for n in ("one", "two")]
    )
    return files


# --- doorlog ----------------------------------------------------------------------------------------------------------


def edited(old_file: str, change: str) -> str:
    """A file and a `<<< old === new >>>` change in, the changed file out.

    Raises: ValueError where the old lines do not stand in the file exactly once.
    """
    match = re.fullmatch(r"<<<\n(.*?)\n===\n(.*)\n>>>", change.strip("\n"), flags=re.DOTALL)
    if not match or old_file.count(match[1]) != 1:
        raise ValueError(f"this change does not fit its file exactly once:\n{change}")
    return old_file.replace(match[1], match[2])


def commits() -> list[Commit]:
    """The history of doorlog, oldest first, each commit with its whole tree."""
    made: dict[str, Commit] = {}
    previous = ""
    for path in sorted((TEXTS / "doorlog").glob("*.txt")):
        for block in re.split(r"^### commit ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, *changes = re.split(r"^### (?=write |edit |take )", block, flags=re.MULTILINE)
            first, _, message = head.partition("\n")
            label, date, author, *links = first.split()
            named = dict(zip(links[::2], links[1::2], strict=True))
            parents = [p for p in (named.get("from", previous), named.get("merge", "")) if p]
            commit = Commit(label, datetime.fromisoformat(date), AUTHORS[author], parents, message.strip("\n") + "\n")
            commit.tree = dict(made[parents[0]].tree) if parents else {}
            for change in changes:
                line, _, content = change.partition("\n")
                verb, name = line.split()
                if verb == "write":
                    commit.tree[name] = content.rstrip("\n") + "\n"
                elif verb == "take":
                    commit.tree[name] = made[parents[1]].tree[name]
                else:
                    commit.tree[name] = edited(commit.tree[name], content)
            made[label] = commit
            previous = label
    return list(made.values())


def data(text: str) -> bytes:
    """Text in, a `data` command of git fast-import out."""
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def import_stream() -> bytes:
    """All commits in, one stream for `git fast-import` out."""
    history = commits()
    marks = {commit.label: number for number, commit in enumerate(history, 1)}
    out = []
    for commit in history:
        stamp = f"{commit.author} {int(commit.created.timestamp())} +0000"
        out.append(f"commit refs/heads/main\nmark :{marks[commit.label]}\nauthor {stamp}\ncommitter {stamp}\n".encode())
        out.append(data(commit.message))
        for verb, parent in zip(("from", "merge"), commit.parents, strict=False):
            out.append(f"{verb} :{marks[parent]}\n".encode())
        out.append(b"deleteall\n")
        for name, text in sorted(commit.tree.items()):
            out.append(f"M 100644 inline {name}\n".encode() + data(text))
    return b"".join(out) + b"done\n"


def git(*arguments: str, stdin: bytes | None = None) -> bytes:
    """git's arguments in, its stdout out, no settings of the user's read.

    Raises: subprocess.CalledProcessError with git's own words on stderr.
    """
    settings = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    run = subprocess.run(["git", *arguments], input=stdin, env=settings, check=True, stdout=subprocess.PIPE)
    return run.stdout


def write_bundle(path: Path) -> None:
    """The doorlog history into one bundle at `path`."""
    with tempfile.TemporaryDirectory() as folder:
        git("init", "--quiet", "--bare", folder)
        git("-C", folder, "symbolic-ref", "HEAD", "refs/heads/main")
        # --force: the side branch is written to main before the commit that main goes on from.
        git("-C", folder, "fast-import", "--quiet", "--done", "--force", stdin=import_stream())
        git("-C", folder, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(path), "HEAD", "refs/heads/main")


# --- archives ---------------------------------------------------------------------------------------------------------


def write_zip(path: Path, files: dict[str, str]) -> None:
    """Files by name into one ZIP at `path`: sorted, one fixed time, deflated."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in sorted(files.items()):
            info = zipfile.ZipInfo(name, EXPORTED)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, text.encode())


def build(folder: Path) -> None:
    """All four archives into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_zip(folder / LINKEDIN, linkedin_files())
    write_zip(folder / MEDIUM, medium_files())
    write_zip(folder / SUBSTACK, substack_files())
    write_bundle(folder / BUNDLE)


def content(path: Path) -> object:
    """An archive in, what must be equal out: a ZIP's entries, a bundle's refs.

    Not the bytes: deflate and pack output depend on the versions of zlib and git.
    """
    if path.suffix == ".bundle":
        return git("bundle", "list-heads", str(path))
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


def differing(fresh: Path, shipped: Path) -> list[str]:
    """Two folders of archives in, the names that are missing or differ out."""
    names = (LINKEDIN, MEDIUM, SUBSTACK, BUNDLE)
    return [n for n in names if not (shipped / n).exists() or content(fresh / n) != content(shipped / n)]


def main() -> int:
    """Build, or with `--check` compare; the exit status out."""
    parser = argparse.ArgumentParser(description="Build the demo author's export files.")
    parser.add_argument("--check", action="store_true", help="compare with demo/archives and write nothing there")
    if not parser.parse_args().check:
        build(ARCHIVES)
        print(f"wrote {len(list(ARCHIVES.iterdir()))} archives to demo/archives")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        wrong = differing(Path(folder), ARCHIVES)
    for name in wrong:
        print(f"{name} differs from its texts; run: python demo/build.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
