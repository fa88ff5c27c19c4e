"""Importing a LinkedIn archive against the plain way of doing the same work: `python -m bench.importing [posts]`.

The peer is what one would write first: `csv.DictReader`, py3langid on the whole text, the same scans for private
things, datasketch's MinHash and MinHashLSH for near duplicates, one SQLAlchemy ORM object a row in one transaction.
Every run has a process of its own; peak memory is that process's, Python and libraries included.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any

POSTS = 50_000
HEADING = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"
COMMON = """
the of and to a in is that it was for on are with as his they be at one have this from or had by but some what there we
can out other were all your when up use word how said an each she which do their time if will way about many then them
would write like so these her long make thing see him two has look more day could go come did my sound no most number
who over know water than call first people may down side been now find
""".split()
SYLLABLES = "ba ke li mo ru ta ve zo shi pra ston mer lin dor gan fel wick tor nel ham".split()


def archive(path: Path, posts: int) -> None:
    """A zip with a Shares.csv of so many posts, one in fifty told before, one in fifty with something private."""
    dice = random.Random(7)
    rare = ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 3))) for _ in range(20_000)]
    told: list[str] = []
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("Shares.csv", "w", force_zip64=True) as out,
        TextIOWrapper(out, "utf-8", newline="") as stream,
    ):
        stream.write(HEADING + "\n")
        for number in range(posts):
            text = _post(dice, rare)
            if told and number % 50 == 0:
                text = f"{dice.choice(told)}\n\n{text[:120]}"
            if number % 50 == 1:
                text += f"\n\nWrite to me at post{number}@example.org or call 020 7946 0{dice.randint(100, 999)}."
            if number % 25 == 0 and len(told) < 2_000:
                told.append(text)
            day = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=2 * (posts - number))
            share = (int(day.timestamp() * 1000) << 22) + number
            cell = text.replace('"', '""').replace("\n", '""\n""')
            link = f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{share}"
            stream.write(f'{day:%Y-%m-%d %H:%M:%S},{link},"{cell}","","",MEMBER_NETWORK\n')


def _post(dice: random.Random, rare: list[str]) -> str:
    sentences = []
    for _ in range(dice.randint(3, 16)):
        words = [dice.choice(rare if dice.random() < 0.4 else COMMON) for _ in range(dice.randint(4, 16))]
        sentences.append(" ".join(words).capitalize() + dice.choice(".....!?"))
    lines = [" ".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)]
    return "\n\n".join(lines) + dice.choice(["", "", " 🚪", "\n\n#lifts #doors"])


class Stages:
    """Seconds by stage, of calls that pass through here; what no stage claims is reading."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def through(*values: Any, **named: Any) -> Any:
            with self.during(stage):
                return call(*values, **named)

        return through

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - started


def ours(path: Path, home: Path) -> dict[str, Any]:
    """The product's own collect, twice: an archive that was never seen, then the same one again."""
    from twin.core.layers import load_settings
    from twin.features import collect, works
    from twin.pipeline import Twin
    from twin.store import Intake

    stages = Stages()
    collect.scan = stages.timed("scans", collect.scan)
    Intake.put = stages.timed("storing", Intake.put)  # type: ignore[method-assign]
    works.works_of = stages.timed("near duplicates", works.works_of)
    twin = Twin(load_settings(home)[0])
    twin.init("Ada Example", [])
    twin.add(str(path))
    started = time.perf_counter()
    first = twin.collect()
    total = time.perf_counter() - started
    spent = dict(stages.seconds)
    started = time.perf_counter()
    again = twin.collect()
    seconds = {**spent, "reading and the rest": total - sum(spent.values()), "total": total}
    seconds["the same archive again"] = time.perf_counter() - started
    assert again["sources"][0]["stored"] == 0
    return {"seconds": seconds, "stored": first["sources"][0]["stored"]}


