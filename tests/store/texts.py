"""One post, and short ways to put texts into a store."""

from datetime import UTC, datetime

from twin.core.private import private_kinds
from twin.core.records import Item, digest
from twin.core.text import words
from twin.store import Intake, Scanned, Store

DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
POST = Item(
    "1", "post", "linkedin", "The doors are the whole job. 🚪\r\n\r\n“Really.”", published=DAY, raw="<p>raw</p>"
)
WORDS = "Brushes wear out in a year and a half, whatever the leaflet says about them, so I carry four."


def put(store: Store, *items: Item, consent: str = "mine") -> list[str]:
    source = store.add_source("linkedin", "export.zip", consent)
    with store.writing() as connection:
        return [outcome for outcome, _ in Intake(source, "1").put(connection, [scanned(item) for item in items])]


def scanned(item: Item) -> Scanned:
    """An item with what a scan finds in it, its language and runs aside."""
    tokens = words(item.text)
    return Scanned(item, "en", len(tokens), digest(tokens or item.text), private_kinds(item.text), b"")


def identity(item: Item) -> str:
    return digest(item.place, item.key)
