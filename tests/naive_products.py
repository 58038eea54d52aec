"""Plain-Python twins of the kernels of product retrieval. They import none of what they judge."""

import math
from collections import Counter

from xmr_engine.text import words


def stem(word: str) -> str:
    """Take the plural off."""
    if len(word) < 4 or not (word.isascii() and word.isalpha() and word.islower()) or word[-1] != "s":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 4 and (word[-3] in "sxz" or word.endswith(("ches", "shes"))):
        return word[:-2]
    return word if word[-2] in "sui" else word[:-1]


def stems(text: str) -> list[str]:
    """Split words where ASCII digits meet other characters, then stem."""
    found = []
    for word in words(text):
        piece = word[0]
        for letter in word[1:]:
            if (letter in "0123456789") != (piece[-1] in "0123456789"):
                found.append(piece)
                piece = ""
            piece += letter
        found.append(piece)
    return [stem(piece) for piece in found]


def terms(text: str, kind: str) -> list[str]:
    """Return the terms of a set: `words`, `pairs`, `triples`, `chars`, `stems` or `joined` stems."""
    if kind == "chars":
        return [f"#{word}#"[i : i + 3] for word in words(text) for i in range(len(word))]
    if kind in ("stems", "joined"):
        size, units, gap = (1, stems(text), "") if kind == "stems" else (2, stems(text), "")
    else:
        size, units, gap = {"words": 1, "pairs": 2, "triples": 3}[kind], words(text), " "
    return [gap.join(units[i : i + size]) for i in range(len(units) - size + 1)]


def set_row(documents: list[str], kind: str, most: int | None, text: str) -> dict[str, float]:
    """Return a text's l2-normalised tf-idf over one set; rare and unknown terms are `rest`."""
    df = Counter(term for document in documents for term in set(terms(document, kind)))
    kept = {term for term, _ in sorted(df.items(), key=lambda pair: -pair[1])[:most]}
    with_rest = sum(any(term not in kept for term in terms(document, kind)) for document in documents)

    def idf(term: str) -> float:
        return math.log((1 + len(documents)) / (1 + (df[term] if term in kept else with_rest))) + 1

    counts = Counter(term if term in kept else "rest" for term in terms(text, kind))
    row = {term: n * idf(term) for term, n in counts.items()}
    norm = math.sqrt(sum(value * value for value in row.values()))
    return {term: value / norm for term, value in row.items()}


def rarity(titles: list[str], kind: str) -> dict[str, float]:
    """Return each term's idf as BM25 counts it."""
    df = Counter(term for title in titles for term in set(terms(title, kind)))
    return {term: math.log(1 + (len(titles) - n + 0.5) / (n + 0.5)) for term, n in df.items()}


def bm25(titles: list[str], query: str, k1: float = 0.6, b: float = 0.5) -> list[float]:
    """Return the BM25 of every title, over stems; each stem of the query counts once."""
    idf = rarity(titles, "stems")
    mean = sum(len(stems(title)) for title in titles) / len(titles)
    scores = []
    for title in titles:
        counts, size = Counter(stems(title)), len(stems(title))
        held = (term for term in set(stems(query)) if term in counts)
        scores.append(
            sum(idf[term] * counts[term] * (k1 + 1) / (counts[term] + k1 * (1 - b + b * size / mean)) for term in held)
        )
    return scores


def recall(found: list[str], bought: set[str], k: int) -> float:
    """Return the share of what was bought among the first k."""
    return len(set(found[:k]) & bought) / len(bought)
