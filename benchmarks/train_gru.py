"""Train the neural baseline on pairs: a GRU encoder–decoder over characters. Needs torch (the extra `neural`).

Rows of like length make a batch. The rate falls along a cosine; the loss on validation pairs is recorded along the
way, with the processor time so far. The arrays are exported as `.npy`; decoding needs no torch.

    python -m benchmarks.train_gru TRAIN --valid VALID --out neural/MODEL
"""

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from xmr_engine import storage
from xmr_engine.baselines.gru import CELL_PARTS, END, FIRST_CHARACTER, KIND, UNKNOWN
from xmr_engine.data.pairs import Pairs, read_pairs

RAREST, LONGEST = 5, 80
VALID_ROWS = 2000
WARM_UP = 200


class Speller(nn.Module):
    """Encoder, decoder and attention; the output layer shares the embedding."""

    def __init__(self, n_characters: int, n_embedded: int, n_hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_characters, n_embedded)
        self.encoder = nn.GRU(n_embedded, n_hidden, batch_first=True)
        self.decoder = nn.GRU(n_embedded, n_hidden, batch_first=True)
        self.mixing = nn.Linear(2 * n_hidden, n_embedded)
        self.bias = nn.Parameter(torch.zeros(n_characters))
        nn.init.normal_(self.embedding.weight, std=n_embedded**-0.5)

    def forward(self, before: Tensor, n_before: Tensor, spelled: Tensor) -> Tensor:
        """Return the logits of each next character; rows are padded, `n_before` are the encoder's true lengths."""
        read, _ = self.encoder(self.embedding(before))
        last = read[torch.arange(len(read)), n_before - 1]
        states, _ = self.decoder(self.embedding(spelled), last.unsqueeze(0))
        fit = states @ read.transpose(1, 2) / math.sqrt(read.shape[2])
        absent = torch.arange(before.shape[1])[None, :] >= n_before[:, None]
        looked = fit.masked_fill(absent[:, None, :], -1e9).softmax(2) @ read
        mixed = torch.tanh(self.mixing(torch.cat([states, looked], 2)))
        return mixed @ self.embedding.weight.T + self.bias


class Batch:
    """Padded ids of some rows; targets of the padding are -100, which the loss leaves out."""

    def __init__(self, before: list[list[int]], spelled: list[list[int]]) -> None:
        self.n_before = torch.tensor([len(ids) + 1 for ids in before])
        self.before = padded([[*ids, END] for ids in before], END)
        self.spelled = padded([[END, *ids] for ids in spelled], END)
        self.targets = padded([[*ids, END] for ids in spelled], -100)


def main() -> None:
    """Train what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, help="pairs or a log")
    parser.add_argument("--valid", type=Path, required=True, help="pairs for the learning curve")
    parser.add_argument("--out", type=Path, required=True, help="folder of the network")
    parser.add_argument("--epochs", type=float, default=6.0)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--embedded", type=int, default=96)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--synthetic", action="store_true", help="say that the log was made up")
    options = parser.parse_args()
    storage.require_replaceable(options.out)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pairs, valid = read_pairs(options.train), read_pairs(options.valid)
    alphabet = characters_of(pairs)
    network = Speller(len(alphabet) + FIRST_CHARACTER, options.embedded, options.hidden)
    curve = fit(network, encoded(pairs, alphabet), encoded(valid, alphabet), options)
    export(network, alphabet, curve, options)


def characters_of(pairs: Pairs) -> str:
    """Return the characters that are not rare, in order."""
    codes, count = np.unique(np.array(list("".join(pairs.next + pairs.previous))), return_counts=True)
    return "".join(codes[count >= RAREST])


def encoded(pairs: Pairs, alphabet: str) -> list[tuple[list[int], list[int]]]:
    """Return (previous, next) of every row as ids, cut to the longest length."""
    ids = {character: i for i, character in enumerate(alphabet, FIRST_CHARACTER)}

    def encode(text: str) -> list[int]:
        return [ids.get(character, UNKNOWN) for character in text[:LONGEST]]

    return [(encode(before), encode(after)) for before, after in zip(pairs.previous, pairs.next, strict=True)]


def padded(rows: list[list[int]], filling: int) -> Tensor:
    """Return rows of unequal length as one matrix."""
    out = torch.full((len(rows), max(map(len, rows))), filling)
    for i, row in enumerate(rows):
        out[i, : len(row)] = torch.tensor(row)
    return out


def batches(rows: list[tuple[list[int], list[int]]], size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the rows' numbers in batches of like lengths, in random order."""
    jitter = rng.random((len(rows), 2))
    before = np.array([len(b) for b, _ in rows]) // 4
    after = np.array([len(a) for _, a in rows]) + jitter[:, 0]
    order = np.lexsort((jitter[:, 1], after, before))
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    return [parts[i] for i in rng.permutation(len(parts))]


