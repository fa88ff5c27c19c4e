"""What the benchmarks read: posts from ../shared/corpora where they are, else a small generated list."""

from __future__ import annotations

import json
from pathlib import Path

from twin.core.records import Message, Prompt

CORPUS = Path(__file__).parents[2] / "shared" / "corpora" / "joao-goncalves-linkedin.jsonl"


def posts(count: int) -> tuple[list[str], str]:
    """`count` posts of 80 to 200 words, and where they are from."""
    if CORPUS.is_file():
        texts = [json.loads(line)["text"] for line in CORPUS.read_text("utf-8").splitlines()]
        fitting = [text for text in texts if 80 <= len(text.split()) <= 200]
        return fitting[:count], CORPUS.name
    made = [
        "\n\n".join(f"In week {i + j} the team moved queue {j} and saved {i * j} hours of waiting." for j in range(8))
        for i in range(count)
    ]
    return made, "generated"


def prompt_for(text: str) -> Prompt:
    """A prompt as long as those of the product: a brief with facts taken from the text."""
    facts = "\n".join(f"- {line.strip()}" for line in text.splitlines()[1:5] if line.strip())
    ask = f"Write a LinkedIn post of about {len(text.split())} words, as a story.\nTopic: {text[:60]}\nFacts:\n{facts}"
    return (Message("system", "You are Ada. You write in your own voice."), Message("user", ask))
