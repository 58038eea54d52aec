"""A model whose answers hold no blocked words: the block list at serving.

Knows completions as documents; knows nothing of requests or of how a model answers.
"""

from collections.abc import Sequence
from typing import Any

from app import metrics
from app.opened import Completer
from xmr_engine.data.blocklist import Blocklist
from xmr_engine.errors import ConfigError
from xmr_engine.text import normalise

_MOST = 1000
_MORE = 4


class BlockingCompleter:
    """Answers as a model does, without completions that the block list names."""

    def __init__(self, completer: Completer, blocklist: Blocklist) -> None:
        self._completer = completer
        self._blocklist = blocklist
        self.name = completer.name
        self.fingerprint = completer.fingerprint
        self.indexes = completer.indexes
        self.n_labels = completer.n_labels
        self.synthetic = completer.synthetic
        self.warm = completer.warm

    def answer(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
    ) -> dict[str, Any]:
        """Complete a prefix; where something is held back, what comes after it moves up."""
        asked = k
        while True:
            document = self._completer.answer(prefix, previous, asked, index, beam)
            found = document["completions"]
            kept = self._passing(found)
            if len(kept) >= k or len(found) < asked or asked >= _MOST:
                metrics.count(metrics.BLOCKED, by=len(found) - len(kept))
                return document | {"completions": kept[:k]}
            asked = min(asked * _MORE, _MOST)

    def compare(
        self, prefix: str, previous: Sequence[str] = (), k: int = 10, beam: int | None = None
    ) -> dict[str, Any]:
        """Answer by every index at once."""
        document = self._completer.compare(prefix, previous, k, beam)
        indexes = {
            name: found | {"completions": self._passing(found["completions"])}
            for name, found in document["indexes"].items()
        }
        only = {name: [text for text in texts if not self.blocks(text)] for name, texts in document["only"].items()}
        return document | {"indexes": indexes, "only": only}

    def explain(
        self, prefix: str, label: str, previous: Sequence[str] = (), index: str | None = None
    ) -> dict[str, Any]:
        """Say what one score adds up to.

        Raises
        ------
        ConfigError
            If the label is blocked.
        """
        if self.blocks(normalise(label)):
            raise ConfigError("label: the block list of this server holds it back")
        return self._completer.explain(prefix, label, previous, index)

    def blocks(self, text: str) -> bool:
        """Tell whether a text must not be shown."""
        return self._blocklist.blocks(text)

    def _passing(self, completions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the completions that may be shown."""
        return [row for row in completions if not self.blocks(row["text"])]
