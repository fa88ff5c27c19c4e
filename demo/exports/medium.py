"""Medium's archive: one page for each story, draft and response, in graf classes."""

import html
import re
from datetime import datetime

from demo.exports.formats import blocks, inline
from demo.exports.texts import NOTICE, TEXTS, Article, articles, digest, entries, moment


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
