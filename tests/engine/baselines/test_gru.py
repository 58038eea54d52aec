"""The neural baseline: its arithmetic against a plain twin, and what its beam finds against all there is."""

import math

import numpy as np
import pytest

from xmr_engine import storage
from xmr_engine.baselines.gru import CELL_PARTS, END, KIND, Gru, open_gru
from xmr_engine.baselines.most_frequent import MostFrequent
from xmr_engine.baselines.reordered import Reordered
from xmr_engine.errors import ModelFormatError
from xmr_engine.labels import make_labels

ALPHABET = "abc "
N_EMBEDDED, N_HIDDEN = 5, 7


def arrays_of(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = {
        "embedding": (len(ALPHABET) + 2, N_EMBEDDED),
        "mixing_weight": (N_EMBEDDED, 2 * N_HIDDEN),
        "mixing_bias": (N_EMBEDDED,),
        "bias": (len(ALPHABET) + 2,),
    }
    for part in ("encoder", "decoder"):
        shapes |= {
            f"{part}_weight_ih": (3 * N_HIDDEN, N_EMBEDDED),
            f"{part}_weight_hh": (3 * N_HIDDEN, N_HIDDEN),
            f"{part}_bias_ih": (3 * N_HIDDEN,),
            f"{part}_bias_hh": (3 * N_HIDDEN,),
        }
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def folder(tmp_path):
    arrays = arrays_of()
    arrays["bias"][END] += 1.0
    storage.write(tmp_path / "gru", arrays, {"kind": KIND, "alphabet": ALPHABET})
    return tmp_path / "gru"


@pytest.fixture
def gru(folder) -> Gru:
    return open_gru(folder)


def plain_step(cell: list[np.ndarray], x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """The GRU of Cho et al. 2014 as torch documents it, in float64."""
    weight_ih, weight_hh, bias_ih, bias_hh = (part.astype(np.float64) for part in cell)
    i_r, i_z, i_n = np.split(weight_ih @ x + bias_ih, 3)
    h_r, h_z, h_n = np.split(weight_hh @ h + bias_hh, 3)
    r, z = 1 / (1 + np.exp(-(i_r + h_r))), 1 / (1 + np.exp(-(i_z + h_z)))
    return (1 - z) * np.tanh(i_n + r * h_n) + z * h


def plain_score(arrays: dict[str, np.ndarray], before: list[int], spelled: list[int], n_typed: int) -> float:
    """The log probability of what follows the typed characters."""
    encoder, decoder = ([arrays[f"{part}_{name}"] for name in CELL_PARTS] for part in ("encoder", "decoder"))
    embedding = arrays["embedding"].astype(np.float64)
    h, read = np.zeros(N_HIDDEN), []
    for i in [*before, END]:
        h = plain_step(encoder, embedding[i], h)
        read.append(h)
    total = 0.0
    for n, (i, wanted) in enumerate(zip([END, *spelled], [*spelled, END], strict=True)):
        h = plain_step(decoder, embedding[i], h)
        fit = np.array([h @ state for state in read]) / math.sqrt(N_HIDDEN)
        weights = np.exp(fit) / np.exp(fit).sum()
        looked = sum(w * state for w, state in zip(weights, read, strict=True))
        mixed = np.tanh(arrays["mixing_weight"] @ np.concatenate([h, looked]) + arrays["mixing_bias"])
        logits = embedding @ mixed + arrays["bias"]
        if n >= n_typed:
            total += logits[wanted] - math.log(np.exp(logits).sum())
    return total


def test_a_score_is_that_of_the_plain_twin(gru, folder):
    arrays, _ = storage.read(folder)
    texts = ["ab", "abca c", "abc"]
    for previous, typed in (([], ""), (["cab"], "a"), (["x", "b c"], "ab")):
        before = gru.ids(previous[-1]) if previous else []
        expected = [plain_score(arrays, before, gru.ids(text), len(typed)) for text in texts]
        assert gru.score(texts, previous, typed).tolist() == pytest.approx(expected, abs=1e-4)


def test_scores_do_not_depend_on_company(gru):
    texts = ["a", "abc", "b", "cc cc"]
    alone = [float(gru.score([text], ["c"], "")[0]) for text in texts]
    assert gru.score(texts, ["c"], "").tolist() == pytest.approx(alone, abs=1e-5)
    assert gru.score([], ["c"], "").size == 0


def test_every_completion_begins_with_what_is_typed(gru):
    for prefix in ("", "a", "ab ", "ñ"):
        found = gru.complete(prefix, ["c a"], 10)
        assert len(found) == len(set(found)) == 10
        assert all(text.startswith(prefix) for text in found)


def test_completions_are_ordered_by_their_normalised_score(gru):
    found = gru.complete("a", ["b"], 8)
    texts = np.array([len(text) for text in found]) + 1.0
    scores = gru.score(found, ["b"], "a") / texts**gru.norm
    assert (np.diff(scores) <= 1e-6).all()


def test_a_wide_beam_finds_the_best_of_all_short_texts(gru):
    wide = Gru(gru.network, gru.alphabet, beam=2000, norm=0.0)
    texts = [a + b + c for a in ALPHABET for b in ALPHABET for c in ["", *ALPHABET]]
    scores = dict(zip(texts, gru.score(texts, ["b"], ""), strict=True))
    best = max(scores, key=lambda text: scores[text])
    found = wide.complete("", ["b"], 2000)
    assert best in found
    assert all(scores[text] <= scores[best] + 1e-9 for text in found if text in scores)


def test_the_typed_text_is_a_completion_only_if_it_is_a_label(gru):
    assert "ab" not in Gru(gru.network, gru.alphabet, lambda text: False).complete("ab", [], 10)
    assert "ab" in Gru(gru.network, gru.alphabet, lambda text: text == "ab").complete("ab", [], 10)


def test_the_session_matters(gru):
    assert gru.score(["abc"], ["a"], "")[0] != gru.score(["abc"], ["b"], "")[0]


def test_the_most_frequent_are_reordered_by_probability(gru):
    texts = ["ab", "abc", "ac", "b", "a b"]
    labels = make_labels(texts)
    reordered = Reordered(MostFrequent(labels, np.arange(5, dtype=np.int32)), gru)
    found = reordered.complete("a", ["b"], 3)
    scores = dict(zip(texts, gru.score(["ab", "abc", "ac", "a", "a b"], ["b"], "a").tolist(), strict=True))
    expected = sorted((text for text in texts if text.startswith("a")), key=lambda text: -scores[text])[:3]
    assert found == expected
    assert reordered.complete("zz", ["b"], 3) == []


def test_a_folder_of_something_else_is_refused(tmp_path):
    storage.write(tmp_path / "x", {"a": np.zeros(1, np.float32)}, {"kind": "completion"})
    with pytest.raises(ModelFormatError, match="expected 'gru'"):
        open_gru(tmp_path / "x")
    storage.write(tmp_path / "y", {"embedding": np.zeros((2, 2), np.float32)}, {"kind": KIND, "alphabet": "a"})
    with pytest.raises(ModelFormatError, match="lacks or garbles"):
        open_gru(tmp_path / "y")
