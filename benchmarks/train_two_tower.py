"""Train the neural baseline of product retrieval: two towers over hashed terms. Needs torch (the extra `neural`).

Purchases are drawn anew every round; the other products of a batch are the wrong answers. A tenth of the queries is
held out, their recall is followed, and the round where it was best is exported as `.npy`; answering needs no torch.

    python -m benchmarks.train_two_tower PURCHASES CATALOGUE --out NETWORK
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from xmr_engine import storage
from xmr_engine.baselines.two_tower import KIND, Network, Side, buckets_of, network_to, place_products
from xmr_engine.data.products import read_catalogue, read_purchases
from xmr_engine.frozen import freeze
from xmr_engine.text import normalise


class Towers(nn.Module):
    """A shared bag of term vectors, and one layer above it for queries and one for products."""

    def __init__(self, n_buckets: int, size: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(n_buckets, size, mode="mean")
        self.query, self.product = nn.Linear(size, size), nn.Linear(size, size)
        nn.init.normal_(self.table.weight, std=0.5)
        for side in (self.query, self.product):
            nn.init.eye_(side.weight)
            nn.init.zeros_(side.bias)

    def forward(self, terms: tuple[Tensor, Tensor], side: nn.Linear) -> Tensor:
        """Return vectors of length one."""
        return nn.functional.normalize(torch.tanh(side(self.table(*terms))), dim=1)

    def export(self) -> Network:
        """Return the arrays."""
        sides = [
            Side(freeze(side.weight.detach().numpy().T), freeze(side.bias.detach().numpy()))
            for side in (self.query, self.product)
        ]
        return Network(freeze(self.table.weight.detach().numpy()), *sides)


class Bags:
    """The terms' buckets of many texts, ready to be drawn from."""

    def __init__(self, texts: list[str], n_buckets: int) -> None:
        self.bucket, self.bounds = buckets_of(texts, n_buckets)

    def draw(
        self, which: np.ndarray, random: np.random.Generator | None = None, keep: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Return some texts' terms, a share of them left out where there is chance."""
        parts = [self.bucket[self.bounds[i] : self.bounds[i + 1]] for i in which]
        if random is not None:
            parts = [part[random.random(part.size) < keep] if part.size > 2 else part for part in parts]
        starts = np.concatenate([[0], np.cumsum([part.size for part in parts])[:-1]])
        return torch.from_numpy(np.concatenate(parts)), torch.from_numpy(starts)


def main() -> None:
    """Train and export."""
    parser = argparse.ArgumentParser(description="Train the two-tower baseline of product retrieval.")
    parser.add_argument("purchases", type=Path)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--buckets", type=int, default=1 << 14)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--warmth", type=float, default=0.07)
    parser.add_argument("--titles", action=argparse.BooleanOptionalAction, default=True, help="titles find themselves")
    chosen = parser.parse_args()
    storage.require_replaceable(chosen.out)
    torch.manual_seed(0)
    storage.write(chosen.out, *train(chosen))


def train(chosen: argparse.Namespace) -> tuple[dict[str, np.ndarray], dict[str, object]]:
    """Return the arrays of the best round, and what led to them."""
    random = np.random.default_rng(0)
    listed = read_catalogue(chosen.catalogue)
    place = {row.product_id: i for i, row in enumerate(listed)}
    rows = [row for row in read_purchases(chosen.purchases) if row.product_id in place]
    queries = sorted({row.query for row in rows})
    at = {query: i for i, query in enumerate(queries)}
    pairs = np.array([(at[row.query], place[row.product_id]) for row in rows])
    held = np.zeros(len(queries), bool)
    held[random.permutation(len(queries))[: len(queries) // 10]] = True
    wanted = {i: set(pairs[pairs[:, 0] == i, 1].tolist()) for i in np.flatnonzero(held)[:1000].tolist()}
    titles = [normalise(row.title) for row in listed]
    asked, offered = Bags([*queries, *titles], chosen.buckets), Bags(titles, chosen.buckets)
    learned = pairs[~held[pairs[:, 0]]]
    themselves = np.stack([len(queries) + np.arange(len(titles)), np.arange(len(titles))], axis=1)
    model, started = Towers(chosen.buckets, chosen.size), time.process_time()
    optimiser = torch.optim.Adam(model.parameters(), lr=chosen.rate)
    best, kept, course = -1.0, model.export(), []
    for turn in range(chosen.rounds):
        rows_now = (
            np.concatenate([learned, random.permutation(themselves)[: len(learned)]]) if chosen.titles else learned
        )
        loss = one_round(model, optimiser, (asked, offered), random.permutation(rows_now), chosen, random)
        recall = recall_of(model.export(), titles, [(queries[i], own) for i, own in wanted.items()])
        course.append({"round": turn + 1, "loss": round(loss, 4), "recall10": round(recall, 4)})
        sys.stderr.write(f"{course[-1]} {time.process_time() - started:.0f} s\n")
        if recall > best:
            best, kept = recall, model.export()
        for group in optimiser.param_groups:
            group["lr"] *= 0.85
    settings = {key: value for key, value in vars(chosen).items() if isinstance(value, int | float | bool)}
    return network_to(kept), {"kind": KIND, "settings": settings, "course": course}


def one_round(
    model: Towers, optimiser: torch.optim.Optimizer, bags: tuple[Bags, Bags], rows: np.ndarray,
    chosen: argparse.Namespace, random: np.random.Generator,
) -> float:  # fmt: skip
    """Learn from every row once; return the mean loss."""
    total, n = 0.0, 0
    for first in range(0, len(rows) - 1, chosen.batch):
        some = rows[first : first + chosen.batch]
        query = model(bags[0].draw(some[:, 0], random, 0.8), model.query)
        product = model(bags[1].draw(some[:, 1], random, 0.8), model.product)
        fit = query @ product.T / chosen.warmth
        same = torch.from_numpy(some[:, 1][:, None] == some[:, 1][None, :]) & ~torch.eye(len(some), dtype=torch.bool)
        loss = nn.functional.cross_entropy(fit.masked_fill(same, -1e9), torch.arange(len(some)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total, n = total + float(loss.detach()), n + 1
    return total / max(n, 1)


def recall_of(network: Network, titles: list[str], wanted: list[tuple[str, set[int]]]) -> float:
    """Return the mean recall@10 of held-out queries."""
    tower = place_products(network, titles)
    return float(
        np.mean([len(own.intersection(tower.search(query, 10)[0].tolist())) / len(own) for query, own in wanted])
    )


if __name__ == "__main__":
    main()
