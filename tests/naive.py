"""Plain twins of the kernels: the same definitions over strings, lists and dicts, slow and short.

Knows the formulas; must not know the kernels it judges, nor any array library.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from xmr_engine.text import is_word_character

Row = Mapping[int, float]


# hashing and terms


def term_hash(text: str) -> int:
    """Return two linear congruential hashes of the code points, side by side."""
    first, second = 17, 29
    for c in text:
        first = (first * 1103515245 + ord(c) + 1) % 2147483647
        second = (second * 69069069 + ord(c) + 1) % 2147483629
    return first * 2**31 + second


def word_places(text: str) -> list[tuple[int, int]]:
    """Return where every word begins and ends."""
    inside = [is_word_character(ord(c)) for c in text]
    starts = [i for i in range(len(text)) if inside[i] and (i == 0 or not inside[i - 1])]
    return [(i, next((j for j in range(i, len(text)) if not inside[j]), len(text))) for i in starts]


def word_ngrams(text: str, longest: int) -> list[str]:
    """Return every run of up to `longest` words, with whatever stands between them."""
    places = word_places(text)
    sizes = range(1, longest + 1)
    return [text[places[i][0] : places[i + n - 1][1]] for n in sizes for i in range(len(places) - n + 1)]


def char_ngrams(text: str, longest: int) -> list[tuple[str, int]]:
    """Return every character n-gram with its position, counted from 1 anew for each n."""
    return [(text[i : i + n], i + 1) for n in range(1, longest + 1) for i in range(len(text) - n + 1)]


def char_counts(text: str, longest: int, *, weighted: bool) -> dict[str, float]:
    """Return how much every character n-gram counts: 1 an occurrence, or 1/position."""
    counts: dict[str, float] = defaultdict(float)
    for term, position in char_ngrams(text, longest):
        counts[term] += 1 / position if weighted else 1
    return dict(counts)


def word_counts(text: str, longest: int) -> dict[str, float]:
    return dict(Counter(word_ngrams(text, longest)))


def inverse_frequencies(documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return the smoothed idf of every term, terms sorted."""
    frequency = Counter(term for document in documents for term in set(document))
    return {term: math.log((1 + len(documents)) / (1 + frequency[term])) + 1 for term in sorted(frequency)}


def tfidf(counts: Mapping[str, float], idf: Mapping[str, float]) -> dict[str, float]:
    """Return the known terms' tf-idf, of length one."""
    row = {term: count * idf[term] for term, count in counts.items() if term in idf}
    norm = math.sqrt(sum(value * value for value in row.values()))
    return {term: value / norm for term, value in row.items()}


