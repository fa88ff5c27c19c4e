"""Mailboxes in every form, and of each mail what its writer typed: nothing quoted, forwarded, signed or automatic."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import eml, mbox, zipped
from fakes import ADA, reading
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.errors import BadSource, TwinError
from twin.core.records import Identity, Item, Skipped
from twin.sources import mail
from twin.sources.mail.boxes import MAX_MAIL, split
from twin.sources.mail.cut import cut
from twin.sources.mail.message import words_of

FORMATS = (Path(__file__).resolve().parents[2].parent / "shared" / "formats" / "email").resolve()
BOB = "Bob Builder <bob@example.org>"


def found(location: Path, me: Identity = ADA) -> list[Item | Skipped]:
    return list(mail.read(str(location), reading(location.parent, me, messages=True)))


def one(tmp_path: Path, data: bytes) -> Item | Skipped:
    (tmp_path / "a.eml").write_bytes(data)
    (read,) = found(tmp_path / "a.eml")
    return read


def html_mail(plain: str, html: str) -> bytes:
    parts = [
        f"Content-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in (("plain", plain), ("html", html))
    ]
    body = "--b\n" + "--b\n".join(part for part, text in zip(parts, (plain, html), strict=True) if text) + "--b--\n"
    return eml(body, Content_Type="multipart/alternative; boundary=b", MIME_Version="1.0")


def test_private_messages_are_read_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(eml("Mine."))
    with pytest.raises(BadSource, match="private messages") as bad:
        list(mail.read(str(tmp_path / "a.eml"), reading(tmp_path)))
    assert "--messages" in bad.value.hint


def test_a_mail_has_its_key_title_and_time(tmp_path: Path) -> None:
    read = one(tmp_path, eml("They shut.", Subject="Re: AW: =?utf-8?q?T=C3=BCren?=", Message_ID="<x-1@example.org>"))
    assert isinstance(read, Item)
    assert (read.key, read.kind, read.place, read.title) == ("x-1@example.org", "message", "mail", "Türen")
    assert read.published == datetime(2024, 5, 6, tzinfo=UTC)


def test_without_a_message_id_the_key_is_a_digest_that_stays(tmp_path: Path) -> None:
    first = one(tmp_path, eml("They shut.", Message_ID=""))
    assert first == one(tmp_path, eml("They shut.", Message_ID="")) and first.key.startswith("mail-")
    assert first.key != one(tmp_path, eml("They open.", Message_ID="")).key


def test_mails_by_others_are_counted_once_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "all.mbox").write_bytes(mbox(*(eml(f"Theirs {i}", BOB) for i in range(1200)), eml("Mine.")))
    read = found(tmp_path / "all.mbox")
    assert [item.text for item in read if isinstance(item, Item)] == ["Mine."]
    assert [skip for skip in read if isinstance(skip, Skipped)] == [
        Skipped("all.mbox mails by others", "written by others (1,200 mails)")
    ]


def test_a_box_without_my_mails_says_how_to_name_my_address(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(mbox(eml("Theirs.", BOB)))
    with pytest.raises(BadSource, match="none of the 1 mails") as bad:
        found(tmp_path / "a.mbox")
    assert "twin init --me" in bad.value.hint
    (tmp_path / "b.mbox").write_bytes(b"")
    with pytest.raises(BadSource, match="holds no mails"):
        found(tmp_path / "b.mbox")


def test_every_form_of_a_mailbox_gives_the_same_mails(tmp_path: Path) -> None:
    mails = [eml(f"Text {name}.", Message_ID=f"<{name}@x>") for name in "ab"]
    (tmp_path / "box.mbox").write_bytes(mbox(*mails))
    (tmp_path / "Sent").write_bytes(mbox(*mails))
    for form in ("apple/Sent.mbox", "eml", "maildir/cur", "maildir/new", "maildir/tmp", "takeout/Takeout/Mail"):
        (tmp_path / form).mkdir(parents=True)
    (tmp_path / "apple/Sent.mbox/mbox").write_bytes(mbox(*mails))
    (tmp_path / "takeout/Takeout/Mail/Sent.mbox").write_bytes(mbox(*mails))
    for name, data in zip("ab", mails, strict=True):
        (tmp_path / "eml" / f"{name}.eml").write_bytes(data.replace(b"\n", b"\r\n"))
        (tmp_path / "maildir/cur" / f"17.{name}:2,S").write_bytes(data)
    archive = zipped({"Takeout/Mail/Sent.mbox": mbox(*mails)}, tmp_path / "takeout.zip")
    forms = [tmp_path / name for name in ("box.mbox", "Sent", "apple/Sent.mbox", "eml", "maildir", "takeout")]
    for location in (*forms, archive):
        assert mail.recognises(str(location)), location
        texts = {item.key: item.text for item in found(location) if isinstance(item, Item)}
        assert texts == {"a@x": "Text a.", "b@x": "Text b."}, location


def test_other_files_and_folders_of_other_texts_are_no_mailbox(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for name in ("a.md", "b.txt"):
        (tmp_path / "notes" / name).write_text("From here on.\n\nA thought.")
    (tmp_path / "notes" / "saved.eml").write_bytes(eml("One mail among notes."))
    for other in (tmp_path / "notes", tmp_path / "notes/a.md", tmp_path / "gone", "https://example.org/x.mbox"):
        assert not mail.recognises(str(other))


def test_the_same_mail_under_two_labels_is_one(tmp_path: Path) -> None:
    for name in ("Sent", "Starred"):
        (tmp_path / f"{name}.mbox").write_bytes(mbox(eml("Once.", Message_ID="<1@x>")))
    read = found(tmp_path)
    assert sum(isinstance(one, Item) for one in read) == 1 and len({one.key for one in read}) == len(read) == 2


def test_lines_that_begin_with_from_are_text(tmp_path: Path) -> None:
    text = "Hello.\n\nFrom here it goes on at 12:30 o'clock.\nFrom there too.\n"
    (tmp_path / "a.mbox").write_bytes(mbox(eml(text), eml("Next.")))
    assert [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)] == [text.strip(), "Next."]
    unquoted = mbox(eml("x")).replace(b"\nx\n", b"\n" + text.encode())
    (tmp_path / "a.mbox").write_bytes(unquoted)
    assert [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)] == [text.strip()]


def test_a_quote_without_a_blank_that_begins_with_from_stays_a_quote(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(b"From x Mon May  6 00:00:00 2024\n" + eml(">Theirs.\n>From there.\n\nMine.\n"))
    assert [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)] == ["Mine."]


def test_a_huge_attachment_costs_no_memory_and_no_text(tmp_path: Path) -> None:
    attachment = "--b\nContent-Type: application/zip\nContent-Disposition: attachment; filename=a.zip\n\n"
    body = f"--b\nContent-Type: text/plain\n\nMine.\n\n{attachment}" + ("A" * 76 + "\n") * (MAX_MAIL // 70) + "--b--\n"
    big = eml(body, Content_Type="multipart/mixed; boundary=b", MIME_Version="1.0", Message_ID="<big@x>")
    (tmp_path / "a.mbox").write_bytes(mbox(big, eml("After.")))
    with (tmp_path / "a.mbox").open("rb") as stream:
        assert max(map(len, split(stream))) < MAX_MAIL + 70_000
    assert [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)] == ["Mine.", "After."]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "an automatic reply"),
        ({"X_Autoreply": "yes"}, "an automatic reply"),
        ({"Precedence": "bulk"}, "bulk mail"),
        ({"Content_Type": "multipart/report; boundary=b"}, "a report"),
        ({"Content_Type": "text/calendar; method=REPLY"}, "an invitation or its answer"),
        ({"Content_Type": "multipart/encrypted; boundary=b"}, "encrypted"),
    ],
)
def test_what_a_machine_sent_from_my_address_is_skipped(tmp_path: Path, headers: dict[str, str], reason: str) -> None:
    read = one(tmp_path, eml("I am away.", **headers))
    assert isinstance(read, Skipped) and reason in read.reason


def test_what_i_wrote_to_a_list_is_mine_whatever_its_precedence(tmp_path: Path) -> None:
    footer = "\n\n_______________________________________________\ndoors mailing list\nhttps://lists.example/listinfo/doors\n"
    read = one(tmp_path, eml(f"My answer.{footer}", Precedence="bulk", List_Id="<doors.example.org>"))
    assert isinstance(read, Item) and read.text == "My answer."


def test_a_draft_is_marked(tmp_path: Path) -> None:
    read = one(tmp_path, eml("Not sent.", X_Gmail_Labels="Drafts,Important"))
    assert isinstance(read, Item) and read.draft


ATTRIBUTIONS = [
    "On Mon, May 6, 2024 at 1:00 AM Bob <bob@example.org> wrote:",
    "On 6 May 2024, at 01:00, Bob Builder <bob@example.org> wrote:",
    "On Mon, May 6, 2024 at 1:00 AM Bob Builder With A Long Name\n<bob@example.org>\nwrote:",
    "Le lun. 6 mai 2024 à 01:00, Bob <bob@example.org> a écrit :",
    "Am Mo., 6. Mai 2024 um 01:00 Uhr schrieb Bob <bob@example.org>:",
    "Am 06.05.24 um 01:00 schrieb Bob Builder:",
    "Op ma 6 mei 2024 om 01:00 schreef Bob <bob@example.org>:",
    "W dniu 06.05.2024 o 01:00, Bob pisze:",
    "pon., 6 maj 2024 o 01:00 Bob <bob@example.org> napisał(a):",
    "El lun, 6 may 2024 a las 1:00, Bob (<bob@example.org>) escribió:",
    "Il giorno lun 6 mag 2024 alle ore 01:00 Bob <bob@example.org> ha scritto:",
    "Em seg., 6 de mai. de 2024 às 01:00, Bob <bob@example.org> escreveu:",
    "06.05.2024 01:00 пользователь «Bob» <bob@example.org> написал:",
    "Bob Builder wrote:",
    "bob@example.org (Bob Builder) writes:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_what_stands_below_an_attribution_is_theirs_in_any_language(attribution: str) -> None:
    words = cut(f"Mine – 100 %.\n\n{attribution}\n\n> Theirs.\n>\n> More of it.\n")
    assert words.text == "Mine – 100 %."
    assert "Theirs." in words.quoted and "Mine" not in words.quoted


@pytest.mark.parametrize("attribution", [line for line in ATTRIBUTIONS[:6] if "@" in line or "um 01:00" in line])
def test_a_quote_without_marks_is_cut_to_its_end(attribution: str) -> None:
    assert cut(f"Mine.\n\n{attribution}\n\nTheirs.\n\nAnd theirs.\n").text == "Mine."


def test_replies_between_the_quoted_lines_stay(tmp_path: Path) -> None:
    text = "On 6 May 2024, at 01:00, Bob wrote:\n> One?\n\nYes.\n\n> Two?\n> Three?\n\nNo.\n"
    words = cut(text)
    assert words.text == "Yes.\n\nNo."
    assert [line for line in words.quoted.split("\n") if line.startswith(">")] == ["> One?", "> Two?", "> Three?"]


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Mon\nSubject: Doors\n",
        "Begin forwarded message:\n\nFrom: Bob <bob@example.org>\nSubject: Doors\n",
        "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ada\nSubject: Doors\n",
        "-----Ursprüngliche Nachricht-----\nVon: Bob\nGesendet: Montag\nAn: Ada\nBetreff: Türen\n",
        "________________________________\nDe : Bob <bob@example.org>\nEnvoyé : lundi\nÀ : Ada\nObjet : Portes\n",
        "*From:* Bob [mailto:bob@example.org]\n*Sent:* Monday\n*To:* Ada\n*Subject:* Doors\n",
        "Von: Bob <bob@example.org>\nGesendet: Montag, 6. Mai 2024 01:00\nAn: Ada\nBetreff: Türen\n",
    ],
)
def test_forwarded_mails_and_header_blocks_are_cut(mark: str) -> None:
    assert cut(f"Look at this.\n\n{mark}\nTheirs.\n").text == "Look at this."


@pytest.mark.parametrize(
    "below",
    [
        "-- \nAda Example\nDoors Inc.\n+49 30 1234567",
        "--\nAda",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Gesendet von Outlook für iOS",
        "Get Outlook for Android <https://aka.ms/x>",
        "Ada Example\nHead of Doors\nada@example.org\nwww.example.org",
        "This e-mail is confidential and intended only for the recipient. If you have received it in error,\nplease "
        "tell the sender and delete it. Any unauthorised use of it is forbidden.",
        "_____________________________\ndoors mailing list\nTo unsubscribe send mail to x@example.org",
    ],
)
def test_signatures_disclaimers_and_footers_are_cut_and_what_merely_looks_like_one_stays(below: str) -> None:
    assert cut(f"Mine.\n\nThanks,\nAda\n\n{below}\n").text == "Mine.\n\nThanks,\nAda"


@pytest.mark.parametrize(
    "text",
    [
        "It is – mostly – mine.\n\n  - one\n  - two 🚪\n\nCheers,\nAda",
        "Sent from my desk, which is easier than a phone.",
        "On Monday I wrote:\n\nthe doors shut.",
        "To: do\n\nFrom: here on it gets worse",
        "A rule\n\n---\n\nin between, and -- not a signature.",
        "The list:\n- FOUR doors\n-- EIGHT lifts",
        "We talked about confidential things.",
    ],
)
def test_what_is_mine_stays_to_the_letter(text: str) -> None:
    assert cut(text).text == text and cut(text).quoted == ""


def test_a_block_under_many_mails_is_a_signature_and_a_sign_off_is_not(tmp_path: Path) -> None:
    under = "Ada Example | Doors Inc. | ada@example.org"
    mails = [eml(f"Text {i}, which differs.\n\nBest,\nAda\n\n{under}\n") for i in range(3)]
    (tmp_path / "a.mbox").write_bytes(mbox(*mails))
    assert [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)] == [
        f"Text {i}, which differs.\n\nBest,\nAda" for i in range(3)
    ]
    (tmp_path / "a.mbox").write_bytes(mbox(*mails[:2]))
    assert all(under in item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item))


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div>On May 6, 2024 at 1:00, Bob wrote:</div><blockquote>Theirs.</blockquote></div>',
        '<div class="gmail_quote">---------- Forwarded message ---------<br>From: Bob<br><br>Theirs.</div>',
        '<div class="moz-cite-prefix">On 06.05.24 01:00, Bob wrote:</div><blockquote type="cite">Theirs.</blockquote>',
        '<div id="divRplyFwdMsg"><b>From:</b> Bob<br><b>Sent:</b> Monday<br></div><div>Theirs.</div>',
        '<hr id="stopSpelling">Date: Monday<br>From: bob@example.org<br><br><div>Theirs.</div>',
        '<span id="OLK_SRC_BODY_SECTION"><div>From: Bob</div><div>Theirs.</div></span>',
        '<div class="yahoo_quoted"><div>Theirs.</div></div>',
        "<p>Mon, 06 May 2024 01:00:00 +0000 from Bob &lt;bob@example.org&gt;:</p><blockquote>Theirs.</blockquote>",
    ],
)
def test_quotes_in_html_are_cut(quote: str) -> None:
    words = words_of("", f"<html><body><div>Mine.</div><div>Two lines.</div><br>{quote}</body></html>")
    assert words.text == "Mine.\nTwo lines."
    assert "Theirs." in words.quoted


def test_a_reply_inside_gmail_s_quote_stays() -> None:
    html = (
        '<div class="gmail_quote">On May 6, 2024 at 1:00, Bob wrote:<blockquote>One?</blockquote><div>Yes.</div></div>'
    )
    assert words_of("", html).text == "Yes."


def test_a_signature_that_html_marks_is_cut_from_the_plain_text_too(tmp_path: Path) -> None:
    plain = "Mine.\n\nAda Example\nHead of doors\n"
    html = '<p>Mine.</p><div class="gmail_signature"><div>Ada Example</div><div>Head of doors</div></div>'
    read = one(tmp_path, html_mail(plain, html))
    assert isinstance(read, Item) and read.text == "Mine."


def test_line_breaks_that_a_client_put_in_are_taken_out_and_those_i_typed_stay(tmp_path: Path) -> None:
    plain = "This is a long line that the\nclient broke.\nThis one I broke.\n\nA paragraph."
    html = (
        "<div>This is a long line that the client broke.</div><div>This one I broke.</div><br><div>A paragraph.</div>"
    )
    read = one(tmp_path, html_mail(plain, html))
    assert isinstance(read, Item)
    assert read.text == "This is a long line that the client broke.\nThis one I broke.\n\nA paragraph."
    flowed = eml("A long line that \ngoes on.\nNext.\n", Content_Type="text/plain; format=flowed")
    read = one(tmp_path, flowed)
    assert isinstance(read, Item) and read.text == "A long line that goes on.\nNext."


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=iso-8859-2", "Žluťoučký".encode("iso-8859-2")),
        ("text/plain; charset=utf-8", "Žluťoučký".encode()),
        ("text/plain; charset=no-such-thing", "Žluťoučký".encode()),
        ("text/plain", "Žluťoučký".encode()),
    ],
)
def test_charsets(tmp_path: Path, content_type: str, body: bytes) -> None:
    read = one(tmp_path, eml("", Content_Type=content_type) + body)
    assert isinstance(read, Item) and read.text == "Žluťoučký"


def test_an_attached_mail_is_no_part_of_the_text(tmp_path: Path) -> None:
    inner = eml("Theirs.", BOB).decode()
    body = f"--b\nContent-Type: text/plain\n\nMine.\n\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    read = one(tmp_path, eml(body, Content_Type="multipart/mixed; boundary=b", MIME_Version="1.0"))
    assert isinstance(read, Item) and read.text == "Mine." and "Theirs" not in repr(read)


def test_parts_nested_without_end_are_skipped_or_read_but_never_crash(tmp_path: Path) -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(3000))
    (tmp_path / "a.mbox").write_bytes(
        mbox(eml(f"--x\n{deep}", Content_Type="multipart/mixed; boundary=x"), eml("Good."))
    )
    assert "Good." in [item.text for item in found(tmp_path / "a.mbox") if isinstance(item, Item)]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b", "text/plain; charset=utf-16", "x"]),
)
def test_whatever_stands_between_two_mails_they_are_read(noise: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as at:
        location = Path(at) / "a.mbox"
        bad = eml("", Content_Type=kind, Message_ID="<bad@x>") + noise
        location.write_bytes(mbox(eml("First."), bad, eml("Last.")))
        read = found(location)
        assert {"First.", "Last."} <= {item.text for item in read if isinstance(item, Item)}
        assert read == found(location) and len({one.key for one in read}) == len(read)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_arbitrary_bytes_are_an_error_in_words_or_items(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as at:
        for name in ("a.mbox", "a.eml", "a.emlx"):
            (Path(at) / name).write_bytes(data)
            try:
                found(Path(at) / name)
            except TwinError as bad:
                assert bad.message


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["> x", "On 1.1.2024 1:00 Bob wrote:", "-- ", "---", "From: b", "Sent: x", "", "text", "a:"]),
        max_size=40,
    )
)
def test_no_line_is_both_mine_and_theirs_and_none_is_made_up(lines: list[str]) -> None:
    numbered = [f"{line} #{i}" if line == "text" else line for i, line in enumerate(lines)]
    words = cut("\n".join(numbered))
    mine, theirs = words.text.split("\n"), words.quoted.split("\n")
    assert set(mine) - {""} <= set(numbered) and set(theirs) - {""} <= {line.strip() for line in numbered} | set(
        numbered
    )
    assert not {line for line in mine if "#" in line} & {line for line in theirs if "#" in line}
    assert not [line for line in mine if line.startswith(">")]


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the real samples in ../shared/formats are not here")
def test_the_replies_of_real_clients_come_out_as_typed() -> None:
    """15 mails and 9 HTML bodies of the clients that people use; each says the same few words."""
    box = FORMATS / "talon-replies-eml"
    me = Identity("", ("bob@example.com", "bob@xxx.mailgun.org", "xxx@gmail.com", "xxx@aol.com", "xxx@comcast.net",
                       "xxx@hotmail.com", "xxx@yahoo.com", "adam@tictail.com", "me@example.com"))  # fmt: skip
    texts = [item.text.strip() for item in found(box, me) if isinstance(item, Item)]
    assert len(texts) == 12 and set(texts) == {"Hello"}
    bodies = sorted((FORMATS / "talon-replies-html").glob("*.html"))
    read = [words_of("", body.read_bytes().decode("utf-8", "replace")).text.split() for body in bodies]
    assert len(read) == 9 and all(words == "Hi. I am fine. Thanks, Alex".split() for words in read)


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the real samples in ../shared/formats are not here")
def test_a_real_list_mailbox_of_2003_is_split_and_decoded() -> None:
    box = FORMATS / "mbox" / "mbox.rlug"
    assert mail.recognises(str(box))
    read = found(box, Identity("", ("wolfy@pcnet.ro",)))
    (item,) = [one for one in read if isinstance(one, Item)]
    assert item.text.startswith("ia cu incredere") and "dezabonare" not in item.text
    assert "tras-o pe cd" in item.quoted and "tras-o" not in item.text
    assert [skip.reason for skip in read if isinstance(skip, Skipped)] == ["written by others (4 mails)"]
