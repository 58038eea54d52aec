"""What the app asks of an opened model, of whatever kind.

Knows calls and their answers' types; knows nothing of what answers them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Completer(Protocol):
    """What the app asks of an opened model."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def fingerprint(self) -> str:
        """Hash of the model: the same for the same model."""

    @property
    def indexes(self) -> tuple[str, ...]:
        """Names of its indexes, the default first."""

    @property
    def n_labels(self) -> int:
        """How many distinct queries it can complete to."""

    @property
    def synthetic(self) -> bool:
        """Whether its log was generated."""

    def answer(
        self,
        prefix: str,
        previous: Sequence[str] = (),
        k: int = 10,
        index: str | None = None,
        beam: int | None = None,
    ) -> dict[str, Any]:
        """Complete a prefix."""

    def compare(
        self, prefix: str, previous: Sequence[str] = (), k: int = 10, beam: int | None = None
    ) -> dict[str, Any]:
        """Answer by every index at once."""

    def explain(
        self, prefix: str, label: str, previous: Sequence[str] = (), index: str | None = None
    ) -> dict[str, Any]:
        """Say what one score adds up to, or where the label was lost."""

    def warm(self) -> None:
        """Run every kernel once."""


class Retriever(Protocol):
    """What the app asks of an opened model of products."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that answer."""

    @property
    def n_products(self) -> int:
        """How many products the catalogue has."""

    @property
    def synthetic(self) -> bool:
        """Whether its purchases were generated."""

    @property
    def beam(self) -> int:
        """Nodes kept at a depth where nothing else is asked."""

    @property
    def measured(self) -> Mapping[str, Any]:
        """What held-out purchases gave; empty where there were none."""

    def compare(
        self, query: str, k: int = 10, beam: int | None = None, threshold: float | None = None
    ) -> dict[str, Any]:
        """Answer by every system at once."""

    def warm(self) -> None:
        """Run every kernel once."""
