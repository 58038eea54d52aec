"""The neural baseline: a GRU encoder–decoder with attention over characters, decoded in NumPy.

The encoder reads the previous query, the decoder spells the next one; what is typed is forced, and the rest is
found by a beam. Knows arrays and characters; knows nothing of torch, of labels' counts or of how it is judged.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine import storage
from xmr_engine.errors import ModelFormatError
from xmr_engine.text import normalise, normalise_prefix

KIND = "gru"
END, UNKNOWN, FIRST_CHARACTER = 0, 1, 2
LONGEST = 120
BEAM, WIDEST = 16, 64
NORM = 0.3

Matrix = NDArray[np.float32]


class Cell(NamedTuple):
    """One GRU. table: what each character brings, shape (n_characters, 3 n_hidden); recurrent: what the state does."""

    table: Matrix
    recurrent: Matrix
    bias: Matrix

    def step(self, ids: NDArray[np.int64], states: Matrix) -> Matrix:
        """Return the states, shape (n, n_hidden), after each has read one character."""
        size = states.shape[1]
        read = self.table[ids]
        kept = states @ self.recurrent + self.bias
        gates = 0.5 + 0.5 * np.tanh(0.5 * (read[:, : 2 * size] + kept[:, : 2 * size]))
        new = np.tanh(read[:, 2 * size :] + gates[:, :size] * kept[:, 2 * size :])
        return np.asarray(new + gates[:, size:] * (states - new), np.float32)


class Network(NamedTuple):
    """The trained arrays. The output layer shares the characters' embedding."""

    encoder: Cell
    decoder: Cell
    mixing: Matrix
    mixing_bias: Matrix
    embedding: Matrix
    bias: Matrix


class Spelling(NamedTuple):
    """A decoder in the middle of a text: the encoder's states, the decoder's, and the last characters it read."""

    read: Matrix
    states: Matrix


