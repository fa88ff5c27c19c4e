"""What clients, lists and companies put under a mail: signatures, "Sent from my …", list footers, disclaimers."""

from __future__ import annotations

import re

LONGEST = 600
"""Characters of a line, or of an attribution over several lines, that are looked at for marks."""
CARD_LINES, CARD_WIDTH = 8, 70
SIGNATURE_LINES = 12
MAX_TAILS = 12
"""Things under one another that are taken off."""

RULE = re.compile(r"[ \t*]*(?:[-_=*—–‐][ \t]?){3,200}[ \t]*")
_DELIMITER = re.compile(r"--[ \t\xa0]{0,2}")
_ADDRESS = r"[^\s@<>|,;]{1,64}@[^\s@<>|,;]{1,190}"
_SENT_FROM = re.compile(
    r"[ \t*_]{0,4}(?:(?:sent (?:from|via|with|using)|envoyé (?:de|depuis|à partir)|enviado (?:desde|do|de|con)|"
    r"inviato (?:da|dal)|verzonden (?:vanaf|met|via)|wysłane z|отправлено (?:с|из)|skickat från|sendt fra|"
    r"gesendet (?:von|mit)|diese nachricht wurde von) [^.,;!?\n]{2,60}|"
    r"von mein\w{1,3} [^.,;!?\n]{2,40} gesendet|get outlook for \w{2,12}|lähetetty \S{2,20})"
    r"\.?[ \t*_]*(?:[<(\[]?https?://\S{1,200}[>)\]]?|<[^>\n]{1,200}>|\([^)\n]{1,200}\))?[ \t*_]*",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"mailing list|unsubscribe|listinfo|google groups|you (?:are receiving|received) this|subscription|dezabonare|"
    r"désabonner|désinscrire|abmelden|abbestellen|darse de baja|view it on github|reply to this email directly",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential\w*|vertraulich\w*|privileged|intended (?:only|solely|recipient)|if you (?:are not|have received)|"
    r"unauthori[sz]ed|disclaimer|haftungsausschluss|confidentiel\w*|riservat[aoie]|destinatari\w+|empfänger|"
    r"adressat|in error|irrtümlich|par erreur|por error|consider the environment|virus",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    rf"[ \t<*]*(?:(?:e-?mail|mail|web|tel|phone|mobile?|fax|m|t|e|w|p)[.:]?[ \t]*)?"
    rf"(?:{_ADDRESS}|(?:https?://|www\.)\S{{3,200}}|\+?[\d][\d ()/.-]{{6,24}})[>*]?[ \t]*",
    re.IGNORECASE,
)


def without_tail(run: list[str], signatures: tuple[str, ...]) -> list[str]:
    """A run of own lines in, the same without what a client or a list put under it."""
    run = list(run)
    for _ in range(MAX_TAILS):
        before = len(run)
        while run and not run[-1].strip():
            run.pop()
        for start in _tails(run, signatures):
            del run[start:]
        if len(run) == before:
            break
    return run


def _tails(run: list[str], signatures: tuple[str, ...]) -> list[int]:
    """Where the first kind of tail that is there begins: a list with one place in it, or none."""
    kinds = (_delimited, _footer, _sent_from, _disclaimer, _card)
    starts = [start for kind in kinds if (start := kind(run)) is not None]
    if not starts and (start := _known(run, signatures)) is not None:
        starts = [start]
    return starts[:1]


def _delimited(run: list[str]) -> int | None:
    for i in range(len(run) - 1, max(-1, len(run) - 2 - SIGNATURE_LINES - 6), -1):
        if _DELIMITER.fullmatch(run[i]) and sum(bool(line.strip()) for line in run[i:]) <= SIGNATURE_LINES + 1:
            return i
    return None


def _footer(run: list[str]) -> int | None:
    """A rule with at most eight lines under it that name a list."""
    for i in range(len(run) - 1, max(-1, len(run) - 10), -1):
        ruled = RULE.fullmatch(run[i][:LONGEST]) or run[i].strip() in ("—", "--", "---")
        if ruled and any(_FOOTER.search(line[:LONGEST]) for line in run[i:]):
            return i
    return None


def _sent_from(run: list[str]) -> int | None:
    return len(run) - 1 if run and _SENT_FROM.fullmatch(run[-1][:LONGEST]) else None


def _disclaimer(run: list[str]) -> int | None:
    start = _last_block(run)
    told = " ".join(run[start:])[:4000]
    signs = {found[0].lower() for found in _DISCLAIMER.finditer(told)}
    return start if start < len(run) and len(told.split()) >= 15 and len(signs) >= 3 else None


def _card(run: list[str]) -> int | None:
    """A last block of short lines, one of them nothing but an address, a link or a phone number."""
    start = _last_block(run)
    block = run[start:]
    if not 1 <= len(block) <= CARD_LINES or any(len(line) > CARD_WIDTH for line in block) or not start:
        return None
    contact = sum(bool(_CONTACT.fullmatch(line)) for line in block)
    alone = len(block) == 1 and "@" in block[0] and re.fullmatch(rf"\s*<?{_ADDRESS}>?\s*", block[0])
    return start if (contact and len(block) >= 3) or alone else None


def _known(run: list[str], signatures: tuple[str, ...]) -> int | None:
    """Where one of the texts that HTML marks as a signature ends the run."""
    for signature in signatures:
        wanted = signature.split()
        words: list[str] = []
        for i in range(len(run) - 1, max(-1, len(run) - 40), -1):
            words = run[i].split() + words
            if words and words == wanted:
                return i
    return None


def _last_block(run: list[str]) -> int:
    start = len(run)
    while start and run[start - 1].strip():
        start -= 1
    return start
