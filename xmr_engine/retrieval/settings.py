"""Every setting of a retrieval model. Checked when made."""

from dataclasses import dataclass, field

from xmr_engine.config import IndexConfig, MatchingConfig
from xmr_engine.errors import ConfigError

SOURCES = ("index", "lexical", "bought")


def _require(ok: bool, name: str, got: object, expected: str) -> None:
    if not ok:
        raise ConfigError(f"{name} must be {expected}, got {got!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFeatureConfig:
    """The sets of features of a product query, each with the most terms that get an id of their own.

    words, pairs, triples: runs of one, two, three words. chars: character trigrams. None is no limit, 0 leaves out.
    """

    words: int | None = None
    pairs: int | None = None
    triples: int | None = 0
    chars: int | None = None

    def __post_init__(self) -> None:
        sizes = (self.words, self.pairs, self.triples, self.chars)
        _require(all(size is None or size >= 0 for size in sizes), "a set's size", sizes, "at least 0 or null")
        _require(any(size != 0 for size in sizes), "features", sizes, "at least one set")

    def most(self) -> dict[str, int | None]:
        """Return the sizes by the names of the sets."""
        return {"words": self.words, "pairs": self.pairs, "triples": self.triples, "chars": self.chars}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRankingConfig:
    """How products of several sources are united and ordered.

    index, lexical, bought: most products that the tree, the words of titles and the purchases of like queries bring; 0
    switches a source off. folds: parts of the queries that are held out in turn. lists: most queries that fit the
    ranker. ridge: of the weights common to all queries. bucket_ridge: pull of each query length's weights towards them.
    """

    index: int = 50
    lexical: int = 300
    bought: int = 60
    folds: int = 3
    lists: int = 4500
    ridge: float = 3.0
    bucket_ridge: float = 30.0

    def __post_init__(self) -> None:
        for name in SOURCES:
            _require(0 <= getattr(self, name) <= 1000, name, getattr(self, name), "from 0 to 1000")
        _require(self.index + self.lexical + self.bought > 0, "sources", 0, "at least one that brings products")
        _require(2 <= self.folds <= 20, "folds", self.folds, "from 2 to 20")
        _require(self.lists >= 1, "lists", self.lists, "at least 1")
        for name in ("ridge", "bucket_ridge"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "above 0")


def _tree() -> IndexConfig:
    return IndexConfig(branching=32, leaf=100, embedding="pifa")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalConfig:
    """All settings of a retrieval model. corpus names the shop, synthetic says whether it was made up."""

    features: ProductFeatureConfig = field(default_factory=ProductFeatureConfig)
    index: IndexConfig = field(default_factory=_tree)
    matching: MatchingConfig = field(default_factory=MatchingConfig)
    ranking: ProductRankingConfig = field(default_factory=ProductRankingConfig)
    corpus: str = ""
    synthetic: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        _require(self.index.embedding == "pifa", "embedding", self.index.embedding, "pifa: products have no other")
