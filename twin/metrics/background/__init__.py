"""Other people: the feature pack that a verifier of voice needs to tell one person from the rest.

It holds counts of hashed character n-grams and rates of function words, never a text. The people, their licences and
attributions stand inside it: `python -m twin.metrics.background credits`. A score is relative to these people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import BadZipFile

from twin.core.errors import MissingPart, NotEnoughData
from twin.core.records import digest
from twin.metrics.background.features import BUCKETS, VERSION, char_counts, form_rates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACK = Path(__file__).with_name("background.npz")
LEAST_TEXTS = 5
"""An n-gram in fewer parts than this is left out: it says who was written about, and little of who wrote."""
_WIDE = 255


@dataclass(frozen=True, slots=True)
class Person:
    """One of the others. `era` is modern or old, `register` how they wrote; the licence is that of their texts."""

    name: str
    register: str
    era: str
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Parts of texts by other people as features.

    Notation: n parts, v n-gram buckets kept. `buckets` [v] are hash buckets, most frequent first. `counts` is a sparse
    [n x v] matrix, `form` [n x FORM] whole numbers, `person` [n] the index of its writer in `people`.
    """

    people: tuple[Person, ...]
    person: NDArray[np.uint8]
    buckets: NDArray[np.uint32]
    counts: Any
    form: NDArray[np.uint16]

    @property
    def version(self) -> str:
        """Feature version and a digest of what is in the pack."""
        arrays = (self.person, self.buckets, self.counts.data, self.counts.indices, self.form)
        cells = [sha256(array.tobytes()).hexdigest() for array in arrays]
        return f"{VERSION}.{digest([person.name for person in self.people], cells, length=8)}"

    def without(self, *names: str) -> Background:
        """The same background without these people, by name in any case: an author is never his own background."""
        import numpy as np

        left_out = {name.strip().casefold() for name in names}
        keep = np.array([self.people[i].name.casefold() not in left_out for i in self.person], dtype=bool)
        return Background(self.people, self.person[keep], self.buckets, self.counts[keep], self.form[keep])

    def columns(self, texts: Sequence[str]) -> Any:
        """k texts in, [k x v] counts over the pack's own buckets out: what others never write is seen for nobody."""
        return char_counts(texts)[:, self.buckets]

    def save(self, file: BinaryIO) -> None:
        """Writes the pack; the same background gives the same bytes."""
        import numpy as np

        gaps = np.concatenate([_gaps(row) for row in _rows(self.counts)] or [np.zeros(0, np.int64)])
        np.savez_compressed(
            file,
            version=np.array(VERSION),
            people=np.frombuffer(_dumped(self.people), dtype=np.uint8),
            person=self.person,
            buckets=self.buckets,
            lengths=np.diff(self.counts.indptr).astype(np.uint32),
            gaps=np.minimum(gaps, _WIDE).astype(np.uint8),
            wide=gaps[gaps >= _WIDE].astype(np.uint32),
            counts=np.minimum(self.counts.data, 255).astype(np.uint8),
            form=self.form,
        )


def gathered(people: Mapping[Person, Sequence[str]], *, least_texts: int = LEAST_TEXTS) -> Background:
    """People with parts of their texts in, the background out. Raises: NotEnoughData where there is no text."""
    import numpy as np

    texts = [text for parts in people.values() for text in parts]
    if not texts:
        raise NotEnoughData("a background needs texts by other people", "add a folder of texts by somebody else")
    everything = char_counts(texts)
    frequency = np.bincount(everything.indices, minlength=BUCKETS)
    kept = np.flatnonzero(frequency >= least_texts)
    kept = kept[np.lexsort((kept, -frequency[kept]))]
    counts = everything[:, kept].tocsr()
    counts.sort_indices()
    counts.data = np.minimum(counts.data, 255)
    person = np.repeat(np.arange(len(people)), [len(parts) for parts in people.values()])
    return Background(tuple(people), person.astype(np.uint8), kept.astype(np.uint32), counts, form_rates(texts))


@lru_cache(maxsize=2)
def shipped(path: Path = PACK) -> Background:
    """The pack that comes with the package. Raises: MissingPart where it is absent or of another version."""
    import numpy as np
    from scipy.sparse import csr_matrix

    try:
        with path.open("rb") as file, np.load(file) as pack:
            stored = {name: pack[name] for name in pack.files}
    except (OSError, ValueError, KeyError, BadZipFile) as bad:
        raise MissingPart(f"the background of other people cannot be read at {str(path)!r}", _REBUILD) from bad
    if str(stored["version"]) != VERSION:
        raise MissingPart(f"the background is of version {stored['version']!s}, this program needs {VERSION}", _REBUILD)
    gaps = stored["gaps"].astype(np.int64)
    gaps[gaps == _WIDE] = stored["wide"]
    ends = np.concatenate([[0], np.cumsum(stored["lengths"], dtype=np.int64)])
    sums = np.concatenate([[0], np.cumsum(gaps)])
    columns = sums[1:] - np.repeat(sums[ends[:-1]], stored["lengths"]) - 1
    shape = (len(stored["lengths"]), len(stored["buckets"]))
    counts = csr_matrix((stored["counts"].astype(np.float64), columns, ends), shape=shape)
    people = tuple(Person(**person) for person in json.loads(stored["people"].tobytes()))
    return Background(people, stored["person"], stored["buckets"], counts, stored["form"])


_REBUILD = "reinstall llm-twin, or build it: python -m twin.metrics.background build FOLDER"


def _rows(counts: Any) -> list[Any]:
    return [counts.indices[a:b] for a, b in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)]


def _gaps(row: Any) -> Any:
    """Rising column numbers in, the steps between them out, each at least 1."""
    import numpy as np

    return np.diff(np.concatenate([[-1], row])).astype(np.int64)


def _dumped(people: Sequence[Person]) -> bytes:
    fields = ("name", "register", "era", "licence", "attribution")
    rows = [{field: getattr(person, field) for field in fields} for person in people]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()
