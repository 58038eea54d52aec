"""The ranker: a linear model over named features, its weights by what was typed and whether there is a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from xmr_engine.errors import ModelFormatError
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Doubles
from xmr_engine.kernels.composition import N_ALL
from xmr_engine.kernels.weighing import N_BUCKETS
from xmr_engine.ranking.features import NAMES

LENGTHS = ("0", "1", "2", "3", "4-6", "7-10", "11+")
WHERE = ("no session", "session")
BUCKETS = (
    *(f"{length} typed, {where}" for where in WHERE for length in LENGTHS),
    *(f"few labels, {where}" for where in WHERE),
)


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights, shape (N_BUCKETS, N_ALL); a score is their sum with a candidate's features, in float64."""

    weights: Doubles

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the weights by bucket and feature name; zeros are left out."""
        return {
            bucket: {name: weight for name, weight in zip(NAMES, row, strict=True) if weight}
            for bucket, row in zip(BUCKETS, self.weights.tolist(), strict=True)
        }

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Return the ranker of these weights.

        Raises
        ------
        ModelFormatError
            A bucket or feature is unknown, or a weight is no finite number.
        """
        weights = np.zeros((N_BUCKETS, N_ALL))
        try:
            for bucket, row in _as_mapping(document).items():
                for name, weight in _as_mapping(row).items():
                    weights[BUCKETS.index(bucket), NAMES.index(name)] = weight
        except (ValueError, TypeError, OverflowError) as error:
            raise ModelFormatError(f"model.json: the ranker's weights are damaged ({error}); train it anew") from None
        if not np.isfinite(weights).all():
            raise ModelFormatError("model.json: a weight of the ranker is no finite number; train it anew")
        return cls(freeze(weights))


def path_only() -> Ranker:
    """Return the ranker that orders by the matcher's path score, equal ones by popularity, composed ones last."""
    weights = np.zeros((N_BUCKETS, N_ALL))
    weights[:, NAMES.index("path")] = 1.0
    weights[:, NAMES.index("popularity")] = 1e-6
    weights[:, NAMES.index("composed")] = -1e3
    return Ranker(freeze(weights))


def _as_mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object, got {type(value).__name__}")
    return value
