"""The label table: every known query, sorted; text to id, id to text, prefix to span.

Knows UTF-8 and order; knows nothing of features, trees or popularity.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Bytes, Strings
from xmr_engine.kernels.strings import find_span, find_text


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Distinct texts in sorted UTF-8 order; a label's id is its rank."""

    strings: Strings

    def __len__(self) -> int:
        return self.strings.offsets.size - 1

    def text(self, label: int) -> str:
        """Return the text of a label."""
        start, stop = self.strings.offsets[label], self.strings.offsets[label + 1]
        return self.strings.blob[start:stop].tobytes().decode("utf-8", "replace")

    def texts(self) -> list[str]:
        """Return all texts in order."""
        blob = self.strings.blob.tobytes()
        bounds = self.strings.offsets.tolist()
        return [blob[a:b].decode("utf-8", "replace") for a, b in zip(bounds, bounds[1:], strict=False)]

    def find(self, text: str) -> int | None:
        """Return the id of a text, None where it is no label."""
        data = _bytes(text)
        found = int(find_text(self.strings, data, data.size))
        return found if found >= 0 else None

    def span(self, prefix: str) -> tuple[int, int]:
        """Return `[lo, hi)`, the ids of the labels that begin with a prefix."""
        data = _bytes(prefix)
        lo, hi = find_span(self.strings, data, data.size)
        return int(lo), int(hi)


def make_labels(texts: Iterable[str]) -> LabelTable:
    """Return the table of the distinct texts given."""
    return LabelTable(make_strings(sorted(set(texts))))


def make_strings(texts: Sequence[str]) -> Strings:
    """Pack texts, which are sorted, into one blob."""
    encoded = [text.encode("utf-8") for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(data) for data in encoded], out=offsets[1:])
    return Strings(np.frombuffer(b"".join(encoded), np.uint8), freeze(offsets))


def _bytes(text: str) -> Bytes:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
