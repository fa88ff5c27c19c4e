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
from twin.metrics.background.features import BUCKETS, VERSION, char_counts, form_rates, masked_counts

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
class Grams:
    """One kind of n-grams of n parts: `buckets` [v] are hash buckets, `counts` a sparse [n x v] matrix over them."""

    buckets: NDArray[np.uint32]
    counts: Any

    def rows(self, keep: Any) -> Grams:
        return Grams(self.buckets, self.counts[keep])

    def of(self, hashed: Any) -> Any:
        """[k x BUCKETS] counts in, [k x v] out: an n-gram that the others never write is seen for nobody."""
        return hashed[:, self.buckets]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """n parts of texts by other people as features.

    `chars` and `masked` are their n-grams, `form` [n x FORM] whole numbers, `person` [n] the index of the writer of
    each in `people`.
    """

    people: tuple[Person, ...]
    person: NDArray[np.unsignedinteger[Any]]
    chars: Grams
    masked: Grams
    form: NDArray[np.uint16]

    @property
    def version(self) -> str:
        """Feature version and a digest of what is in the pack."""
        grams = [one for kind in (self.chars, self.masked) for one in (kind.counts.data, kind.counts.indices)]
        cells = [sha256(array.tobytes()).hexdigest() for array in (self.person, *grams, self.form)]
        return f"{VERSION}.{digest([person.name for person in self.people], cells, length=8)}"

    def without(self, *names: str) -> Background:
        """The same background without these people, by name in any case: an author is never his own background."""
        left_out = {name.strip().casefold() for name in names}
        return self._of([i for i, person in enumerate(self.people) if person.name.casefold() not in left_out])

    def only(self, *names: str) -> Background:
        """The same background of these people alone."""
        kept = {name.casefold() for name in names}
        return self._of([i for i, person in enumerate(self.people) if person.name.casefold() in kept])

    def halves(self) -> tuple[Background, Background]:
        """Two backgrounds without a person in common: those of each era are dealt out in turn."""
        order = sorted(set(self.person), key=lambda i: (self.people[i].era, int(i)))
        return self._of(order[0::2]), self._of(order[1::2])

    def _of(self, people: Sequence[int]) -> Background:
        import numpy as np

        keep = np.isin(self.person, people)
        chars, masked = self.chars.rows(keep), self.masked.rows(keep)
        return Background(self.people, self.person[keep], chars, masked, self.form[keep])

    def joined(self, people: Mapping[Person, Sequence[str]]) -> Background:
        """The same background with more people, seen through its own n-grams."""
        import numpy as np
        from scipy.sparse import vstack

        texts = [text for parts in people.values() for text in parts]
        if not texts:
            return self
        first = len(self.people)
        person = np.repeat(np.arange(first, first + len(people)), [len(parts) for parts in people.values()])
        chars, masked = self.columns(texts)
        return Background(
            (*self.people, *people),
            np.concatenate([self.person, person]).astype(np.uint16),
            Grams(self.chars.buckets, vstack([self.chars.counts, chars]).tocsr()),
            Grams(self.masked.buckets, vstack([self.masked.counts, masked]).tocsr()),
            np.vstack([self.form, form_rates(texts)]),
        )

    def columns(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """k texts in, their counts over the pack's own buckets out: [k x v] as published, and [k x w] masked."""
        return self.chars.of(char_counts(texts)), self.masked.of(masked_counts(texts))

    def save(self, file: BinaryIO) -> None:
        """Writes the pack; the same background gives the same bytes."""
        import numpy as np

        np.savez_compressed(
            file,
            version=np.array(VERSION),
            people=np.frombuffer(_dumped(self.people), dtype=np.uint8),
            person=self.person,
            form=self.form,
            **_packed("chars", self.chars),
            **_packed("masked", self.masked),
        )


def gathered(people: Mapping[Person, Sequence[str]], *, least_texts: int = LEAST_TEXTS) -> Background:
    """People with parts of their texts in, the background out. Raises: NotEnoughData where there is no text."""
    import numpy as np

    texts = [text for parts in people.values() for text in parts]
    if not texts:
        raise NotEnoughData("a background needs texts by other people", "add a folder of texts by somebody else")
    person = np.repeat(np.arange(len(people)), [len(parts) for parts in people.values()]).astype(np.uint8)
    chars, masked = (_frequent(counts(texts), least_texts) for counts in (char_counts, masked_counts))
    return Background(tuple(people), person, chars, masked, form_rates(texts))


@lru_cache(maxsize=2)
def shipped(path: Path = PACK) -> Background:
    """The pack that comes with the package. Raises: MissingPart where it is absent or of another version."""
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file) as pack:
            stored = {name: pack[name] for name in pack.files}
    except (OSError, ValueError, KeyError, BadZipFile) as bad:
        raise MissingPart(f"the background of other people cannot be read at {str(path)!r}", _REBUILD) from bad
    if str(stored["version"]) != VERSION:
        raise MissingPart(f"the background is of version {stored['version']!s}, this program needs {VERSION}", _REBUILD)
    people = tuple(Person(**person) for person in json.loads(stored["people"].tobytes()))
    chars, masked = _unpacked("chars", stored), _unpacked("masked", stored)
    return Background(people, stored["person"], chars, masked, stored["form"])


_REBUILD = "reinstall llm-twin, or build it: python -m twin.metrics.background build FOLDER"


def _frequent(everything: Any, least_texts: int) -> Grams:
    """Counts over all buckets in, the n-grams that enough parts hold out, most frequent first."""
    import numpy as np

    frequency = np.bincount(everything.indices, minlength=BUCKETS)
    kept = np.flatnonzero(frequency >= least_texts)
    kept = kept[np.lexsort((kept, -frequency[kept]))]
    counts = everything[:, kept].tocsr()
    counts.sort_indices()
    counts.data = np.minimum(counts.data, 255)
    return Grams(kept.astype(np.uint32), counts)


def _packed(name: str, grams: Grams) -> dict[str, Any]:
    """Columns as the steps between them: most fit into a byte."""
    import numpy as np

    counts = grams.counts
    rows = [counts.indices[a:b] for a, b in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)]
    gaps = np.concatenate([np.diff(np.concatenate([[-1], row])).astype(np.int64) for row in rows] or [np.zeros(0, int)])
    return {
        f"{name}_buckets": grams.buckets,
        f"{name}_lengths": np.diff(counts.indptr).astype(np.uint32),
        f"{name}_gaps": np.minimum(gaps, _WIDE).astype(np.uint8),
        f"{name}_wide": gaps[gaps >= _WIDE].astype(np.uint32),
        f"{name}_counts": np.minimum(counts.data, 255).astype(np.uint8),
    }


def _unpacked(name: str, stored: Mapping[str, Any]) -> Grams:
    import numpy as np
    from scipy.sparse import csr_matrix

    buckets, lengths = stored[f"{name}_buckets"], stored[f"{name}_lengths"]
    gaps = stored[f"{name}_gaps"].astype(np.int64)
    gaps[gaps == _WIDE] = stored[f"{name}_wide"]
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    sums = np.concatenate([[0], np.cumsum(gaps)])
    columns = sums[1:] - np.repeat(sums[ends[:-1]], lengths) - 1
    counts = csr_matrix((stored[f"{name}_counts"].astype(np.float64), columns, ends), (len(lengths), len(buckets)))
    return Grams(buckets, counts)


def _dumped(people: Sequence[Person]) -> bytes:
    fields = ("name", "register", "era", "licence", "attribution")
    rows = [{field: getattr(person, field) for field in fields} for person in people]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()
