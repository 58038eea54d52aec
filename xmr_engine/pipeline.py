"""Training, the stages once and in order: pairs → labels → features → indexing → matching → ranking → directory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from xmr_engine import storage
from xmr_engine.config import TrainConfig
from xmr_engine.data.pairs import Pairs, contexts, read_pairs, split_last
from xmr_engine.data.privacy import Blocklist, read_blocklist, screen
from xmr_engine.distributed import Crew, crew_of, gather_crew
from xmr_engine.features.codes import SEPARATOR, to_codes
from xmr_engine.features.rows import make_label_rows
from xmr_engine.indexing.build import Material, build_index
from xmr_engine.indexing.embedding import positive_instances
from xmr_engine.inputs import Inputs, as_asked, fit_inputs, fit_words, make_inputs
from xmr_engine.kernels.rows import Vectorizer
from xmr_engine.kernels.weighing import Weighed, weigh
from xmr_engine.labels import LabelTable, make_labels
from xmr_engine.matching.train import train_matchers
from xmr_engine.model import Counted, Index, Model, make_vectorizer, to_arrays
from xmr_engine.options import make_config
from xmr_engine.ranking.fit import fit_ranker, make_examples, make_lists
from xmr_engine.ranking.ranker import Ranker, path_only
from xmr_engine.ranking.statistics import count_statistics
from xmr_engine.resume import LAYERS, keep_layers

Progress = Callable[[str, float], None]
Phrases = frozenset[tuple[str, ...]]


class _Material(NamedTuple):
    """What every index is built from and trained on."""

    labels: LabelTable
    vectorizer: Vectorizer
    inputs: Inputs


def train(
    *sources: str | Path,
    out: str | Path,
    valid: str | Path | None = None,
    blocklist: str | Path | None = None,
    config: str | Path | Mapping[str, Any] | None = None,
    threads: int = 1,
    cluster: str | None = None,
    progress: Progress | None = None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Train a model on logs or pair files and write it to a folder.

    Every layer that is finished is kept beside the model until the model is whole: a training that was killed goes on
    there when it is begun again, with the same result.

    Parameters
    ----------
    sources
        Logs or pair files.
    out
        The model's folder; an older model there is replaced once the new one is whole.
    valid
        Pairs that fit the ranker. Without them the last tenth of the sessions does, and then the statistics are
        counted anew on all rows.
    blocklist
        A file of words that no string of the model may hold.
    config
        Settings, or a JSON file of them; `options` go before.
    threads
        The model does not depend on them.
    cluster
        Address of a Dask scheduler that does the long work, or `local`: as many processes as threads. The model does
        not depend on it.
    progress
        Told the stage and the share of it that is done.
    options
        index, trie_depth, must_link, branching, leaf, threshold, beam, min_people, seed: the command's options.

    Raises
    ------
    ConfigError, DataError
        A setting or a file cannot be used.
    """
    settings = make_config(config, options)
    path = Path(out)
    storage.require_replaceable(path)
    report = progress or (lambda stage, share: None)
    blocked = None if blocklist is None else read_blocklist(blocklist)
    pairs = _read(sources, settings, blocked, report)
    phrases = frozenset() if blocked is None else blocked.phrases
    held_out = None if valid is None else read_pairs(valid, seed=settings.seed)
    with gather_crew(cluster, threads) as crew:
        kept = crew._replace(fit=keep_layers(crew.fit, storage.partial_path(path) / LAYERS))
        model = train_model(pairs, held_out, settings, kept, report, phrases)
    arrays, document = to_arrays(model)
    storage.write(path, arrays, document)


def train_model(
    pairs: Pairs,
    held_out: Pairs | None,
    config: TrainConfig,
    threads: int | Crew = 1,
    report: Progress = lambda stage, share: None,
    phrases: Phrases = frozenset(),
) -> Model:
    """Return the model of these pairs; without `held_out` the last sessions fit the ranker.

    A crew may work in place of this process' threads; the model is the same.
    `phrases`, as words, are those of the block list: no completion may be composed to hold one.
    """
    fitted_on, rest = (held_out, pairs) if held_out is not None else split_last(pairs, config.data.held_out)[::-1]
    if held_out is None and (not rest.next or not fitted_on.next):
        fitted_on, rest = pairs, pairs
    draft = fit_model(rest, config, threads, report, phrases)
    if not config.ranking.enabled:
        return draft if held_out is not None else fit_model(pairs, config, threads, report, phrases)
    ranker = fit_ranking(draft, fitted_on, report)
    if held_out is None and rest is not pairs:
        draft = fit_model(pairs, config, threads, report, phrases)
    return replace(draft, ranker=ranker)


