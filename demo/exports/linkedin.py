"""LinkedIn's data archive, with its line-break quirk, reshares, messages and connections."""

import re
from datetime import datetime, timedelta

from demo.exports.formats import plain_csv
from demo.exports.texts import NOTICE, TEXTS, digest, entries, moment, posts

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
