"""Documents for the tests of what is looked for in them."""

from datetime import datetime

from twin.core.records import Document, Kind


def written(
    name: str, kind: Kind = "post", place: str = "linkedin", published: datetime | None = None, text: str = "A text."
) -> Document:
    return Document(
        id=name, version="", source="", key=name, kind=kind, place=place, title="", text=text, url="",
        published=published, language="en", words=0, authorship="own", consent="mine", licence="", draft=False,
        private=(), masks=(), truncated=False, visibility="", work=name, side=None, canonical=True, use=(), why="",
    )  # fmt: skip
