"""Products: their models, titles and prices, and which of them satisfies a wish.

A title is made of brand, model, the type's own name and attribute values; never of a synonym.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from zlib import crc32

from sample_models.shop.taxonomy import Law, ProductType, Taxonomy, rows, split

COLUMNS = ("product_id", "title", "department", "type", "brand", "price", "color", "model", "details")
_ACTIVE = frozenset({"shoes", "sports", "outdoor", "bikes", "bags"})
_CODED = frozenset({
    "photo", "audio", "phone", "video", "wearable", "security", "cables", "storage", "computing", "peripheral",
    "network", "kitchen", "coffee", "cleaning", "tools", "electrical", "auto", "music", "grooming", "hair",
    "health", "garden",
})  # fmt: skip
_LETTERS = "abcdefghjkmprstvxz"
_TRIES = 14


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `values` are its attribute values, those in the title."""

    product_id: str
    brand: str
    model: str
    values: tuple[str, ...]


class Models:
    """Names the models of a brand within a type: codes, or words with a number."""

    def __init__(self) -> None:
        self._words = {style: split(words) for style, words in rows("lines")}

    def name(self, kind: ProductType, brand: str, number: int) -> str:
        """Return the name of a brand's model number `number`, the same for ever."""
        mix = crc32(f"{brand}/{kind.group}/{kind.name}".encode())
        if kind.group in _CODED and not kind.owner:
            return self._code(mix, number)
        words = self._words["active" if kind.group in _ACTIVE else "words"]
        word = words[(mix + number * 7) % len(words)]
        edition = number // len(words) + 1 + (mix >> 8) % 4 if kind.group in _ACTIVE else number // len(words) + 1
        return word if edition == 1 else f"{word} {edition}"

    def _code(self, mix: int, number: int) -> str:
        """Return letters, a number that grows, and sometimes a suffix: "zx40 pro"."""
        letters = _LETTERS[mix % len(_LETTERS)] + (_LETTERS[(mix >> 5) % len(_LETTERS)] if mix >> 10 & 1 else "")
        step = (5, 10, 50, 100)[(mix >> 12) % 4]
        suffixes = self._words["suffixes"]
        kept, turn = divmod(number, 3)
        suffix = f" {suffixes[(mix + kept) % len(suffixes)]}" if turn == 1 else ""
        return f"{letters}{step * (kept * 2 + (turn == 2) + 1 + (mix >> 16) % 4)}{suffix}"


class Catalogue:
    """The products of every type, most popular first."""

    def __init__(self, products: dict[str, list[Product]]) -> None:
        self._products = products
        self._of_brand: dict[tuple[str, str], list[Product]] = defaultdict(list)
        for name, found in products.items():
            for product in found:
                self._of_brand[name, product.brand].append(product)

    def favourite(self, rng: Random, kind: ProductType, brand: str) -> Product | None:
        """Return a product of the type, and of the brand if one is named; popular ones come up more."""
        found = self._of_brand.get((kind.name, brand)) if brand else self._products[kind.name]
        if not found:
            return None
        share = rng.random()
        return found[int(len(found) * share * share * share)]

    def bought(self, rng: Random, kind: ProductType, brand: str, wanted: frozenset[str]) -> Product | None:
        """Return the best of several popular products: the one with most of the wanted values."""
        best, best_fit = None, -1
        for _ in range(_TRIES):
            product = self.favourite(rng, kind, brand)
            if product is None:
                return None
            fit = len(wanted.intersection(product.values)) + (product.model in wanted)
            if fit > best_fit:
                best, best_fit = product, fit
            if best_fit >= len(wanted):
                break
        return best


def stock(taxonomy: Taxonomy, rng: Random, n_products: int) -> Iterator[tuple[ProductType, Product, int, str]]:
    """Yield every product with its type, price in whole units and colour, type by type."""
    models = Models()
    number = 0
    for kind, n in zip(taxonomy.types, _shares(taxonomy, n_products), strict=True):
        brand_law = Law.power(len(kind.brands), 0.8)
        released = dict.fromkeys(kind.brands, 0)
        made = 0
        while made < n:
            brand = kind.brands[brand_law.draw(rng)]
            model = models.name(kind, brand, released[brand])
            released[brand] += 1
            variants = list(dict.fromkeys(_values(kind, rng) for _ in range(1 + int(3 * rng.random()))))
            for values, color in variants[: n - made]:
                number += 1
                made += 1
                share = rng.random()
                price = kind.price[0] + int((kind.price[1] - kind.price[0]) * share * share)
                yield kind, Product(f"P{number:07d}", brand, model, values), price, color


def title(kind: ProductType, product: Product) -> str:
    """Return a product's title as a shop prints it."""
    head = " ".join(_capital(word) for word in f"{product.brand} {product.model} {kind.name}".split())
    return ", ".join([head, *(" ".join(_capital(word) for word in value.split()) for value in product.values)])


def _values(kind: ProductType, rng: Random) -> tuple[tuple[str, ...], str]:
    """Draw the attribute values of one variant, and its colour."""
    chosen, color = [], ""
    for attribute in kind.attributes:
        if attribute.name in ("pack", "few", "refill") and rng.random() < 0.5:
            continue
        value = attribute.values[attribute.law.draw(rng)]
        color = value if attribute.name == "color" else color
        if value not in chosen and value not in kind.name:
            chosen.append(value)
    return tuple(chosen), color


def _shares(taxonomy: Taxonomy, n_products: int) -> list[int]:
    """Return how many products each type has: more of what is popular, some of everything."""
    place = {kind.name: i for i, kind in enumerate(taxonomy.by_popularity)}
    weights = [1 if kind.owner else 2 + round(400 / (place[kind.name] + 30)) for kind in taxonomy.types]
    total = sum(weights)
    shares = [weight * n_products // total for weight in weights]
    for i in range(n_products - sum(shares)):
        shares[i % len(shares)] += 1
    return shares


def _capital(word: str) -> str:
    """Return a word of a title: codes in capitals, words with a capital, the rest as it is."""
    if any(c.isdigit() for c in word):
        return word if "x" in word and word[0].isdigit() else word.upper()
    return word[:1].upper() + word[1:]
