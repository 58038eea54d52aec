"""Days, visits and files: writes the catalogue, the log in order of time, and the purchases.

One day is in memory at a time, the purchases for the whole run. One source of chance a day, drawn
from the seed: the same bytes on every machine.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sample_models.shop.catalogue import COLUMNS, Catalogue, Product, stock, title
from sample_models.shop.shopper import Purchase, Shopper, Typed, purchase, session
from sample_models.shop.taxonomy import Law, Taxonomy, load

_FIRST_DAY = 1_740_960_000  # Monday, 3 March 2025, 00:00 UTC
_DAYS = 91
_DAY = 86_400
_WEEK = (100, 96, 98, 102, 110, 130, 138)
_HOURS = (0, 0, 0, 0, 0, 2, 5, 12, 22, 34, 42, 45, 47, 44, 42, 43, 46, 52, 62, 74, 84, 78, 52, 0)  # closed at night
_VISITS_A_SHOPPER = 6
_FEWEST_SHOPPERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to generate, and from which seed."""

    sessions: int = 61_000
    products: int = 24_000
    seed: int = 7


@dataclass(slots=True)
class Tally:
    """What was written."""

    products: int = 0
    sessions: int = 0
    events: int = 0
    users: set[int] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    moves: Counter[str] = field(default_factory=Counter)
    purchases: Counter[str] = field(default_factory=Counter)

    def report(self) -> dict[str, object]:
        """Return the figures as plain values, the transitions as shares."""
        steps = sum(n for move, n in self.moves.items() if move != "start")
        return {
            "sessions": self.sessions,
            "events": self.events,
            "users": len(self.users),
            "distinct_queries": len(self.queries),
            "products": self.products,
            "purchases": dict(sorted(self.purchases.items())),
            "transitions": {
                move: round(n / steps, 4) for move, n in self.moves.most_common() if move != "start" and steps
            },
        }


def generate(out: Path, plan: Plan) -> Tally:
    """Write `log.tsv`, `catalogue.tsv`, `purchases-train.tsv` and `purchases-test.tsv` into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    taxonomy, tally = load(), Tally()
    catalogue = _write_catalogue(out / "catalogue.tsv", taxonomy, plan, tally)
    bought: dict[str, Counter[str]] = {"train": Counter(), "test": Counter()}
    with (out / "log.tsv").open("w", encoding="utf-8", newline="\n") as log:
        log.write("user\ttime\tquery\n")
        for day, n_visits in enumerate(_visits(plan)):
            rng = Random(f"{plan.seed}/{day}")
            lines: list[tuple[int, int, str]] = []
            for shopper in _visitors(rng, plan, n_visits):
                typed, scene = session(rng, shopper, taxonomy, catalogue)
                _note(tally, shopper, typed)
                lines += _timed(_opening(rng, day), len(lines), shopper, typed)
                sale = purchase(rng, typed, scene)
                if sale:
                    _sell(bought, tally, "test" if shopper.held_out else "train", sale)
            log.writelines(line for _, _, line in sorted(lines))
    for part, counts in bought.items():
        _write_purchases(out / f"purchases-{part}.tsv", counts)
    return tally


def _visits(plan: Plan) -> list[int]:
    """Return the number of sessions of each day; weekends are busier, weeks grow a little."""
    days = min(_DAYS, max(1, plan.sessions // 20))
    weights = [_WEEK[day % 7] * (100 + day // 7) for day in range(days)]
    total = sum(weights)
    visits = [plan.sessions * weight // total for weight in weights]
    for i in range(plan.sessions - sum(visits)):
        visits[i % days] += 1
    return visits


def _visitors(rng: Random, plan: Plan, n_visits: int) -> Iterator[Shopper]:
    """Yield the shoppers of a day, each once; some people come far more often than others."""
    n_shoppers = max(_FEWEST_SHOPPERS, plan.sessions // _VISITS_A_SHOPPER, 2 * n_visits)
    seen: set[int] = set()
    while len(seen) < n_visits:
        share = rng.random()
        number = int(n_shoppers * share * (0.4 + 0.6 * share))
        if number not in seen:
            seen.add(number)
            yield Shopper.known(plan.seed, number)


def _opening(rng: Random, day: int) -> int:
    """Draw the second at which a session of this day begins."""
    return _FIRST_DAY + day * _DAY + 3600 * _HOUR_LAW.draw(rng) + int(3600 * rng.random())


def _timed(opening: int, first: int, shopper: Shopper, typed: list[Typed]) -> list[tuple[int, int, str]]:
    """Return a session's lines with their times and a number that keeps their order."""
    lines, time = [], opening
    for i, one in enumerate(typed):
        time += one.pause
        lines.append((time, first + i, f"u{shopper.number:07d}\t{time}\t{one.text}\n"))
    return lines


def _note(tally: Tally, shopper: Shopper, typed: list[Typed]) -> None:
    """Count a session."""
    tally.sessions += 1
    tally.events += len(typed)
    tally.users.add(shopper.number)
    tally.queries.update(one.text for one in typed)
    tally.moves.update(one.move for one in typed)


def _sell(bought: dict[str, Counter[str]], tally: Tally, part: str, sale: Purchase) -> None:
    """Count a purchase under every query that led to it."""
    tally.purchases[part] += 1
    bought[part].update(f"{text}\t{sale.product_id}" for text in sale.queries)


def _write_catalogue(path: Path, taxonomy: Taxonomy, plan: Plan, tally: Tally) -> Catalogue:
    """Write the catalogue and return it for shopping."""
    products: dict[str, list[Product]] = defaultdict(list)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for kind, product, price, color in stock(taxonomy, Random(f"{plan.seed}/stock"), plan.products):
            details = "; ".join(value for value in product.values if value != color)
            cells = (product.product_id, title(kind, product), kind.department, kind.name, product.brand,
                     f"{price}.99", color, product.model, details)  # fmt: skip
            file.write("\t".join(cells) + "\n")
            products[kind.name].append(product)
            tally.products += 1
    return Catalogue(products)


def _write_purchases(path: Path, counts: Counter[str]) -> None:
    """Write query, product and count, sorted."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("query\tproduct_id\tcount\n")
        file.writelines(f"{pair}\t{counts[pair]}\n" for pair in sorted(counts))


_HOUR_LAW = Law.of(list(_HOURS))