class Gru:
    """Completions spelled by a network.

    Parameters
    ----------
    network, alphabet
        The arrays, and the character that each id from `FIRST_CHARACTER` on stands for.
    is_label
        Whether a text is a known query: what is typed is a completion only then.
    beam, norm
        Texts kept while spelling; a text's log probability is divided by its length to this power.
    """

    def __init__(
        self,
        network: Network,
        alphabet: str,
        is_label: Callable[[str], bool] = lambda text: True,
        beam: int = BEAM,
        norm: float = NORM,
    ) -> None:
        self.network = network
        self.alphabet = alphabet
        self.is_label = is_label
        self.beam = beam
        self.norm = norm
        self._id = {character: i for i, character in enumerate(alphabet, FIRST_CHARACTER)}

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return the k most likely next queries that begin with the prefix, best first."""
        typed = normalise_prefix(prefix)
        started = self.start(previous, typed)
        found = self._spell(started, typed, max(self.beam, min(k, WIDEST)))
        return [text for _, text in sorted(found, key=lambda scored: (-scored[0], scored[1]))[:k]]

    def start(self, previous: Sequence[str], typed: str) -> Spelling:
        """Return the decoder after the previous query and what is typed."""
        before = normalise(previous[-1]) if previous else ""
        network = self.network
        states = np.zeros((1, network.encoder.recurrent.shape[0]), np.float32)
        read = []
        for character in [*self.ids(before), END]:
            states = network.encoder.step(np.array([character]), states)
            read.append(states[0])
        for character in [END, *self.ids(typed)]:
            states = network.decoder.step(np.array([character]), states)
        return Spelling(np.array(read), states)

    def score(self, texts: Sequence[str], previous: Sequence[str], prefix: str) -> NDArray[np.float64]:
        """Return the log probability of each text, which begins with the prefix, given the prefix."""
        typed = normalise_prefix(prefix)
        started = self.start(previous, typed)
        rest = [[*self.ids(text[len(typed) :]), END] for text in texts]
        order = sorted(range(len(rest)), key=lambda i: -len(rest[i]))
        total = np.zeros(len(rest))
        states = np.repeat(started.states, len(rest), axis=0)
        for step in range(len(rest[order[0]]) if rest else 0):
            n_left = sum(len(rest[i]) > step for i in order)
            wanted = np.array([rest[i][step] for i in order[:n_left]])
            states = states[:n_left]
            likely = self._next(Spelling(started.read, states))
            total[order[:n_left]] += likely[np.arange(n_left), wanted]
            states = self.network.decoder.step(wanted, states)
        return total

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text's characters."""
        return [self._id.get(character, UNKNOWN) for character in text]

    def _spell(self, spelling: Spelling, typed: str, width: int) -> list[tuple[float, str]]:
        """Return whole texts with their normalised scores."""
        texts, scores, states = [typed], np.zeros(1), spelling.states
        found: list[tuple[float, str]] = []
        for length in range(len(typed), LONGEST):
            likely = self._next(Spelling(spelling.read, states)) + scores[:, None]
            likely[:, UNKNOWN] = -np.inf
            if length > len(typed) or (typed and self.is_label(typed)):
                found += [
                    (s / (length + 1) ** self.norm, t) for s, t in zip(likely[:, END].tolist(), texts, strict=True)
                ]
            likely[:, END] = -np.inf
            flat = likely.ravel()
            best = np.argsort(-flat, kind="stable")[:width]
            best = best[flat[best] > -np.inf]
            rows, characters = np.divmod(best, likely.shape[1])
            scores = flat[best]
            if self._is_over(found, float(scores[0]), length + 2, width):
                break
            texts = [texts[r] + self.alphabet[c - FIRST_CHARACTER] for r, c in zip(rows, characters, strict=True)]
            states = self.network.decoder.step(characters, states[rows])
        return found

    def _is_over(self, found: list[tuple[float, str]], best: float, length: int, width: int) -> bool:
        """Tell whether the best unfinished text is behind all those that would be shown."""
        if len(found) < width:
            return False
        worst_shown = sorted((score for score, _ in found), reverse=True)[width - 1]
        return bool(best / length**self.norm < worst_shown)

    def _next(self, spelling: Spelling) -> NDArray[np.float64]:
        """Return the log probability of each next character, shape (n, n_characters)."""
        network, (read, states) = self.network, spelling
        fit = states @ read.T / np.float32(np.sqrt(states.shape[1]))
        fit = np.exp(fit - fit.max(axis=1, keepdims=True))
        looked = (fit / fit.sum(axis=1, keepdims=True)) @ read
        mixed = np.tanh(np.concatenate([states, looked], axis=1) @ network.mixing + network.mixing_bias)
        logits = (mixed @ network.embedding.T + network.bias).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        likely: NDArray[np.float64] = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return likely


def open_gru(path: Path, is_label: Callable[[str], bool] = lambda text: True) -> Gru:
    """Return the network of a folder.

    Raises
    ------
    ModelFormatError
        The folder holds no such network.
    """
    arrays, document = storage.read(path)
    if document.get("kind") != KIND:
        raise ModelFormatError(
            f"{path}: kind {document.get('kind')!r}, expected {KIND!r}; train one by python -m benchmarks.train_gru"
        )
    return Gru(network_from(path, arrays), str(document["alphabet"]), is_label)


def network_from(path: Path, arrays: dict[str, NDArray[Any]]) -> Network:
    """Return the network of exported arrays, each as torch lays it out."""
    try:
        embedding = arrays["embedding"]
        encoder, decoder = (
            cell_from(embedding, [arrays[f"{part}_{name}"] for name in CELL_PARTS]) for part in ("encoder", "decoder")
        )
        mixing = np.ascontiguousarray(arrays["mixing_weight"].T)
        return Network(encoder, decoder, mixing, arrays["mixing_bias"], embedding, arrays["bias"])
    except (KeyError, ValueError, IndexError) as error:
        raise ModelFormatError(f"{path}: the network lacks or garbles an array ({error}); train it anew") from None


CELL_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def cell_from(embedding: Matrix, parts: Sequence[Matrix]) -> Cell:
    """Return a cell with what each character brings worked out once."""
    weight_ih, weight_hh, bias_ih, bias_hh = parts
    return Cell(embedding @ weight_ih.T + bias_ih, np.ascontiguousarray(weight_hh.T), bias_hh)