def fit(
    network: Speller,
    rows: list[tuple[list[int], list[int]]],
    valid: list[tuple[list[int], list[int]]],
    options: argparse.Namespace,
) -> list[dict[str, float]]:
    """Train the network; return the learning curve."""
    rng = np.random.default_rng(options.seed)
    drawn = [valid[i] for i in rng.permutation(len(valid))[:VALID_ROWS]]
    n_steps = int(options.epochs * math.ceil(len(rows) / options.batch))
    adam = torch.optim.Adam(network.parameters(), lr=options.rate, betas=(0.9, 0.99))
    curve, losses, waiting = [], [], []
    every = max(n_steps // 24, 1)
    for step in range(n_steps):
        if not waiting:
            waiting = batches(rows, options.batch, rng)
        part = waiting.pop()
        batch = Batch([rows[i][0] for i in part], [rows[i][1] for i in part])
        for group in adam.param_groups:
            group["lr"] = options.rate * rate_at(step, n_steps)
        loss = loss_of(network, batch)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        losses.append(float(loss.detach()))
        if (step + 1) % every == 0 or step + 1 == n_steps:
            point = {
                "epoch": round((step + 1) * options.batch / len(rows), 3),
                "processor_seconds": round(time.process_time(), 1),
                "train_loss": round(float(np.mean(losses)), 4),
                "valid_loss": round(valid_loss(network, drawn), 4),
            }
            print(point, file=sys.stderr, flush=True)
            curve.append(point)
            losses = []
    return curve


def rate_at(step: int, n_steps: int) -> float:
    """Return the share of the rate: a short rise, then a cosine down to a fiftieth."""
    return min((step + 1) / WARM_UP, 0.51 + 0.49 * math.cos(math.pi * step / n_steps))


def loss_of(network: Speller, batch: Batch) -> Tensor:
    """Return the mean loss a character, in nats."""
    logits = network(batch.before, batch.n_before, batch.spelled)
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=-100)


@torch.no_grad()
def valid_loss(network: Speller, rows: list[tuple[list[int], list[int]]]) -> float:
    """Return the mean loss a character over rows that were not trained on."""
    total = n_characters = 0.0
    for i in range(0, len(rows), 250):
        batch = Batch([b for b, _ in rows[i : i + 250]], [a for _, a in rows[i : i + 250]])
        n = float((batch.targets >= 0).sum())
        total += float(loss_of(network, batch)) * n
        n_characters += n
    return total / n_characters


def export(network: Speller, alphabet: str, curve: list[dict[str, float]], options: argparse.Namespace) -> None:
    """Write the arrays, and how they came about."""
    arrays = {
        "embedding": network.embedding.weight,
        "mixing_weight": network.mixing.weight,
        "mixing_bias": network.mixing.bias,
        "bias": network.bias,
    }
    for part in ("encoder", "decoder"):
        arrays |= {f"{part}_{name}": getattr(getattr(network, part), f"{name}_l0") for name in CELL_PARTS}
    settings = {name: getattr(options, name) for name in ("epochs", "hidden", "embedded", "batch", "rate", "seed")}
    document = {
        "kind": KIND,
        "alphabet": alphabet,
        "synthetic": options.synthetic,
        "settings": settings,
        "learning_curve": curve,
    }
    storage.write(options.out, {name: array.detach().numpy() for name, array in arrays.items()}, document)


if __name__ == "__main__":
    main()