def fit_model(
    pairs: Pairs, config: TrainConfig, threads: int | Crew, report: Progress, phrases: Phrases = frozenset()
) -> Model:
    """Return the model of these pairs with a ranker that orders by path score."""
    crew = crew_of(threads) if isinstance(threads, int) else threads
    labels = make_labels(pairs.next)
    texts = labels.texts()
    report("features", 0.0)
    words = fit_words(texts, pairs, config)
    input_words, input_chars = fit_inputs(pairs, config)
    vectorizer = make_vectorizer(config, input_words, input_chars)
    indexes = _fit_indexes(pairs, labels, vectorizer, config, (crew, report))
    report("statistics", 0.0)
    asked = as_asked(pairs, labels, texts)
    statistics = count_statistics(asked, words, config.seed, partial(report, "statistics"), phrases)
    report("statistics", 1.0)
    return Model(
        config=config,
        labels=labels,
        input_words=input_words,
        input_chars=input_chars,
        words=words,
        indexes=indexes,
        statistics=statistics,
        ranker=path_only(),
        counted=Counted(len(pairs.next), max(len(set(pairs.session)), 1)),
    )


def _fit_indexes(
    pairs: Pairs, labels: LabelTable, vectorizer: Vectorizer, config: TrainConfig, work: tuple[Crew, Progress]
) -> dict[str, Index]:
    """Return all indexes of the labels, their matchers trained; the inputs of all rows are gone afterwards."""
    crew, report = work
    inputs = make_inputs(pairs, labels, lambda previous, prefix: crew.rows(vectorizer, previous, prefix))
    report("features", 1.0)
    material = _Material(labels, vectorizer, inputs)
    return {name: _fit_index(name, material, config, crew, report) for name in config.indexes}


def _fit_index(name: str, material: _Material, config: TrainConfig, crew: Crew, report: Progress) -> Index:
    """Return one index of the labels, its matchers trained."""
    labels, vectorizer, inputs = material
    settings = config.indexes[name]
    report(f"index {name}", 0.0)
    if settings.embedding == "pifa":
        vectors = positive_instances(inputs.X, inputs.Y)
    else:
        vectors = make_label_rows(vectorizer, labels.texts())
    told = partial(report, f"index {name}")
    tree = build_index(name, Material(labels.strings, vectors), settings, config.seed, crew.threads, told)
    told(1.0)
    stage = f"matchers {name}"
    chunks = train_matchers(inputs.X, inputs.Y, tree, config.matching, crew.fit, partial(report, stage))
    return Index(tree, chunks)


def fit_ranking(model: Model, held_out: Pairs, report: Progress) -> Ranker:
    """Return the ranker fitted on held-out pairs, with the candidates of the model's default index."""
    serving, limits = model.serving(), model.limits()
    index = next(iter(model.indexes.values()))

    def weigh_input(context: tuple[str, ...], prefix: str) -> Weighed:
        return weigh(serving, index.tree, index.chunks, to_codes(SEPARATOR.join((*context, prefix))), limits)

    known = [model.labels.find(text) for text in held_out.next]
    examples = make_examples(contexts(held_out), held_out.prefix, held_out.next, known, model.config.seed)
    report("ranker", 0.0)
    lists = make_lists(examples, weigh_input)
    report("ranker", 0.5)
    ranker = fit_ranker(*lists, model.config.ranking) if lists[0].answers.size else path_only()
    report("ranker", 1.0)
    return ranker


def _read(sources: Sequence[str | Path], config: TrainConfig, blocked: Blocklist | None, report: Progress) -> Pairs:
    """Return the sources' pairs, screened of what must not enter a model."""
    files = [Path(source) for source in sources]
    pairs = read_pairs(files, gap_minutes=config.data.gap_minutes, seed=config.seed, progress=report)
    return screen(pairs, blocklist=blocked, min_people=config.data.min_people)
