"""The long work of training on a Dask cluster: input rows, and the parents of each layer, as tasks.

Knows Dask, rows and tasks; knows nothing of files, or of what order work comes in. A parent's matchers depend on its
rows alone, so wherever they are fitted the bytes are the same. What a task needs is sent with it; only the input rows
of the whole log are sent once to every worker, and again should all that had them be gone.

Dask's messages are pickled: a cluster belongs into a network of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from xmr_engine.errors import ConfigError, XmrError
from xmr_engine.features.rows import make_rows
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Sparse, Vocabulary
from xmr_engine.kernels.fitting import Task
from xmr_engine.kernels.rows import Vectorizer
from xmr_engine.kernels.solver import Solver
from xmr_engine.matching.train import Fit, Part, Progress, fit_layer, fit_with

LOCAL = "local"
ROWS_A_TASK = 50_000
TASKS_A_WORKER = 8
ATTEMPTS = 3
_WAIT_SECONDS = 60


class Crew(NamedTuple):
    """Who does the long work: makes input rows, fits the matchers of a layer; and the threads of what is left."""

    rows: Callable[[Vectorizer, Sequence[str], Sequence[str]], csr_matrix]
    fit: Fit
    threads: int


def crew_of(threads: int) -> Crew:
    """Return this process' own threads."""
    return Crew(make_rows, fit_with(threads), threads)


@contextmanager
def gather_crew(cluster: str | None, workers: int) -> Iterator[Crew]:
    """Connect to a cluster, for as long as the context is open; without one, threads of this process do the work.

    Parameters
    ----------
    cluster
        A scheduler's address, such as ``tcp://host:8786``; or ``local``: processes of this machine.
    workers
        How many processes a local cluster has, or how many threads.

    Raises
    ------
    ConfigError
        Dask is not installed, or no scheduler answers at the address.
    """
    if cluster is None:
        yield crew_of(workers)
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ConfigError("cluster: needs the package distributed; pip install 'nextquery[cluster]'") from None
    with ExitStack() as opened:
        if cluster == LOCAL:
            cluster = opened.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
                )
            )
        try:
            client = opened.enter_context(
                Client(cluster, timeout=_WAIT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
            )
        except (OSError, ValueError, TimeoutError) as error:
            raise ConfigError(f"cluster: no scheduler answers at {cluster!r} ({error})") from None
        yield Crew(_rows_on(client), _fit_on(client), workers)


def ranges_of(task: Task, n_ranges: int) -> list[tuple[int, int]]:
    """Return ranges of a task's parents that take about the same work each."""
    work = np.cumsum(np.diff(task.seen_ptr) * np.diff(task.children) + 1)
    cuts = np.searchsorted(work, np.arange(1, n_ranges) * (int(work[-1]) / n_ranges))
    edges = np.unique(np.concatenate([[0], cuts, [work.size]])).tolist()
    return list(zip(edges, edges[1:], strict=False))


def part_of(task: Task, start: int, stop: int) -> Task:
    """Return the task of the parents `[start, stop)` alone."""
    children = task.children[start : stop + 1]
    first, last = int(children[0]), int(children[-1])
    seen_ptr, positive_ptr = task.seen_ptr[start : stop + 1], task.positive_ptr[first : last + 1]
    return Task(
        children - first,
        seen_ptr - seen_ptr[0],
        task.seen[seen_ptr[0] : seen_ptr[-1]].copy(),
        task.own[seen_ptr[0] : seen_ptr[-1]].copy(),
        positive_ptr - positive_ptr[0],
        task.positive[positive_ptr[0] : positive_ptr[-1]].copy(),
    )


def fit_part(rows: Sparse, task: Task, solver: Solver, n_features: int) -> Part:
    """Return the chunks of some parents; runs on a worker."""
    frozen = Sparse(*(freeze(array.copy()) for array in rows))
    writeable = Task(*(array.copy() for array in task))  # type: ignore[arg-type]
    settings = solver._replace(draws=freeze(solver.draws.copy()))
    parts = fit_layer(frozen, writeable, settings, n_features, 1)
    return Part(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _fit_on(client: Any) -> Fit:  # noqa: ANN401
    """Return what fits a layer on a cluster."""
    sent: dict[int, tuple[Sparse, Any]] = {}

    def send(rows: Sparse, *, again: bool) -> Any:  # noqa: ANN401
        if again or id(rows) not in sent:
            sent.clear()
            sent[id(rows)] = (rows, client.scatter([rows], broadcast=True, hash=False)[0])
        return sent[id(rows)][1]

    def fit(rows: Sparse, task: Task, solver: Solver, n_features: int, report: Progress) -> list[Part]:
        ranges = ranges_of(task, TASKS_A_WORKER * max(len(client.scheduler_info()["workers"]), 1))
        tasks = [part_of(task, *span) for span in ranges]

        def begin(chosen: Sequence[int], *, again: bool) -> list[Any]:
            known = send(rows, again=again)
            return [client.submit(fit_part, known, tasks[i], solver, n_features, pure=False) for i in chosen]

        return _gathered(len(tasks), begin, report)

    return fit


def _rows_on(client: Any) -> Callable[[Vectorizer, Sequence[str], Sequence[str]], csr_matrix]:  # noqa: ANN401
    """Return what makes input rows on a cluster."""

    def rows(vectorizer: Vectorizer, previous: Sequence[str], prefix: Sequence[str]) -> csr_matrix:
        starts = range(0, len(prefix), ROWS_A_TASK)
        if len(starts) < 2:
            return make_rows(vectorizer, previous, prefix)

        def begin(chosen: Sequence[int], *, again: bool) -> list[Any]:
            blocks = [slice(starts[i], starts[i] + ROWS_A_TASK) for i in chosen]
            return [
                client.submit(_make_rows, vectorizer, list(previous[b]), list(prefix[b]), pure=False) for b in blocks
            ]

        return csr_matrix(vstack(_gathered(len(starts), begin, lambda share: None), format="csr"))

    return rows


def _make_rows(vectorizer: Vectorizer, previous: list[str], prefix: list[str]) -> csr_matrix:
    """Return the rows of one block; runs on a worker."""
    words, chars = (Vocabulary(*(freeze(array.copy()) for array in v)) for v in (vectorizer.words, vectorizer.chars))
    return make_rows(vectorizer._replace(words=words, chars=chars), previous, prefix)


def _gathered(n_tasks: int, begin: Callable[..., list[Any]], report: Progress) -> list[Any]:
    """Return the results of tasks in order; those that fell with their workers are begun again."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    results: dict[int, Any] = {}
    for attempt in range(ATTEMPTS):
        missing = [i for i in range(n_tasks) if i not in results]
        for i, future in zip(missing, begin(missing, again=attempt > 0), strict=True):
            try:
                results[i] = future.result()
            except (KilledWorker, FutureCancelledError):
                continue
            report(len(results) / n_tasks)
        if len(results) == n_tasks:
            return [results[i] for i in range(n_tasks)]
    raise XmrError(f"cluster: workers died {ATTEMPTS} times at the same work; give them more memory")
