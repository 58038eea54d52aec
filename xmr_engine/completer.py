"""Completions: texts in, texts out, one kernel call between.

Knows models and sessions' queries; knows nothing of HTTP, files' layout or training.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xmr_engine import comparison, explain, storage
from xmr_engine.config import to_dict
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.complete import Completed, complete
from xmr_engine.kernels.held import hold
from xmr_engine.model import Model, from_arrays
from xmr_engine.question import OTHERS, SOURCES, Question, ask
from xmr_engine.text import normalise

EVERY_CANDIDATE = 1 << 20
SOURCE_NAMES = tuple(tuple(name for name, bit in SOURCES if bits & bit) for bits in range(1 << len(SOURCES)))
MATCHES = ("prefix", "composed", "typo", "words", "shorter")


class Completion(NamedTuple):
    """A query the person may want: its text, the ranker's score, how it matches, and which sources brought it.

    meant: the beginning of the text that stands for what was typed.
    """

    text: str
    score: float
    match: str
    sources: tuple[str, ...]
    meant: str


class Completer:
    """A model that answers. Threads may share it; it never changes."""

    def __init__(self, model: Model, name: str = "", fingerprint: str = "") -> None:
        self.model, self.name, self.fingerprint = model, name, fingerprint
        self.indexes = tuple(model.indexes)
        self._limits, self._wide = model.limits(), model.config.matching.beam
        self._held = {name: hold(model.serving(), *index) for name, index in model.indexes.items()}

    @property
    def n_labels(self) -> int:
        """How many queries the model knows."""
        return len(self.model.labels)

    @property
    def synthetic(self) -> bool:
        """Whether the log it was trained on was made up."""
        return self.model.config.synthetic

    def complete(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Completion]:
        """Return the k queries the person most likely wants, best first.

        Parameters
        ----------
        prefix
            What is typed so far; empty asks for the likely next query.
        previous
            The session's queries, oldest first; the last five are used.
        index, beam
            The index to search and the nodes kept at a depth; by default the model's, which searches an index wider
            where no other source knows labels.
        sources
            Where candidates come from, of `index`, `popular`, `successor` and `composed`; by default all.

        Raises
        ------
        ConfigError
            A name is unknown or a number out of range.
        """
        question = self.ask(prefix, previous, k, index, beam, sources)
        return self.completions(self.search(question))

    def answer(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
        sources: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Return completions as a document, with the time they took in milliseconds."""
        return self._document(self.ask(prefix, previous, k, index, beam, sources))

    def _document(self, question: Question) -> dict[str, Any]:
        started = time.perf_counter()
        found = self.completions(self.search(question))
        took = (time.perf_counter() - started) * 1000.0
        return {
            "model": self.name,
            "index": question.index,
            "prefix": question.prefix,
            "previous": list(question.previous),
            "took_ms": round(took, 4),
            "completions": [as_document(completion) for completion in found],
        }

    def ask(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
        sources: Sequence[str] | None = None,
    ) -> Question:
        """Return the question, checked and normalised."""
        if beam is None and sources is not None and not OTHERS & set(sources):
            beam = self._wide
        return ask(self.indexes, self._limits, prefix, previous, k, index, beam, sources)

    def search(self, question: Question) -> Completed:
        """Return what the kernel answers."""
        return complete(self._held[question.index], question.codes(), question.limits, question.k)

    def completions(self, completed: Completed) -> list[Completion]:
        """Return what a kernel answered, as texts."""
        written = completed.texts.tobytes()
        blob = written.decode("ascii") if written.isascii() else written
        start, found = 0, []
        rows = zip(completed.facts.tolist(), completed.scores.tolist(), strict=True)
        for (_, bits, kind, n_meant, stop), (score, _) in rows:
            text, meant = blob[start:stop], blob[start : start + n_meant]
            found.append(Completion(_decoded(text), score, MATCHES[kind], SOURCE_NAMES[bits], _decoded(meant)))
            start = stop
        return found

    def compare(
        self, prefix: str, previous: Sequence[str] = (), k: int = 10, beam: int | None = None
    ) -> dict[str, Any]:
        """Return the same question answered by every index, and how each searched, as a document.

        Each index answers by what its own search retrieves: it may bring as many candidates as all sources together
        bring otherwise, and the sources that all indexes share are left out.
        """
        question = self.ask(prefix, previous, k, None, self._wide if beam is None else beam)
        room = question.limits.index + question.limits.popular + question.limits.successors
        question = question._replace(limits=Limits(question.limits.beam, room, 0, 0, 0))

        def answer(index: str) -> dict[str, Any]:
            return self._document(question._replace(index=index))

        return comparison.compare(self.model, question.codes(), question.limits, answer)

    def explain(
        self, prefix: str, label: str, previous: Sequence[str] = (), index: str | None = None
    ) -> dict[str, Any]:
        """Return the exact sum behind a label's score, its rank with and without the session, or where it was lost."""
        question, text = self.ask(prefix, previous, 1, index)._replace(k=EVERY_CANDIDATE), normalise(label)
        completed, completed_without = self.search(question), self.search(question._replace(previous=()))
        ranked, without = self.completions(completed), self.completions(completed_without)
        meant, penalty = question.prefix, 0.0
        for found, lowered_by in zip(ranked, completed.scores[:, 1].tolist(), strict=True):
            if found.text == text:
                meant, penalty = found.meant, lowered_by
        codes = question._replace(prefix=meant).codes()
        limits = question.limits if meant == question.prefix else question.limits._replace(composed=0)
        inquiry = explain.Inquiry(question.index, codes, limits, text, penalty)
        document = explain.explain(
            self.model,
            inquiry,
            {found.text: found.sources for found in ranked},
            {found.text: found.sources for found in without},
        )
        return document if meant == question.prefix else document | {"meant": meant}

    def describe(self) -> dict[str, Any]:
        """Return what the model is: sizes, settings, and what it was trained on."""
        config = self.model.config
        return {
            "name": self.name,
            "corpus": config.corpus,
            "synthetic": config.synthetic,
            "labels": self.n_labels,
            "rows": self.model.counted.rows,
            "sessions": self.model.counted.sessions,
            "indexes": {name: int(index.tree.label.size) for name, index in self.model.indexes.items()},
            "settings": to_dict(config),
        }

    def warm(self) -> None:
        """Compile and run every kernel that an answer needs."""
        label = self.model.labels.text(0)
        self.compare(label[:1], [label])
        self.explain(label[:1], label, [label])


def open_completer(path: str | Path, name: str | None = None) -> Completer:
    """Return the completer of a model's folder.

    Raises
    ------
    ModelFormatError
        The folder holds no model, or one that is damaged or of another format.
    """
    folder = Path(path)
    served_as = folder.resolve().name if name is None else name
    return Completer(from_arrays(*storage.read(folder)), served_as, storage.fingerprint(folder))


def as_document(completion: Completion) -> dict[str, Any]:
    """Return a completion as plain values; of a slip of the finger also what was meant."""
    document = {
        "text": completion.text,
        "score": completion.score,
        "match": completion.match,
        "sources": list(completion.sources),
    }
    return document | {"meant": completion.meant} if completion.match == "typo" else document


def _decoded(text: str | bytes) -> str:
    """Return a text that may still be UTF-8."""
    return text if isinstance(text, str) else text.decode("utf-8", "replace")
