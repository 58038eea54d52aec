"""BLEU of one query against another, exactly sacrebleu's, with what repeats worked out once.

Knows sacrebleu; knows nothing of systems or rows.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

ORDER = 4

_bleu = BLEU(effective_order=True)
_tokenize: Callable[[str], str] = Tokenizer13a()  # type: ignore[no-untyped-call]

Ngrams = Counter[tuple[str, ...]]


def signature() -> str:
    """Return sacrebleu's own words for how BLEU is computed here."""
    _bleu.sentence_score("a", ["a"])
    return str(_bleu.get_signature())


def sentence_bleu(found: str, wanted: str) -> float:
    """Return the BLEU of a completion, from 0 to 1: sacrebleu's `sentence_score` with effective order."""
    found_ngrams, found_length = _ngrams(found)
    wanted_ngrams, wanted_length = _ngrams(wanted)
    if not found_ngrams.keys() & wanted_ngrams.keys():
        return 0.0
    correct, total = [0] * ORDER, [0] * ORDER
    for ngram, count in found_ngrams.items():
        total[len(ngram) - 1] += count
        correct[len(ngram) - 1] += min(count, wanted_ngrams.get(ngram, 0))
    return _from_counts(tuple(correct), tuple(total), found_length, wanted_length)


def bleu_rr(completions: Sequence[str], wanted: str) -> float:
    """Return the mean BLEU of the completions, each weighted by 1 / its rank; 0 where there are none."""
    if not completions:
        return 0.0
    total = sum(sentence_bleu(found, wanted) / rank for rank, found in enumerate(completions, 1))
    return total / sum(1.0 / rank for rank in range(1, len(completions) + 1))


@lru_cache(maxsize=1 << 17)
def _ngrams(text: str) -> tuple[Ngrams, int]:
    """Return the n-grams of a text's tokens, and how many tokens it has."""
    tokens = _tokenize(text.rstrip()).split()
    ngrams = Counter(tuple(tokens[i : i + n]) for n in range(1, ORDER + 1) for i in range(len(tokens) - n + 1))
    return ngrams, len(tokens)


@lru_cache(maxsize=1 << 16)
def _from_counts(correct: tuple[int, ...], total: tuple[int, ...], found_length: int, wanted_length: int) -> float:
    """Return sacrebleu's score of these counts."""
    score = BLEU.compute_bleu(
        list(correct), list(total), found_length, wanted_length, smooth_method="exp", effective_order=True
    ).score
    return float(score) / 100.0
