"""A person's habits, and one session: queries with their times, and what is bought at the end.

Knows wishes and moves; knows nothing of days, files or other shoppers.
"""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from zlib import crc32

from sample_models.shop.catalogue import Catalogue
from sample_models.shop.course import first, follow
from sample_models.shop.moves import Scene
from sample_models.shop.slips import slip
from sample_models.shop.taxonomy import Law, Taxonomy
from sample_models.shop.wish import Style

_LENGTHS = Law.of([310, 205, 150, 105, 72, 50, 36, 26, 18, 12, 8, 5, 3])
_BOUGHT = 0.42
_MENDED = 0.8
_REMEMBERED = 3
_PAUSES = Law.of([30, 34, 20, 9, 5, 2])
_PAUSE_BOUNDS = (4, 15, 45, 120, 300, 700, 1500)


class Typed(NamedTuple):
    """One query of a session: seconds since the one before it, the text, and how it came about."""

    pause: int
    text: str
    move: str


class Purchase(NamedTuple):
    """A product and the queries that led to it."""

    product_id: str
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shopper:
    """A person, all of whose habits follow from the seed and the person's number."""

    number: int
    mix: int

    @classmethod
    def known(cls, seed: int, number: int) -> "Shopper":
        """Return the person with this number."""
        return cls(number, crc32(f"{seed}/{number}/shopper".encode()))

    @property
    def held_out(self) -> bool:
        """Tell whether this person's purchases are kept for testing (every fifth person's)."""
        return self.mix % 5 == 0

    def scene(self, taxonomy: Taxonomy, catalogue: Catalogue) -> Scene:
        """Return what this person's moves look at, before anything was asked."""
        high = self.mix >> 8
        style = Style(
            noun_first=high % 26 == 0,
            brand_last=high % 27 == 1,
            who_after=(high >> 4) % 5 == 0,
            glued_units=(high >> 6) % 5 == 0,
        )
        names = taxonomy.departments
        interests = tuple(names[(high >> shift) % len(names)] for shift in (3, 7, 11))
        return Scene(taxonomy, catalogue, style, interests, taxonomy.scenes[high % len(taxonomy.scenes)])

    def carelessness(self) -> float:
        """Return the share of this person's queries that come out mistyped."""
        return (0.005, 0.015, 0.025, 0.05)[(self.mix >> 4) % 4]


def session(rng: Random, shopper: Shopper, taxonomy: Taxonomy, catalogue: Catalogue) -> tuple[list[Typed], Scene]:
    """Return one session's queries as they were typed, and what was meant."""
    scene = shopper.scene(taxonomy, catalogue)
    careless = shopper.carelessness()
    typed: list[Typed] = []
    for turn in range(1 + _LENGTHS.draw(rng)):
        move = follow(rng, scene) if turn else first(rng, scene)
        _type(rng, careless, scene.texts[-1], move, typed)
    return typed, scene


def purchase(rng: Random, typed: list[Typed], scene: Scene) -> Purchase | None:
    """Return what the session ends with, if anything, and the last queries for that kind of thing."""
    if rng.random() >= _BOUGHT:
        return None
    wishes = scene.wishes
    wish = wishes[-1] if rng.random() < 0.85 else wishes[int(len(wishes) * rng.random())]
    brand = wish.brand if wish.brand in wish.kind.brands else ""
    product = scene.catalogue.bought(rng, wish.kind, brand, wish.wanted())
    if product is None:
        return None
    led = [text for other, text in zip(wishes, scene.texts, strict=True) if other.kind is wish.kind][-_REMEMBERED:]
    mistyped = [one.text for one in typed[-2:] if one.move == "slip"] if wish is wishes[-1] else []
    return Purchase(product.product_id, tuple(dict.fromkeys(led + mistyped)))


def _type(rng: Random, careless: float, text: str, move: str, typed: list[Typed]) -> None:
    """Append a query as it is typed: right, or with a slip that is mostly mended at once."""
    wrong = slip(rng, text) if rng.random() < careless else text
    if wrong == text:
        typed.append(Typed(_pause(rng), text, move))
        return
    typed.append(Typed(_pause(rng), wrong, "slip"))
    if rng.random() < _MENDED:
        typed.append(Typed(3 + int(18 * rng.random()), text, "mend"))


def _pause(rng: Random) -> int:
    """Draw the seconds spent on results and product pages before a query; far below half an hour."""
    i = _PAUSES.draw(rng)
    low, high = _PAUSE_BOUNDS[i], _PAUSE_BOUNDS[i + 1]
    return low + int((high - low) * rng.random())
