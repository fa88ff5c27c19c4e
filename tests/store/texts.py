"""One post, and short ways to put texts into a store."""

from datetime import UTC, datetime

from twin.core.records import Item, digest
from twin.store import Store

DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
POST = Item(
    "1", "post", "linkedin", "The doors are the whole job. 🚪\r\n\r\n“Really.”", published=DAY, raw="<p>raw</p>"
)
WORDS = "Brushes wear out in a year and a half, whatever the leaflet says about them, so I carry four."


def put(store: Store, *items: Item, consent: str = "mine") -> list[str]:
    source = store.add_source("linkedin", "export.zip", consent)
    with store.writing() as connection:
        return [store.put(connection, source, item, "en")[0] for item in items]


def identity(item: Item) -> str:
    return digest(item.place, item.key)
