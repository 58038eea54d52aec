"""The weights of a tree, column by column, and packed as a search reads them: what is read together stands together."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmr_engine.errors import ConfigError
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Chunks
from xmr_engine.kernels.chunks import BIAS, NO_FEATURE, place_features


class Weights(NamedTuple):
    """Chunks as columns: row r of parent p, `rows[p] <= r < rows[p + 1]`, has the entries `entries[r]` up to the next.

    feature: of each row, ascending by hashes in each chunk. child, counted from the parent's first, and weight, -127 to
    127 of the parent's scale, are those of each entry.
    """

    rows: NDArray[Any]
    feature: NDArray[Any]
    entries: NDArray[Any]
    child: NDArray[Any]
    weight: NDArray[Any]
    scale: NDArray[Any]


def pack(weights: Weights) -> Chunks:
    """Return the chunks of these columns, frozen."""
    n_entries = int(weights.entries[-1])
    if n_entries > np.iinfo(np.int32).max:
        raise ConfigError(f"{n_entries} weights are more than one model holds; raise the threshold or cut the log")
    places = np.empty(weights.feature.size, np.int64)
    rows = place_features(weights.rows.astype(np.int64), weights.feature.astype(np.int32), places)
    features = np.full((int(rows[-1]) + 1, 2), NO_FEATURE, np.int32)
    features[places, 0] = weights.feature
    sizes = np.zeros(len(features), np.int64)
    sizes[places + 1] = np.diff(weights.entries)
    features[:, 1] = np.cumsum(sizes)
    packed = np.empty((n_entries, 3), np.uint8)
    packed[:, 0], packed[:, 1] = weights.child & 0xFF, weights.child >> 8
    np.add(weights.weight, np.int16(BIAS), out=packed[:, 2], casting="unsafe")
    return Chunks(freeze(rows), freeze(features), freeze(packed), freeze(weights.scale))


def unpack(chunks: Chunks) -> Weights:
    """Return the columns of chunks."""
    low, high, weight = chunks.entries.T.astype(np.int32)
    feature, entries = chunks.features.T
    used = feature != NO_FEATURE
    rows = np.concatenate([[0], np.cumsum(used)])[chunks.rows]
    entries = np.append(entries[used], entries[-1])
    return Weights(rows, feature[used], entries, low | high << 8, weight - BIAS, chunks.scale)
