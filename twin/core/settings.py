"""One frozen `Settings`, one section per stage: every name, its default, its bounds and what it means.

`twin.toml.example` and `docs/config.md` are made from this file; a default is written here and nowhere else. Where
values come from is said in `layers.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twin.core.records import CHOSEN, PRIVATE, Choice, Private

ENV_PREFIX = "TWIN_"


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class StoreSettings(Section):
    url: str = Field("", description="SQLAlchemy URL of the database; empty is SQLite inside the home folder")


class CollectSettings(Section):
    max_item_bytes: int = Field(
        5_000_000, ge=1_000, le=100_000_000, description="largest single text read from a source, in bytes"
    )
    max_archive_bytes: int = Field(
        4_000_000_000, ge=1_000_000, description="largest unpacked size of an archive, in bytes"
    )
    timeout_s: float = Field(20.0, gt=0, le=600, description="longest wait for one answer of a web server, seconds")
    pause_s: float = Field(1.0, ge=0.5, le=60, description="least time between two pages of one host, seconds")
    page_budget: int = Field(5_000, ge=1, le=1_000_000, description="most pages asked for in one collection")
    github_token: str = Field("", description="your own token for GitHub's API; from the environment only")
    linkedin_token: str = Field(
        "", description="your own token for LinkedIn's Member Data Portability API; from the environment only"
    )


class PrivacySettings(Section):
    """What becomes of private things found in texts: keep, mask (hidden wherever a text is used), drop (not used)."""

    email: Choice = Field(CHOSEN["email"], description="mail addresses: keep, mask or drop")
    key: Choice = Field(CHOSEN["key"], description="keys, tokens and passwords: keep, mask or drop")
    iban: Choice = Field(CHOSEN["iban"], description="bank accounts: keep, mask or drop")
    card: Choice = Field(CHOSEN["card"], description="payment cards: keep, mask or drop")
    phone: Choice = Field(CHOSEN["phone"], description="phone numbers: keep, mask or drop")
    address: Choice = Field(CHOSEN["address"], description="street addresses: keep, mask or drop")
    handle: Choice = Field(CHOSEN["handle"], description="handles of others: keep, mask or drop")
    name: Choice = Field(CHOSEN["name"], description="names of others, where a text tells: keep, mask or drop")

    def choices(self) -> dict[Private, Choice]:
        return {kind: getattr(self, kind) for kind in PRIVATE}


class IndexSettings(Section):
    embedder: Literal["minilm", "fake"] = Field("minilm", description="embedder, a file name in twin/models/")
    store: Literal["lance"] = Field("lance", description="vector database, a file name in twin/vectors/")
    chunk_tokens: int = Field(
        200, ge=16, le=250, description="largest chunk, in tokens of the embedder's own tokenizer"
    )
    overlap_tokens: int = Field(30, ge=0, le=100, description="tokens repeated between neighbouring chunks")

    @model_validator(mode="after")
    def _mostly_new(self) -> Self:
        if self.overlap_tokens >= self.chunk_tokens:
            raise ValueError("index.overlap_tokens must be less than index.chunk_tokens")
        return self


class DatasetSettings(Section):
    train_share: float = Field(0.6, gt=0, lt=1, description="oldest works that are learned from, share of all")
    test_share: float = Field(0.2, gt=0, lt=1, description="newest works held out for measuring, share of all")
    least_texts: int = Field(20, ge=4, description="fewer texts than this are not trained on")
    section_words: int = Field(220, ge=60, le=800, description="long texts are cut at borders near this, in words")
    note_share: float = Field(
        0.5, ge=0, le=1, description="share of examples that also carry notes from other texts (RAFT)"
    )
    views: int = Field(
        1, ge=1, le=6, description="examples of each text; they differ in wording, in facts told and in notes"
    )
    opening_share: float = Field(
        0.0, ge=0, le=1, description="share of the texts that are also gone on with from their first sentence"
    )
    year_share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of the examples to learn from that name the year of their text; see: twin write --year",
    )
    oldest_weight: float = Field(
        0.5, gt=0, le=1, description="weight of the oldest text where the newest weighs 1: people change"
    )
    seed: int = Field(7, ge=0, description="seed of every choice made while building")

    @model_validator(mode="after")
    def _no_work_twice(self) -> Self:
        if self.train_share + self.test_share > 1:
            raise ValueError("dataset.train_share and dataset.test_share are more than everything together")
        return self


class TrainSettings(Section):
    base: str = Field(
        "smollm2-135m-instruct", description="base model: a known name, a GGUF file or a checkpoint folder"
    )
    rank: int = Field(0, ge=0, le=256, description="LoRA rank; 0 is by the size of the base")
    alpha: int = Field(0, ge=0, le=512, description="LoRA alpha; 0 is by the size of the base")
    dropout: float = Field(0.0, ge=0, le=0.5, description="LoRA dropout")
    learning_rate: float = Field(0.0, ge=0, lt=0.1, description="peak learning rate; 0 is by the size of the base")
    epochs: int = Field(0, ge=0, le=20, description="most passes over the examples; 0 is by their number")
    batch: int = Field(4, ge=1, le=256, description="examples per optimiser step")
    warmup_share: float = Field(0.1, ge=0, lt=1, description="share of the steps that warm up")
    max_tokens: int = Field(768, ge=64, le=8192, description="longest example, in tokens of the base")
    keep: Literal["voice", "best", "last"] = Field(
        "voice",
        description="the pass that is kept: whose voice is nearest to yours on the tuning side, with the lowest loss "
        "there, or the last",
    )
    quantised: Literal["none", "4bit"] = Field(
        "none", description="4bit holds the base in four bits while training (QLoRA): a quarter of its weights, slower"
    )
    recompute: Literal["auto", "always", "never"] = Field(
        "auto", description="compute layers twice to save memory; auto only where one example would not fit"
    )
    seed: int = Field(7, ge=0, description="seed of initialisation and order")
    refit: bool = Field(True, description="after a passed gate, fit again on everything that may be used")
    most_examples: int = Field(
        2000,
        ge=0,
        description="so many of the newest examples are learned from, which bounds the time; 0 is all of them",
    )
    pretrain_epochs: int = Field(
        0,
        ge=0,
        le=10,
        description="passes over the bare texts before the examples, where they have 20,000 words or more",
    )
    method: Literal["sft", "sft+dpo", "sft+choices", "sft+dpo+choices"] = Field(
        "sft",
        description="dpo adds a step that prefers your texts to the twin's own, slow without a GPU; choices one that "
        "prefers what you chose and edited (write.learn) to what you did not take",
    )
    dpo_beta: float = Field(0.1, gt=0, le=5, description="how close preferences keep to the adapter before them")
    dpo_rate: float = Field(
        0.0, ge=0, lt=0.01, description="peak rate of the preference step; 0 is a twentieth of learning_rate"
    )
    dpo_steps: int = Field(40, ge=1, le=2000, description="steps of preferences, `batch` pairs each")


class ModelSettings(Section):
    kind: Literal["llamacpp", "torch", "openai", "fake"] = Field(
        "llamacpp", description="what runs the language model, a file name in twin/models/"
    )
    name: str = Field("smollm2-135m-instruct", description="model name, a GGUF file, or a checkpoint folder for torch")
    url: str = Field("", description="endpoint of an OpenAI-compatible server; hosted models are off while empty")
    agreed: str = Field("", description="host that you agree may be sent your briefs and texts: the one in model.url")
    grammar: Literal["", "llamacpp", "vllm"] = Field(
        "", description="how the server of model.url is held to the sources while it writes; not at all while empty"
    )
    context_tokens: int = Field(2048, ge=256, le=131072, description="context of one draft, in tokens")
    parallel: int = Field(0, ge=0, le=64, description="texts generated side by side; 0 is 48 for torch, else 8")
    threads: int = Field(0, ge=0, description="threads; 0 is one for each core")
    timeout_s: float = Field(120.0, gt=0, description="longest wait for a remote model, seconds")


class HelperSettings(Section):
    """A capable model that writes briefs for your texts, which it is sent; off while it has no address."""

    kind: Literal["openai"] = Field("openai", description="protocol of the helper: any OpenAI-compatible server")
    url: str = Field(
        "", description="address of a helper that writes briefs of your texts for training; off while empty"
    )
    name: str = Field("", description="name of the helper's model, as its server knows it")
    key: str = Field("", description="the helper's key, OPENAI_API_KEY while empty; from the environment only")
    neutral: bool = Field(False, description="also ask for a draft without a voice, to learn rewriting from")
    retries: int = Field(2, ge=0, le=10, description="times a section is asked again after an answer of no use")
    parallel: int = Field(2, ge=1, le=16, description="sections asked about side by side")
    timeout_s: float = Field(120.0, gt=0, description="longest wait for one answer, seconds")
    price_in: float = Field(0.0, ge=0, description="price of a million tokens that are sent, in your currency")
    price_out: float = Field(0.0, ge=0, description="price of a million tokens that are answered, in your currency")


class ContentSettings(Section):
    """A larger model that writes what a draft says, which the twin then says in its voice; off while it has no name."""

    kind: Literal["openai", "llamacpp", "torch"] = Field(
        "openai", description="what runs the content model: an OpenAI-compatible server, or a model on this machine"
    )
    name: str = Field(
        "",
        description="a larger model that writes what drafts say, for the twin to say in its voice, and that "
        "translates: its name on its server, a GGUF file, or a checkpoint folder; off while empty",
    )
    url: str = Field("", description="address of the content model's server, such as http://127.0.0.1:11434/v1")
    key: str = Field("", description="the content model's key, OPENAI_API_KEY while empty; from the environment only")
    agreed: str = Field(
        "", description="host that you agree may be sent your briefs and passages: the one in content.url"
    )
    context_tokens: int = Field(4096, ge=512, le=131072, description="context of the content model on this machine")
    timeout_s: float = Field(120.0, gt=0, description="longest wait for one answer, seconds")


class WriteSettings(Section):
    candidates: int = Field(8, ge=1, le=64, description="next passages sampled at each step of a draft")
    variants: int = Field(1, ge=1, le=5, description="drafts shown")
    passages: int = Field(4, ge=0, le=12, description="passages of your own writing that a draft may stand on")
    place: str = Field("linkedin-post", description="where drafts will be posted: a name of `twin places`")
    words: int = Field(
        120,
        ge=20,
        le=600,
        description="length asked for where the request names none, in words; left unset, each place has its own",
    )
    temperature: float = Field(0.5, ge=0, le=2, description="sampling temperature of a draft")
    temperature_spread: float = Field(
        0.2,
        ge=0,
        le=0.9,
        description="how far the temperatures of several drafts lie below and above that, in turn, as a share of it",
    )
    top_p: float = Field(0.95, gt=0, le=1, description="nucleus sampling mass")
    min_p: float = Field(
        0.05, ge=0, lt=1, description="least probability of a token, as a share of the likeliest one's"
    )
    repeat_penalty: float = Field(1.1, ge=1, le=2, description="penalty on words just used; 1 is none")
    repeat_run: int = Field(
        0, ge=0, le=64, description="tokens in a row that may be said again unpunished; 0 punishes none"
    )
    bound: bool = Field(
        True, description="hold numbers, dates and links to those of the sources while writing, where the model can"
    )
    learn: bool = Field(
        False,
        description="keep what you choose and edit as pairs to learn from; see: twin preferences, and train.method",
    )
    unsourced: bool = Field(
        False, description="write where nothing of yours, of the brief or of its links is a source; else ask questions"
    )
    year: int = Field(
        0,
        ge=0,
        le=9999,
        description="year whose voice is asked for; 0 is that of today. A tuned twin heeds it if its dataset had a "
        "year_share",
    )
    max_chars: int = Field(
        3000, ge=100, le=100_000, description="hard limit of a draft, as its place counts; left unset, the place's own"
    )
    seed: int = Field(7, ge=0, description="seed of the first candidate")


class EvaluateSettings(Section):
    engine: Literal["auto", "model"] = Field(
        "auto",
        description="what writes the compared texts: transformers in large batches where this machine is quick at it "
        "and the base is not trained in four bits, or always the model of [model]",
    )
    briefs: int = Field(24, ge=2, description="held-out texts written again by every system")
    gate_briefs: int = Field(12, ge=2, description="held-out texts used by the short gate at the end of training")
    temperature: float = Field(0.7, ge=0, le=2, description="sampling temperature of every compared system")
    repeat_penalty: float = Field(1.05, ge=1, le=2, description="penalty on words just used, of every compared system")
    repeat_run: int = Field(
        2, ge=0, le=64, description="tokens in a row that a compared system may say again unpunished; 0 punishes none"
    )
    exemplars: int = Field(3, ge=1, le=8, description="own posts shown to the exemplar baseline")
    searches: int = Field(60, ge=0, description="searches of each kind with a known answer; 0 does not measure search")
    other_twin: str = Field(
        "", description="home of somebody else's twin on the same base, which must not pass for you"
    )
    entailment: str = Field(
        "",
        description="folder or hub name of an entailment model that gives a second opinion on sentences; none if empty",
    )
    resamples: int = Field(2000, ge=100, description="bootstrap resamples behind an interval")
    seed: int = Field(7, ge=0, description="seed of sampling and bootstrap")


class ServeSettings(Section):
    host: str = Field("127.0.0.1", description="address to listen on; any but loopback needs a token")
    port: int = Field(8377, ge=1, le=65535, description="port to listen on")
    token: str = Field("", description="token that a client must send; from the environment only")


class Settings(Section):
    home: Path = Field(description="folder of one twin: database, vectors, datasets, adapters, reports")
    cache: Path = Field(description="folder shared by all twins: unpacked base models")
    store: StoreSettings = StoreSettings()
    collect: CollectSettings = CollectSettings()
    privacy: PrivacySettings = PrivacySettings()
    index: IndexSettings = IndexSettings()
    dataset: DatasetSettings = DatasetSettings()
    train: TrainSettings = TrainSettings()
    model: ModelSettings = ModelSettings()
    helper: HelperSettings = HelperSettings()
    content: ContentSettings = ContentSettings()
    write: WriteSettings = WriteSettings()
    evaluate: EvaluateSettings = EvaluateSettings()
    serve: ServeSettings = ServeSettings()


ENVIRONMENT_ONLY = {"serve.token", "helper.key", "content.key", "collect.github_token", "collect.linkedin_token"}
SECRETS = {*ENVIRONMENT_ONLY, "store.url"}


def sections() -> dict[str, type[Section]]:
    """The section names in the order of the file, with their classes."""
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def env_name(name: str) -> str:
    """`write.words` in, `TWIN_WRITE__WORDS` out."""
    return ENV_PREFIX + name.upper().replace(".", "__")


def names() -> list[str]:
    """Every setting as `section.key`."""
    return [f"{section}.{key}" for section, kind in sections().items() for key in kind.model_fields]