def input_row(words: Mapping[str, float], chars: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Return both parts with a length of one together; the bias comes besides."""
    scale = math.sqrt(0.5) if words and chars else 1.0
    return {t: v * scale for t, v in words.items()}, {t: v * scale for t, v in chars.items()}


# sorted texts


def span(texts: Sequence[str], prefix: str) -> tuple[int, int]:
    """Return the ids of the texts that begin with a prefix; where none does, the place where they would stand."""
    ids = [i for i, text in enumerate(texts) if text.startswith(prefix)]
    place = sum(text < prefix for text in texts)
    return (ids[0], ids[-1] + 1) if ids else (place, place)


def shared_characters(texts: Sequence[str]) -> list[int]:
    """Return how many characters every text shares with the one before it."""
    return [0 if i == 0 else common(texts[i - 1], texts[i]) for i in range(len(texts))]


def common(a: Sequence[object], b: Sequence[object]) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


# two texts side by side


def edit_distance(a: Sequence[object], b: Sequence[object]) -> int:
    """Return the optimal string alignment distance, the whole table filled; 3 for more than 2."""
    cost = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            ways = [cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])]
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                ways.append(cost[i - 2][j - 2] + 1)
            cost[i][j] = min(ways)
    return min(cost[-1][-1], 3)


def compare_words(label: str, query: str) -> tuple[int, bool]:
    """Return how many of a label's words a query holds, and whether the last words are equal."""
    ours, theirs = label.split(" "), query.split(" ")
    kept = sum(word in theirs for word in ours if word)
    return kept, ours[-1] == theirs[-1] != ""


# trees and weights


class Tree(NamedTuple):
    """A tree as lists: the children of every node, and the label of every leaf (None elsewhere)."""

    children: list[list[int]]
    label: list[int | None]

    def labels_below(self, node: int) -> list[int]:
        own = self.label[node]
        return [own] if own is not None else [x for child in self.children[node] for x in self.labels_below(child)]

    def nested(self, node: int, texts: Sequence[str]) -> object:
        """Return a node as its label's text, or as the tuple of its children."""
        own = self.label[node]
        return texts[own] if own is not None else tuple(self.nested(child, texts) for child in self.children[node])


def gate(z: float) -> float:
    """Return the logarithm of exp(-max(1 - z, 0)**3)."""
    return -(max(1 - z, 0) ** 3)


def linear(weights: Row, row: Row) -> float:
    return sum(value * weights.get(feature, 0) for feature, value in row.items())


def path_scores(tree: Tree, weights: Sequence[Row], row: Row) -> dict[int, float]:
    """Return the score of every label's path, nothing cut."""
    found: dict[int, float] = {}

    def descend(node: int, score: float) -> None:
        label = tree.label[node]
        if label is not None:
            found[label] = score
        for child in tree.children[node]:
            descend(child, score + gate(linear(weights[child], row)))

    descend(0, 0.0)
    return found


def beam_search(
    tree: Tree, weights: Sequence[Row], row: Row, span: tuple[int, int], beam: int
) -> tuple[dict[int, float], int]:
    """Return the labels of a span that a beam reaches with their scores, and how many nodes were scored."""
    held, found, n_scored = {0: 0.0}, {}, 0
    while held:
        below: dict[int, float] = {}
        for node, score in held.items():
            for child in tree.children[node]:
                n_scored += 1
                labels = tree.labels_below(child)
                if max(labels) < span[0] or min(labels) >= span[1]:
                    continue
                own = score + gate(linear(weights[child], row))
                if tree.label[child] is None:
                    below[child] = own
                else:
                    found[labels[0]] = own
        held = dict(sorted(below.items(), key=lambda item: -item[1])[:beam])
    return found, n_scored


def fit(X: Sequence[Row], signs: Sequence[int], cost: float, n_passes: int = 2000) -> dict[int, float]:
    """Return the weights that minimise |w|²/2 + cost · Σ max(0, 1 - sign · w·x)², by many passes in order."""
    w: dict[int, float] = defaultdict(float)
    alpha = [0.0] * len(X)
    for _ in range(n_passes):
        for i, x in enumerate(X):
            curvature = sum(v * v for v in x.values()) + 0.5 / cost
            gradient = signs[i] * linear(w, x) - 1 + alpha[i] * 0.5 / cost
            step = max(alpha[i] - gradient / curvature, 0.0) - alpha[i]
            alpha[i] += step
            for feature, value in x.items():
                w[feature] += step * signs[i] * value
    return dict(w)


def objective(w: Row, X: Sequence[Row], signs: Sequence[int], cost: float) -> float:
    losses = [max(0.0, 1 - sign * linear(w, x)) ** 2 for x, sign in zip(X, signs, strict=True)]
    return sum(v * v for v in w.values()) / 2 + cost * sum(losses)


# what a log says


def popular(counts: Sequence[int], lo: int, hi: int, k: int) -> list[int]:
    """Return the k most frequent ids of a span, equal ones by id."""
    return sorted(range(lo, hi), key=lambda i: (-counts[i], i))[:k]


class Asked(NamedTuple):
    """One row of a log: session, the query before (empty for none), the query asked."""

    session: int
    previous: str
    next: str


Table = dict[str, Counter[str]]


class Statistics(NamedTuple):
    """What a log says of its queries, by text; sessions are those of two queries or more."""

    count: Counter[str]
    first_count: Counter[str]
    word_sessions: Counter[str]
    followed: Table
    together: Table
    sessions: list[set[str]]
    word_pairs: dict[tuple[str, str], float]


def words_of(text: str) -> list[str]:
    return [text[a:b] for a, b in word_places(text)]


def words_in(queries: Iterable[str]) -> set[str]:
    return {word for query in queries for word in words_of(query)}


def statistics(rows: Sequence[Asked], longest_session: int) -> Statistics:
    """Count a log's rows one by one; queries that only stood before others are asked too, but are no labels."""
    labels = {row.next for row in rows}
    asked: dict[int, set[str]] = defaultdict(set)
    followed: Table = defaultdict(Counter)
    for row in rows:
        asked[row.session] |= {row.next, row.previous} - {""}
        if row.previous in labels:
            followed[row.previous][row.next] += 1
    sessions = [asked[session] for session in sorted(asked) if len(asked[session]) > 1]
    moderate = [queries for queries in sessions if len(queries) <= longest_session]
    together: Table = defaultdict(Counter)
    for a, b in (pair for queries in moderate for pair in permutations(queries & labels, 2)):
        together[a][b] += 1
    return Statistics(
        Counter(row.next for row in rows),
        Counter(row.next for row in rows if not row.previous),
        Counter(word for queries in asked.values() for word in words_in(queries)),
        followed,
        together,
        sessions,
        word_pairs(moderate, words_in(labels)),
    )


def word_pairs(sessions: Sequence[set[str]], vocabulary: set[str]) -> dict[tuple[str, str], float]:
    """Return the information between words of different queries of a session, neither query with both."""
    both: Counter[tuple[str, str]] = Counter()
    often: Counter[str] = Counter()
    for queries in sessions:
        words = [set(words_of(query)) & vocabulary for query in queries]
        pairs = {(v, w) for a, b in permutations(words, 2) for v in a - b for w in b - a}
        both.update(pairs)
        often.update({v for v, _ in pairs})
    found = {
        (v, w): math.log(n * len(sessions) / (often[v] * often[w])) * n / (n + 1.5)
        for (v, w), n in both.items()
        if n > 1
    }
    return {pair: information for pair, information in found.items() if information > 1e-12}


class Session(NamedTuple):
    """The session of an input: its queries oldest first, what each counts, and how many sessions the log has."""

    queries: Sequence[str]
    decay: float
    n_sessions: int

    def aged(self) -> list[tuple[str, float]]:
        """Return the queries latest first with what each counts."""
        return [(query, self.decay**age) for age, query in enumerate(reversed(self.queries))]


def rarity(known: Statistics, word: str, n_sessions: int) -> float:
    return math.log((n_sessions + 1) / (known.word_sessions[word] + 1))


def similar_sessions(known: Statistics, session: Session, least: float) -> dict[int, float]:
    """Return the log's sessions whose words resemble the session's, and the cosine of each."""
    vocabulary = words_in(known.count)
    ours: dict[str, float] = {}
    for query, weight in session.aged():
        for word in set(words_of(query)) & vocabulary:
            ours.setdefault(word, weight * rarity(known, word, session.n_sessions))
    length = math.sqrt(sum(value**2 for value in ours.values()))
    found = {}
    for i, queries in enumerate(known.sessions):
        theirs = {word: rarity(known, word, session.n_sessions) for word in words_in(queries) & vocabulary}
        product = sum(ours[word] * theirs[word] for word in ours.keys() & theirs.keys())
        norm = math.sqrt(sum(value**2 for value in theirs.values()))
        if product > 0 and product / (norm * length) >= least:
            found[i] = product / (norm * length)
    return found


def signals(known: Statistics, session: Session, label: str, least_cosine: float) -> dict[str, float]:
    """Return how strongly the log associates a label with a session, by each measure."""
    found: dict[str, float] = defaultdict(float)
    for age, (query, weight) in enumerate(session.aged()):
        after = known.followed.get(query, Counter())
        beside = known.together.get(query, Counter())
        found["FOLLOWED"] += after[label] if age == 0 else 0
        found["SHARE_EARLIER" if age else "FOLLOWED_SHARE"] += weight * after[label] / (sum(after.values()) + 1)
        found["TOGETHER_EARLIER" if age else "TOGETHER"] += weight * beside[label]
        for word in set(words_of(query)) & set(words_of(label)):
            found["SHARED_WORDS"] += weight * rarity(known, word, session.n_sessions)
        for between in beside:
            further = known.together.get(between, Counter())
            found["TWO_STEPS"] += (
                weight * tie(known, query, between) * (tie(known, between, label) if further[label] else 0)
            )
    for i, cosine in similar_sessions(known, session, least_cosine).items():
        if label in known.sessions[i]:
            found["KIN_SQUARED"] += cosine**2
            found["KIN_CLOSEST"] = max(found["KIN_CLOSEST"], cosine)
    return found


def tie(known: Statistics, a: str, b: str) -> float:
    """Return shared sessions over frequencies."""
    return known.together[a][b] / math.sqrt((known.count[a] + 0.5) * (known.count[b] + 0.5))


def paired_words(known: Statistics, session: Session) -> dict[str, tuple[float, float]]:
    """Return words new to the session, and how strongly each is tied to the session's words and to the latest's."""
    latest_first: dict[str, tuple[float, bool]] = {}
    for age, (query, weight) in enumerate(session.aged()):
        for word in words_of(query):
            latest_first.setdefault(word, (weight, age == 0))
    found: dict[str, tuple[float, float]] = {}
    for (v, w), information in known.word_pairs.items():
        if v in latest_first and w not in latest_first:
            weight, is_latest = latest_first[v]
            before = found.get(w, (0.0, 0.0))
            found[w] = (max(before[0], weight * information), max(before[1], information if is_latest else 0.0))
    return found


# slips of the finger


KEYS = ("qwertyuiop", " asdfghjkl", "  zxcvbnm")


def touch(a: str, b: str) -> bool:
    """Tell whether two letters' keys touch: side by side, or above one another on rows that stand a little aside."""
    places = {key: (y, x) for y, row in enumerate(KEYS) for x, key in enumerate(row.strip())}
    if a not in places or b not in places or a == b:
        return False
    (y, x), (v, u) = sorted((places[a], places[b]))
    return (y == v and abs(x - u) == 1) or (v == y + 1 and u in (x - 1, x))


def slip_costs(meant: str, typed: str, changes: Sequence[int], gaps: Sequence[int]) -> list[float]:
    """Return at what cost each beginning of `meant` was typed so, the whole table filled; inf where it cannot be.

    changes: 0 meant as typed, 1 swapped at most, 2 anything. gaps: whether a character may be missing before each.
    """
    table = [[math.inf] * (len(typed) + 1) for _ in range(len(meant) + 1)]
    table[0][0] = 0.0
    for i in range(len(meant) + 1):
        for j in range(len(typed) + 1):
            ways = [table[i][j]]
            m, t = meant[i - 1 : i], typed[j - 1 : j]
            free = m not in set("0123456789")
            if i and j and m == t:
                ways.append(table[i - 1][j - 1])
            if i and j and m != t and changes[j - 1] == 2 and free:
                ways.append(table[i - 1][j - 1] + (100 if touch(m, t) else 140))
            if i and j < len(typed) and gaps[j] and free:
                ways.append(table[i - 1][j] + (100 if i > 1 and meant[i - 2] == m else 110))
            if j and changes[j - 1] == 2:
                ways.append(table[i][j - 1] + (100 if j > 1 and typed[j - 2] == t else 110))
            swapped = i > 1 and j > 1 and m != t and (m, meant[i - 2]) == (typed[j - 2], t)
            if swapped and changes[j - 1] and changes[j - 2]:
                ways.append(table[i - 2][j - 2] + 100)
            table[i][j] = min(ways)
    return [row[-1] for row in table]


def labels_with_words(texts: Sequence[str], counts: Sequence[int], typed: str, most: int) -> list[int]:
    """Return the most popular texts with a word for each typed word that begins it, and at most two words besides."""
    words = [typed[a:b] for a, b in word_places(typed)]
    finished = bool(words) and word_places(typed)[-1][1] < len(typed)
    if sum(map(len, words)) < (4 if len(words) == 1 else 3):
        return []

    def answers(text: str) -> bool:
        own = [text[a:b] for a, b in word_places(text)]
        whole = [len(word) < 4 and (finished or i + 1 < len(words)) for i, word in enumerate(words)]
        fits = any(
            all(o == w if alone else o.startswith(w) for o, w, alone in zip(some, words, whole, strict=True))
            for some in permutations(own, len(words))
        )
        return fits and len(own) - len(words) <= 2

    found = [i for i, text in enumerate(texts) if answers(text)]
    return sorted(found, key=lambda i: (-counts[i], i))[:most]
