"""The text of a mail in, the words its writer typed out: no quotes, no forwarded mail, no signature, no footer.

Works on lines, in the order in which clients stack them: what follows a forward mark, a header block or "On … wrote:"
without `>` is someone else's to the end; `>` lines go and what stands between them stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from twin.sources.mail.under import LONGEST, RULE, without_tail

_QUOTE = re.compile(r"[ \t]{0,3}(?:[A-Z]{1,3})?>")
_FORWARD = re.compile(
    r"(?:forwarded (?:message|by)|original (?:message|appointment)|begin forwarded|weitergeleitete|"
    r"urspr(?:ü|ue)ngliche nachricht|originalnachricht|message (?:transféré|d'origine|original)|"
    r"mensaje (?:reenviado|original)|"
    r"mensagem (?:encaminhada|original)|messaggio (?:inoltrato|originale)|doorgestuurd bericht|oorspronkelijk bericht|"
    r"wiadomość (?:oryginalna|przekazana)|oryginalna wiadomość|vidarebefordrat|ursprungligt meddelande|"
    r"пересылаемое|исходное сообщение|överfört meddelande|videresendt|oprindelig meddelelse|opprinnelig melding)",
    re.IGNORECASE,
)
_BARE_FORWARD = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:e-?mail|nachricht)|"
    r"début du (?:message|courriel) réexpédié|inizio messaggio inoltrato|begin doorgestuurd bericht|"
    r"inicio del mensaje reenviado|início da mensagem (?:re)?encaminhada)\s*:",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"wrote|writes|schrieb|schreibt|écrit|schreef|geschreven|napisał|pisze|escribió|escribio|ha scritto|scrive|"
    r"escreveu|написал|пишет|skrev|kirjoitti|a scris|napsal|yazdı|írta|έγραψε|写道|寫道|書きました|작성",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"[ \t]{0,3}(?:-{2,20} ?)?(?:(?:On|Le|Am|Op|Den|El|Il|Em|W dniu|Dnia|Dne|În|Pe|På|Στις|Ngày|在|于|於)[ \t]|"
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{4}年|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|пн|вт|ср|чт|пт|сб|вс)[a-zé]*\.?,? \d)",
    re.IGNORECASE,
)
_WHEN_OR_WHO = re.compile(r"\d{1,2}[:.h]\d{2}|[^\s@<>]{1,64}@[^\s@<>]|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_ROLES = {
    "from": "from von de van da od от från fra expéditeur remitente mittente",
    "date": "sent date gesendet datum envoyé enviado inviato data fecha verzonden wysłano отправлено дата "
    "skickat sendt",
    "to": "to cc an à para a aan do кому till til för",
    "subject": "subject betreff objet asunto assunto oggetto onderwerp temat тема ämne emne",
}
_ROLE = {name: role for role, names in _ROLES.items() for name in names.split()}
_HEADER = re.compile(r"[ \t]{0,3}[*_]{0,2}([^\W\d_]{1,12})[ \t\xa0]?[*_]{0,2}[:：][*_]{0,2}(?:[ \t\xa0]|$)")


@dataclass(slots=True)
class Cut:
    """What a mail's writer typed, and in `quoted` what others did."""

    text: str
    quoted: str = ""


@dataclass(slots=True)
class _Sorted:
    """Runs of own lines, each between two cuts, and the lines of others."""

    runs: list[list[str]] = field(default_factory=lambda: [[]])
    theirs: list[str] = field(default_factory=list)


