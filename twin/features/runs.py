"""A text in, the hashes of its runs of words out: what two tellings of one story have in common.

All hashes are kept, four bytes a word, so that containment is exact where MinHash would estimate likeness: a post that
opens an article shares little of the article, and would be missed.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]

RUN = 5
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
_MIX = 0xBF58476D1CE4E5B9


def run_hashes(tokens: list[str]) -> Hashes:
    """n words in, the sorted distinct hashes of their runs of five out; a shorter text is one run."""
    import numpy as np

    if not tokens:
        return np.empty(0, np.uint32)
    words = np.fromiter(map(_word, tokens), np.uint64, len(tokens))
    runs = max(1, len(tokens) - RUN + 1)
    mixed = np.zeros(runs, np.uint64)
    for i, multiplier in enumerate(_MULTIPLIERS[: min(RUN, len(tokens))]):
        mixed += words[i : i + runs] * np.uint64(multiplier)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(_MIX)
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))


def packed(hashes: Hashes) -> bytes:
    """Hashes in, four bytes for each out, little-endian."""
    return hashes.astype("<u4").tobytes()


def unpacked(kept: bytes | bytearray) -> Hashes:
    """What `packed` made, as hashes."""
    import numpy as np

    return np.frombuffer(kept, "<u4")


@lru_cache(maxsize=1 << 15)
def _word(word: str) -> int:
    """64 bits of a word, the same on every machine."""
    data = word.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) << 32 | zlib.crc32(data, 0x5BD1E995)
