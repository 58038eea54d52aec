"""The frozen model: what training makes and serving reads. Trained and opened are the same type.

Knows which parts a model has and how they are named; knows nothing of files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from numpy.typing import NDArray

from xmr_engine import __version__
from xmr_engine.config import TrainConfig, from_dict, to_dict
from xmr_engine.errors import ConfigError, ModelFormatError
from xmr_engine.features.vocabulary import Terms
from xmr_engine.kernels.arrays import Chunks, Statistics, Tree
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.held import Serving
from xmr_engine.kernels.rows import Vectorizer
from xmr_engine.labels import LabelTable
from xmr_engine.parallel import in_order
from xmr_engine.parts import (
    Arrays,
    chunks_from,
    chunks_to,
    strings_from,
    strings_to,
    terms_from,
    terms_to,
    tree_from,
    tree_to,
)
from xmr_engine.ranking.ranker import Ranker
from xmr_engine.statistics_parts import statistics_from, statistics_to

KIND = "completion"
OPENING_THREADS = 4


class Index(NamedTuple):
    """One label index with the weights of its nodes."""

    tree: Tree
    chunks: Chunks


class Counted(NamedTuple):
    """How large the log was: rows (queries asked) and sessions."""

    rows: int
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything a completion needs.

    input_words, input_chars: the vectorizer's terms. words: the words of labels, which the statistics speak of.
    """

    config: TrainConfig
    labels: LabelTable
    input_words: Terms
    input_chars: Terms
    words: Terms
    indexes: Mapping[str, Index]
    statistics: Statistics
    ranker: Ranker
    counted: Counted

    def vectorizer(self) -> Vectorizer:
        """Return the form in which kernels turn inputs into rows."""
        return make_vectorizer(self.config, self.input_words, self.input_chars)

    def serving(self) -> Serving:
        """Return what every completion reads."""
        return Serving(
            self.labels.strings,
            self.words.strings,
            self.vectorizer(),
            self.statistics,
            self.ranker.weights,
            self.config.ranking.decay,
            float(self.counted.sessions),
        )

    def limits(self) -> Limits:
        """Return how many candidates each source brings, and the beam."""
        ranking = self.config.ranking
        if not ranking.enabled:
            return Limits(self.config.matching.beam, ranking.beam_candidates, 0, 0, 0)
        composed = ranking.composed if self.statistics.successions.count.size else 0
        sizes = (ranking.beam_candidates, ranking.popular, ranking.successors)
        beam = ranking.beam if ranking.popular or ranking.successors else self.config.matching.beam
        return Limits(beam, *sizes, 1, composed, int(ranking.back_off))


def make_vectorizer(config: TrainConfig, words: Terms, chars: Terms) -> Vectorizer:
    """Return the vectorizer of these terms."""
    features = config.features
    return Vectorizer(words.table, chars.table, features.word_ngrams, features.char_ngrams, features.position_weighted)


def to_arrays(model: Model) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a model as named arrays and a document of plain values."""
    arrays = strings_to("label_", model.labels.strings)
    arrays |= terms_to("input_word_", model.input_words) | terms_to("input_char_", model.input_chars)
    arrays |= terms_to("word_", model.words) | statistics_to(model.statistics)
    for name, index in model.indexes.items():
        arrays |= tree_to(f"{name}_", index.tree) | chunks_to(f"{name}_", index.chunks)
    document = {
        "kind": KIND,
        "engine": __version__,
        "settings": to_dict(model.config),
        "indexes": list(model.indexes),
        "trained_on": {
            "corpus": model.config.corpus,
            "synthetic": model.config.synthetic,
            "rows": model.counted.rows,
            "sessions": model.counted.sessions,
        },
        "labels": len(model.labels),
        "ranker": model.ranker.to_dict(),
    }
    return arrays, document


def from_arrays(arrays: Arrays, document: Mapping[str, Any]) -> Model:
    """Return the model of these arrays; every bound that a kernel relies on is checked.

    Raises
    ------
    ModelFormatError
        A part is missing or damaged, or the document is of another kind of model.
    """
    if document.get("kind") != KIND:
        raise ModelFormatError(f"model.json: kind {document.get('kind')!r}, expected {KIND!r}; name a completion model")
    config, counted, names = _read_document(document)
    labels = LabelTable(strings_from("label_", arrays))
    input_words, input_chars = terms_from("input_word_", arrays), terms_from("input_char_", arrays)
    words = terms_from("word_", arrays)
    n_features = len(input_words) + len(input_chars) + 1

    def index_from(name: str) -> Index:
        tree = tree_from(f"{name}_", arrays, len(labels))
        return Index(tree, chunks_from(f"{name}_", arrays, tree, n_features))

    statistics_of = partial(statistics_from, arrays, words, len(labels))
    parts: list[Callable[[], Any]] = [statistics_of, *(partial(index_from, name) for name in names)]
    statistics, *indexes = in_order(lambda part: part(), parts, OPENING_THREADS)
    return Model(
        config=config,
        labels=labels,
        input_words=input_words,
        input_chars=input_chars,
        words=words,
        indexes=dict(zip(names, indexes, strict=True)),
        statistics=statistics,
        ranker=Ranker.from_dict(document.get("ranker")),
        counted=counted,
    )


def _read_document(document: Mapping[str, Any]) -> tuple[TrainConfig, Counted, list[str]]:
    """Return settings, sizes and index names of a document."""
    try:
        config = from_dict(TrainConfig, document["settings"], "settings")
        trained_on = document["trained_on"]
        counted = Counted(int(trained_on["rows"]), int(trained_on["sessions"]))
        names = [str(name) for name in document["indexes"]]
    except (KeyError, TypeError, ValueError, OverflowError, ConfigError) as error:
        raise ModelFormatError(f"model.json: its settings are damaged ({error}); train the model anew") from None
    if not names or set(names) != set(config.indexes) or not 1 <= min(counted) <= max(counted) < 1 << 53:
        raise ModelFormatError("model.json: its settings contradict one another; train the model anew")
    return config, counted, names