def plain(path: Path, home: Path) -> dict[str, Any]:
    """The route that one would write first."""
    import py3langid
    from datasketch import MinHash, MinHashLSH
    from sqlalchemy import JSON, DateTime, Integer, String, create_engine
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    from twin.core.private import private_kinds
    from twin.core.records import digest
    from twin.core.text import shingles, words

    class Base(DeclarativeBase):
        pass

    class Post(Base):
        __tablename__ = "posts"
        id = mapped_column(String, primary_key=True)
        version = mapped_column(String)
        fingerprint = mapped_column(String, index=True)
        url = mapped_column(String)
        text = mapped_column(String)
        raw = mapped_column(String)
        published = mapped_column(DateTime)
        visibility = mapped_column(String)
        language = mapped_column(String)
        words = mapped_column(Integer)
        private = mapped_column(JSON)
        work = mapped_column(String, index=True)

    stages = Stages()
    home.mkdir(exist_ok=True)
    engine = create_engine(f"sqlite:///{home / 'plain.db'}")
    Base.metadata.create_all(engine)
    near = MinHashLSH(threshold=0.5, num_perm=128)
    started = time.perf_counter()
    stored, seen = 0, set()
    with zipfile.ZipFile(path) as opened, opened.open("Shares.csv") as data, Session(engine) as session:
        for row in csv.DictReader(TextIOWrapper(data, "utf-8", newline="")):
            text = row["ShareCommentary"].replace('"\n"', "\n")
            with stages.during("scans"):
                tokens = words(text)
                language, private = py3langid.classify(text)[0], private_kinds(text)
                fingerprint = digest(tokens)
            if fingerprint in seen:
                continue
            seen.add(fingerprint)
            identity = digest("linkedin", row["ShareLink"])
            with stages.during("near duplicates"):
                sketch = MinHash(num_perm=128)
                for run in shingles(tokens):
                    sketch.update(" ".join(run).encode())
                alike = near.query(sketch)
                near.insert(identity, sketch)
            with stages.during("storing"):
                session.add(
                    Post(
                        id=identity, version=digest(text), fingerprint=fingerprint, url=row["ShareLink"], text=text,
                        raw=json.dumps(row), published=datetime.fromisoformat(row["Date"]), language=language,
                        visibility=row["Visibility"], words=len(tokens), private=list(private),
                        work=alike[0] if alike else identity,
                    )
                )  # fmt: skip
            stored += 1
        with stages.during("storing"):
            session.commit()
    total = time.perf_counter() - started
    spent = dict(stages.seconds)
    return {"seconds": {**spent, "reading and the rest": total - sum(spent.values()), "total": total}, "stored": stored}


def run(route: str, path: Path) -> dict[str, Any]:
    """A route's result in a process of its own, with its peak memory in MB."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "bench.importing", route, str(path), home]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else POSTS
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "Complete_large.zip", Path(folder) / "Complete_small.zip"
        archive(large, posts)
        archive(small, posts // 5)
        print(f"{posts:,} posts, {large.stat().st_size / 1e6:.0f} MB as a zip")
        plainly, mine, fewer = run("plain", large), run("ours", large), run("ours", small)
    print(f"{'stage':26} {'plain s':>9} {'ours s':>9} {'times as fast':>14}")
    for stage, seconds in plainly["seconds"].items():
        print(f"{stage:26} {seconds:9.1f} {mine['seconds'][stage]:9.1f} {seconds / mine['seconds'][stage]:14.2f}")
    again, first = mine["seconds"]["the same archive again"], mine["seconds"]["total"]
    print(f"{'the same archive again':26} {'':9} {again:9.2f} {again / first:13.1%} of the first")
    print(f"{'posts stored':26} {plainly['stored']:9,} {mine['stored']:9,}")
    print(f"{'peak memory, MB':26} {plainly['peak']:9.0f} {mine['peak']:9.0f}")
    print(f"{f'with {posts // 5:,} posts, MB':26} {'':9} {fewer['peak']:9.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["plain"]):
        result = {"ours": ours, "plain": plain}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]) / "home")
        print(json.dumps({**result, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        main()
