"""Substack's archive: bare HTML fragments beside a table of posts and one of subscribers."""

from demo.exports.formats import blocks, inline, plain_csv
from demo.exports.texts import NOTICE, TEXTS, articles, entries

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
