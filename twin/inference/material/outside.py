"""Links, files and folders that the user names in, passages of added knowledge out.

What they say is data, never orders, and never searched for links.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from twin.core.errors import BadRequest, BadSource, MissingPart
from twin.core.paths import HELD_LINKS, typed_path
from twin.core.protocols import Progress, Reading, silent
from twin.core.records import IN_PART, Item, Passage, Skipped, digest
from twin.core.text import clean_view, cut_at_sentence, sentences, word_count
from twin.inference.material import held
from twin.inference.material.fetched import fetched
from twin.inference.material.held import Gave
from twin.sources import address, folder
from twin.sources.archive import decoded
from twin.sources.folder.licences import is_licence

MOST_BYTES = 20_000_000
MOST_PASSAGES = 1_000
"""Of one link, file or folder: some 100,000 words, a long book."""
MOST_CHARS = 1_000_000
PASSAGE_WORDS, PASSAGE_CHARS = 120, 2_000
MOST_DOCUMENTS = 300
MOST_FILES = 100_000
"""A folder with more of them is no project but a disk."""
NAMED = 3
"""So many documents of a folder that could not be read are named, the others counted."""


def read_outside(
    locations: Sequence[str], reading: Reading, *, progress: Progress = silent
) -> tuple[list[Passage], list[Skipped]]:
    """Links, files and folders in; their passages, and what could not be read with its reason, out.

    One failure stops none. What was read in part is both; its reason begins with `IN_PART`.
    """
    held.sweep(reading.cache / HELD_LINKS)
    passages: list[Passage] = []
    skipped: list[Skipped] = []
    for number, location in enumerate(locations):
        progress(number, len(locations), "reading what you gave it")
        try:
            texts = _texts(location, reading)
        except MissingPart as bad:
            skipped.append(Skipped(location, f"{bad.message}: {bad.hint}"))
            continue
        except (BadRequest, BadSource) as bad:
            skipped.append(Skipped(location, bad.message))
            continue
        found, lacks = _passages(location, texts)
        passages += found
        if lacks:
            skipped.append(Skipped(location, lacks))
    return passages, skipped


def passages_of(location: str, title: str, text: str) -> list[Passage]:
    """A text in, runs of whole sentences of about `PASSAGE_WORDS` words out, at most `MOST_PASSAGES`."""
    return _passages(location, [Gave(location, title, text)])[0]


def is_link(location: str) -> bool:
    return location.lower().startswith(("http://", "https://"))


def document_of(location: str) -> str:
    """What the user named in, the `document` of its passages out, wherever the text turned out to stand."""
    return digest("outside", location)


def _texts(location: str, reading: Reading) -> list[Gave]:
    """Raises: BadRequest, BadSource, MissingPart."""
    found = address(location)
    if "://" in found:
        return [fetched(found, reading)]
    path = typed_path(location.strip())
    return _folder(path, reading) if path.is_dir() else [_file(path, reading)]


def _passages(location: str, texts: Sequence[Gave]) -> tuple[list[Passage], str]:
    """The texts of one location in; its passages, and what of it they lack in words (empty for nothing), out."""
    found: list[Passage] = []
    over = False
    document = document_of(location)
    for one in texts:
        head = cut_at_sentence(one.text, MOST_CHARS)
        room = MOST_PASSAGES - len(found)
        runs = list(islice(_runs(head), room + 1))
        over = over or len(runs) > room or len(head) < len(one.text)
        found += [
            Passage(
                digest(document, len(found) + i),
                document,
                one.title,
                one.url,
                run,
                "other",
                "",
                0.0,
                outside=True,
                theirs=is_link(one.url),
            )
            for i, run in enumerate(runs[:room])
        ]
    if not found:
        return [], "no text in it"
    lacks = [one.lacks for one in texts if one.lacks]
    cut = any(one.cut for one in texts)
    if over or cut:
        read = sum(word_count(passage.text) for passage in found)
        whole = sum(word_count(one.text) for one in texts)
        rest = f"of {'more than ' if cut else ''}{whole:,} words" if over else "words; it goes on where it stands"
        lacks.insert(0, f"its first {read:,} {rest}")
    return found, IN_PART + "; ".join(lacks) if lacks else ""


def _runs(text: str) -> Iterator[str]:
    """Sentences joined while they fit; one that is longer by itself, as talk without full stops is, comes in pieces."""
    run, size = "", 0
    for sentence in sentences(clean_view(text)):
        said = sentence.split()
        for at in range(0, len(said), PASSAGE_WORDS):
            whole = " ".join(said[at : at + PASSAGE_WORDS])
            for begin in range(0, len(whole), PASSAGE_CHARS):  # a language that sets no spaces
                piece = whole[begin : begin + PASSAGE_CHARS]
                words = word_count(piece)
                if run and (size + words > PASSAGE_WORDS or len(run) + len(piece) > PASSAGE_CHARS):
                    yield run
                    run, size = "", 0
                run, size = f"{run} {piece}".strip(), size + words
    if run:
        yield run


def _file(path: Path, reading: Reading) -> Gave:
    """A file in any format that a folder of documents is read in, or any other text of at most `MOST_BYTES`."""
    if folder.recognises(str(path)):
        found = list(folder.read(str(path), reading))
        items = [one for one in found if isinstance(one, Item)]
        if not items:
            raise BadRequest(f"{path.name!r}: {found[0].reason if isinstance(found[0], Skipped) else 'no text in it'}")
        text = "\n\n".join(item.text for item in items)
        return Gave(str(path), items[0].title or path.name, text, any(item.truncated for item in items))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest(f"{path.name!r} is larger than {MOST_BYTES:,} bytes")
        payload = path.read_bytes()
    except OSError as bad:
        raise BadRequest(f"cannot read {str(path)!r}: {bad.strerror}") from bad
    if b"\x00" in payload[:4096]:
        raise BadRequest(f"{path.name!r} is not a text")
    return Gave(str(path), path.name, decoded(payload))


def _folder(path: Path, reading: Reading) -> list[Gave]:
    """The documents of a folder, which may be a repository, READMEs first; no code. Raises: BadRequest, BadSource."""
    _refuse_a_disk(path)
    texts, bad, words = list[Gave](), list[str](), 0
    plain, found = path / "README", folder.read(str(path), reading)
    if plain.is_file() and not plain.is_symlink():
        try:
            texts.append(_file(plain, reading))
        except BadRequest as why:
            bad.append(why.message)
    try:
        for one in islice(found, MOST_DOCUMENTS):
            name = os.path.relpath(one.key, path.resolve())
            if isinstance(one, Item):
                texts.append(Gave(one.key, one.title or name, one.text, one.truncated))
                words += word_count(one.text)
            elif not is_licence(Path(one.key)):
                bad.append(f"{name} ({one.reason})")
            if words > MOST_PASSAGES * PASSAGE_WORDS:
                break
        more = next(found, None) is not None
    except BadSource:
        if not texts:
            raise
        more = False
    said = ", ".join([*bad[:NAMED], *([f"and {len(bad) - NAMED:,} more"] if len(bad) > NAMED else [])])
    if not texts:
        raise BadRequest(f"{path.name!r} holds no text that can be read: {said}")
    texts.sort(key=lambda one: not Path(one.url).name.lower().startswith("readme"))
    lacks = f"all but {said}" if said else ""
    return [replace(texts[0], cut=texts[0].cut or more, lacks=lacks), *texts[1:]]


def _refuse_a_disk(path: Path) -> None:
    count = 0
    for _, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not folder.ignored(name)]
        count += len(files)
        if count > MOST_FILES:
            raise BadRequest(f"{str(path)!r} holds more than {MOST_FILES:,} files: name the document that you mean")