def cut(text: str, *, signatures: tuple[str, ...] = ()) -> Cut:
    """A mail's text in, own and others' words apart; `signatures` are texts known to be one, as HTML marks them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = _sorted_lines(_unsigned(lines))
    runs = [without_tail(run, signatures) for run in found.runs]
    own = "\n\n".join(joined for run in runs if (joined := "\n".join(run).strip("\n \t\xa0")))
    return Cut(own, "\n".join(found.theirs).strip())


def _unsigned(lines: list[str]) -> list[str]:
    """Without the armour of an inline PGP signature."""
    if not lines or "-----BEGIN PGP SIGNED MESSAGE-----" not in lines:
        return lines
    start = lines.index("-----BEGIN PGP SIGNED MESSAGE-----") + 1
    while start < len(lines) and lines[start].strip():
        start += 1
    ends = [i for i, line in enumerate(lines) if line.startswith("-----BEGIN PGP SIGNATURE")]
    body = lines[start : next((end for end in ends if end > start), len(lines))]
    return [line[2:] if line.startswith("- ") and line[2:].startswith("-") else line for line in body]


def _sorted_lines(lines: list[str]) -> _Sorted:
    found = _Sorted()
    i = 0
    while i < len(lines):
        if _QUOTE.match(lines[i]):
            _end_run(found)
            found.theirs.append(lines[i])
            i += 1
            continue
        length, hard = _mark(lines, i)
        if not length:
            found.runs[-1].append(lines[i])
            i += 1
            continue
        _end_run(found)
        rest = next((line for line in lines[i + length : i + length + 4] if line.strip()), "")
        if hard and not _QUOTE.match(rest):
            found.theirs += lines[i:]
            break
        found.theirs += lines[i : i + length]
        i += length
    return found


def _end_run(found: _Sorted) -> None:
    run = found.runs[-1]
    while run and (not run[-1].strip() or RULE.fullmatch(run[-1][:LONGEST])):
        run.pop()
    if run:
        found.runs.append([])


def _mark(lines: list[str], i: int) -> tuple[int, bool]:
    """How many lines from i on introduce words of others, and whether all that follows is theirs."""
    line = lines[i][:LONGEST].strip(" \t\xa0*")
    if not line:
        return 0, False
    if (line.startswith("--") and line.endswith("-") and _FORWARD.search(line)) or _BARE_FORWARD.fullmatch(line):
        block = next((_header_block(lines, j) + j - i for j in range(i + 1, i + 4) if _header_block(lines, j)), 0)
        return max(block, 1), True
    if length := _header_block(lines, i):
        return length, True
    return _attribution(lines, i)


def _header_block(lines: list[str], i: int) -> int:
    """The length of a block of mail headers (From, Sent, To, Subject in any of ten languages) at i, or 0."""
    roles: list[str] = []
    length = 0
    for line in lines[i : i + 12]:
        named = _HEADER.match(line[:LONGEST])
        role = _ROLE.get(named[1].lower(), "other") if named else ""
        if not line.strip() or (not role and not roles) or (not roles and role == "other"):
            break
        roles.append(role)
        length += 1
    told = set(roles)
    joined = " ".join(lines[i : i + length])[: 4 * LONGEST]
    enough = "from" in told and ({"date", "subject"} & told or ("to" in told and "@" in joined))
    return length if enough and len(told & _ROLES.keys()) >= 2 else 0


def _attribution(lines: list[str], i: int) -> tuple[int, bool]:
    """The length of "On … wrote:" at i, over at most four lines, and whether it names a time or an address."""
    begins, told = bool(_BEGINS.match(lines[i][:LONGEST])), ""
    for length in range(1, 5):
        if i + length > len(lines) or not lines[i + length - 1].strip():
            return 0, False
        told = f"{told} {lines[i + length - 1].strip()}".strip()[:LONGEST]
        certain, wrote = bool(_WHEN_OR_WHO.search(told)), bool(_WROTE.search(told))
        if told.endswith((":", "：")) or re.search(r"(?:wrote|написал)\W{0,3}$", told):
            after = next((line for line in lines[i + length : i + length + 3] if line.strip()), "")
            quoted = bool(_QUOTE.match(after))
            if begins and certain and (wrote or quoted):
                return length, True
            return (length, True) if quoted and wrote and (certain or length == 1) else (0, False)
        if not begins and not certain:
            return 0, False
    return 0, False
