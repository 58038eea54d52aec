"""A model that answers by the engine's contract from a handful of invented queries; no learning, no arrays."""

from itertools import product
from typing import Any

from xmr_engine.errors import ConfigError
from xmr_engine.text import normalise, normalise_prefix

_KINDS = {
    "digital camera": ["nivora camera", "nivora lens", "camera bag", "memory card", "nivora d40", "night camera"],
    "running shoes": ["nimbus shoes", "neon running vest", "running socks", "nubuck boots", "trail shoes"],
    "dinner table": ["napkin rings", "nest of tables", "narrow bench", "table runner", "oak chairs"],
}
_WORDS = ["nivora", "nimbus", "norra", "camera", "case", "cable", "table", "tripod", "tent", "trail", "shoes", "socks"]
_ENDINGS = ["", " black", " small", " for kids", " sale", " pro", " cheap", " set"]
LABELS = sorted(
    {kind for kinds in _KINDS.values() for kind in kinds}
    | set(_KINDS)
    | {word + ending for word, ending in product(_WORDS, _ENDINGS)}
    | {"كاميرا رقمية", "デジタルカメラ", "数码相机", "école notebook"}
)
_SHIFT = {"hybrid": 0, "tree": 3, "trie": 7}


class FakeCompleter:
    """A completer by the contract, quick and the same every time."""

    name = "fake"
    fingerprint = "f" * 64
    indexes = ("hybrid", "tree", "trie")
    n_labels = len(LABELS)
    synthetic = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...], int]] = []
        self.warmed = 0

    def warm(self) -> None:
        self.warmed += 1

    def answer(self, prefix, previous=(), k=10, index=None, beam=None) -> dict[str, Any]:
        self.asked.append((prefix, tuple(previous), k))
        index = self._index(index)
        typed = normalise_prefix(prefix)
        context = [normalise(text) for text in previous][-5:]
        rows = self._rank(typed, context, index)[:k]
        return {
            "model": self.name,
            "index": index,
            "prefix": typed,
            "previous": context,
            "took_ms": 0.25,
            "completions": [{"text": t, "score": s, "match": m, "sources": ["index"]} for s, t, m in rows]
            or self._meant(typed, context, index)[:k],
        }

    def compare(self, prefix, previous=(), k=10, beam=None) -> dict[str, Any]:
        found = {}
        for index in self.indexes:
            answer = self.answer(prefix, previous, k, index)
            found[index] = {
                "completions": answer["completions"],
                "took_ms": 0.2 + _SHIFT[index] / 40,
                "nodes_visited": 40 + 11 * _SHIFT[index],
                "candidates": 60 + 17 * _SHIFT[index],
                "beam": _beam(index),
            }
        texts = {index: {row["text"] for row in found[index]["completions"]} for index in found}
        only = {
            index: [
                row["text"]
                for row in found[index]["completions"]
                if not any(row["text"] in texts[other] for other in texts if other != index)
            ]
            for index in found
        }
        return {
            "prefix": normalise_prefix(prefix),
            "previous": [normalise(text) for text in previous],
            "indexes": found,
            "only": only,
        }

    def explain(self, prefix, label, previous=(), index=None) -> dict[str, Any]:
        index, wanted = self._index(index), normalise(label)
        typed, context = normalise_prefix(prefix), [normalise(text) for text in previous]
        if wanted not in LABELS:
            return {"score": None, "groups": {}, "terms": [], "rank": None, "reason": "not a label"}
        ranked = [text for _, text, _ in self._rank(typed, context, index)]
        if wanted not in ranked:
            lost = {"layer": 2, "score": -3.2, "beam_last_score": -1.4}
            return {"score": None, "groups": {}, "terms": [], "rank": None, "reason": "left the beam", "lost": lost}
        terms = [
            {"group": "typed", "term": typed or "^", "value": 0.75},
            {"group": "previous query", "term": context[-1] if context else "", "value": 1.5 if context else 0.0},
            {"group": "popularity", "term": "log count", "value": -0.5},
            {"group": "base", "term": "g(0)", "value": -1.0},
        ]
        groups = {term["group"]: term["value"] for term in terms}
        without = [text for _, text, _ in self._rank(typed, [], index)]
        rank = ranked.index(wanted) + 1
        return {
            "score": sum(groups.values()),
            "groups": groups,
            "terms": terms,
            "rank": rank,
            "rank_without_context": without.index(wanted) + 1 if wanted in without else None,
        }

    def _index(self, index: str | None) -> str:
        if index is not None and index not in self.indexes:
            raise ConfigError(f"index: got {index!r}, expected one of {', '.join(self.indexes)}")
        return index or self.indexes[0]

    def _meant(self, typed: str, context: list[str], index: str) -> list[dict[str, Any]]:
        """Return what begins with the text typed after two neighbouring letters have changed places."""
        meant = (typed[:i] + typed[i + 1] + typed[i] + typed[i + 2 :] for i in range(1, len(typed) - 1))
        found = [(one, self._rank(one, context, index)) for one in meant]
        return [
            {"text": text, "score": score - 2, "match": "typo", "sources": ["index"], "meant": one}
            for one, rows in found
            for score, text, match in rows
            if match == "prefix"
        ]

    def _rank(self, typed: str, context: list[str], index: str) -> list[tuple[float, str, str]]:
        near = {text for query in context for text in _KINDS.get(query, ())}
        rows = []
        for position, text in enumerate(LABELS):
            if index != "hybrid" and position % 9 == _SHIFT[index]:
                continue
            popular = (position * 7 + _SHIFT[index] // 3) % 23 / 23
            if text.startswith(typed):
                rows.append((round(popular + 2 * (text in near), 4), text, "prefix"))
            elif len(typed) > 2 and typed.strip() in text:
                rows.append((round(popular - 2, 4), text, "words"))
        return sorted(rows, key=lambda row: (-row[0], row[1]))


def _beam(index: str) -> list[list[dict[str, Any]]]:
    """Return four layers of a small index, the kept nodes' children beneath them."""
    shift = _SHIFT[index]
    layers, parents, number = [], [None], 1
    for layer in range(4):
        nodes = []
        for parent in parents:
            for child in range(3 + (parent or 0) % 3 if layer else 4 + shift // 3):
                score = -0.1 * layer - 0.13 * ((number * 5 + child) % 7)
                nodes.append(
                    {"node": number, "parent": parent, "score": round(score, 3), "kept": False, "span": [0, 9]}
                )
                number += 1
        for node in sorted(nodes, key=lambda node: -node["score"])[:4]:
            node["kept"] = True
        parents = [node["node"] for node in nodes if node["kept"]]
        layers.append(nodes)
    return layers
