"""Every setting of a model, one frozen dataclass a stage. Checked when made; unknown keys are refused."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from xmr_engine.errors import ConfigError

IndexKind = Literal["hybrid", "tree", "trie"]
Embedding = Literal["label_text", "pifa"]
Negatives = Literal["teacher", "matcher", "both"]


def _require(ok: bool, name: str, got: object, expected: str) -> None:
    if not ok:
        raise ConfigError(f"{name} must be {expected}, got {got!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureConfig:
    """How inputs become rows.

    word_ngrams: longest word n-gram of the previous query, 0 leaves it out. char_ngrams: longest character n-gram
    of the prefix, 0 leaves it out. position_weighted: an n-gram at position i counts 1/i.
    """

    word_ngrams: int = 1
    char_ngrams: int = 3
    position_weighted: bool = True

    def __post_init__(self) -> None:
        _require(0 <= self.word_ngrams <= 5, "word_ngrams", self.word_ngrams, "from 0 to 5")
        _require(0 <= self.char_ngrams <= 6, "char_ngrams", self.char_ngrams, "from 0 to 6")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexConfig:
    """How labels are grouped.

    trie_depth: characters the trie goes down (hybrid: before clusters begin; trie: before it is cut).
    must_link: depth to which labels with the same first characters stay together in a tree. branching: most
    children of a cluster. leaf: most labels of a leaf cluster. embedding: what a label is to the clustering.
    """

    trie_depth: int | None = None
    must_link: int = 0
    branching: int = 8
    leaf: int = 100
    embedding: Embedding = "label_text"

    def __post_init__(self) -> None:
        if self.trie_depth is not None:
            _require(1 <= self.trie_depth <= 64, "trie_depth", self.trie_depth, "from 1 to 64")
        _require(0 <= self.must_link <= 64, "must_link", self.must_link, "from 0 to 64")
        _require(2 <= self.branching <= 256, "branching", self.branching, "from 2 to 256")
        _require(1 <= self.leaf <= 4096, "leaf", self.leaf, "from 1 to 4096")
        _require(self.embedding in get_args(Embedding), "embedding", self.embedding, "label_text or pifa")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingConfig:
    """How the nodes' scorers are trained.

    cost: weight of an error against the norm. tolerance, passes: when the solver stops. threshold: weights below
    it are dropped. negatives: siblings' rows (teacher), rows the search brings (matcher), or both; several separated
    by commas are for the layers from the root, the last one for all further layers. beam: nodes kept at a depth.
    """

    cost: float = 1.0
    tolerance: float = 0.1
    passes: int = 100
    threshold: float = 0.1
    negatives: str = "teacher"
    beam: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        _require(self.cost > 0, "cost", self.cost, "above 0")
        _require(self.tolerance > 0, "tolerance", self.tolerance, "above 0")
        _require(self.passes >= 1, "passes", self.passes, "at least 1")
        _require(self.threshold >= 0, "threshold", self.threshold, "at least 0")
        known = all(name in get_args(Negatives) for name in self.negatives.split(","))
        _require(known, "negatives", self.negatives, "teacher, matcher or both, or several of them separated by commas")
        _require(1 <= self.beam <= 1000, "beam", self.beam, "from 1 to 1000")

    def negatives_at(self, depth: int) -> str:
        """Return the kind of negatives for the parents at a depth, the root's is 0."""
        kinds = self.negatives.split(",")
        return kinds[min(depth, len(kinds) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingConfig:
    """How candidates are gathered and ordered.

    enabled: off orders the labels that the beam finds by their path score alone. beam: nodes kept at a depth where
    the other sources stand beside the index; alone, it is searched with the matching's. beam_candidates, popular,
    successors: most candidates of each source. composed: most composed completions, put together from words of the
    log and the session where few labels begin with what is typed. back_off: whether one may finish the word being
    typed by a word that the log does not have right after the one before it. decay: what a query counts beside the
    one after it. ridge: of the weights. bucket_ridge: pull of each prefix length's weights towards the common ones.
    """

    enabled: bool = True
    beam: int = 5
    beam_candidates: int = 20
    popular: int = 40
    successors: int = 20
    composed: int = 40
    back_off: bool = True
    decay: float = 0.8
    ridge: float = 5.0
    bucket_ridge: float = 30.0

    def __post_init__(self) -> None:
        for name in ("beam_candidates", "popular", "successors", "composed"):
            _require(0 <= getattr(self, name) <= 1000, name, getattr(self, name), "from 0 to 1000")
        _require(1 <= self.beam <= 1000, "beam", self.beam, "from 1 to 1000")
        _require(0 <= self.decay <= 1, "decay", self.decay, "from 0 to 1")
        for name in ("ridge", "bucket_ridge"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """What of a log enters a model.

    gap_minutes: a longer pause ends a session. held_out: share of the sessions that fits the ranker where no
    validation pairs are given. min_people: a string enters the model if so many people typed it.
    """

    gap_minutes: float = 30.0
    held_out: float = 0.1
    min_people: int = 1

    def __post_init__(self) -> None:
        _require(self.gap_minutes > 0, "gap_minutes", self.gap_minutes, "above 0")
        _require(0 < self.held_out < 1, "held_out", self.held_out, "between 0 and 1")
        _require(self.min_people >= 1, "min_people", self.min_people, "at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """All settings of a model.

    The first index is the default. corpus names the log, synthetic says whether it was made up.
    """

    features: FeatureConfig = field(default_factory=FeatureConfig)
    indexes: Mapping[str, IndexConfig] = field(default_factory=lambda: {"hybrid": IndexConfig()})
    matching: MatchingConfig = field(default_factory=MatchingConfig)
    ranking: RankingConfig = field(default_factory=RankingConfig)
    data: DataConfig = field(default_factory=DataConfig)
    corpus: str = ""
    synthetic: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        _require(len(self.indexes) > 0, "indexes", dict(self.indexes), "at least one index")
        for name in self.indexes:
            _require(name in get_args(IndexKind), "index", name, "one of " + ", ".join(get_args(IndexKind)))


Config = TypeVar("Config")


def from_dict(kind: type[Config], settings: Mapping[str, Any], where: str = "config") -> Config:
    """Return the config of these settings.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is of another type or outside its range.
    """
    if not isinstance(settings, Mapping):
        raise ConfigError(f"{where}: expected an object, got {settings!r}")
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    for key in settings:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")
    return kind(**{key: _convert(hints[key], value, f"{where}.{key}") for key, value in settings.items()})


def to_dict(config: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a config as plain values, the inverse of `from_dict`."""
    return asdict(config)


def _convert(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401
    """Return a plain value as the type a field wants."""
    if is_dataclass(hint):
        return from_dict(hint, value, where)  # type: ignore[arg-type]
    if where.endswith(".indexes"):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where}: expected an object of indexes, got {value!r}")
        return {str(name): from_dict(IndexConfig, settings, f"{where}.{name}") for name, settings in value.items()}
    kinds = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}.get(hint)
    if hint == int | None:
        kinds = (int, type(None))
    if kinds is None:
        kinds = (str,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        names = " or ".join(k.__name__ for k in kinds)
        raise ConfigError(f"{where}: expected {names}, got {value!r}")
    return value
