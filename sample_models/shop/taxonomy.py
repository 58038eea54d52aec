"""The shop's taxonomy, read from the tables in `data/`, and its power laws.

Knows the tables; knows nothing of queries, shoppers or files written.
"""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from zlib import crc32

DATA = Path(__file__).parent / "data"
_POST_STARTS = ("for ", "with ", "without ", "in ", "pack ", "set ", "fits ", "low heel", "kitten heel")
_FASHION = frozenset({"clothing", "shoes"})
_POST_VALUES = frozenset({"set", "gift set", "travel size", "sleep sack", "collar", "spray", "no app", "bulk"})
_ACCESSORY_PRICE = (6, 45)
_DURABLE, _CONSUMED = ("color", "few"), ("refill",)


@dataclass(frozen=True, slots=True)
class Law:
    """Cumulative whole-number weights: one draw is one bisection, the same on every machine."""

    cumulative: tuple[int, ...]

    @classmethod
    def of(cls, weights: list[int]) -> "Law":
        """Return the law in which index i is drawn with `weights[i]`."""
        return cls(tuple(accumulate(weights)))

    @classmethod
    def power(cls, n: int, exponent: float, shift: int = 1) -> "Law":
        """Return the law in which index i has weight (i + shift) ** -exponent."""
        return cls.of([max(1, round(1e6 * (i + shift) ** -exponent)) for i in range(n)])

    def draw(self, rng: Random) -> int:
        """Return an index drawn from the law."""
        return bisect(self.cumulative, rng.random() * self.cumulative[-1])


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named set of values, most wanted first, and where in a query they stand."""

    name: str
    place: str
    rank: int
    values: tuple[str, ...]
    law: Law


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductType:
    """A product type: its title, what else people call it, and what goes with it."""

    index: int
    name: str
    department: str
    level: int
    price: tuple[int, int]
    brands: tuple[str, ...]
    group: str
    broad: str
    synonyms: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    accessories: tuple[str, ...]
    countable: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All product types with their popularity, and the scenes that bring types together."""

    types: tuple[ProductType, ...]
    by_name: dict[str, ProductType]
    popularity: Law
    by_popularity: tuple[ProductType, ...]
    departments: tuple[str, ...]
    in_department: dict[str, tuple[tuple[ProductType, ...], Law]]
    scenes: tuple[tuple[ProductType, ...], ...]
    scenes_of: dict[str, tuple[int, ...]]
    withheld: frozenset[str]


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table in `data/`, its header skipped."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


def split(cell: str) -> tuple[str, ...]:
    """Return the items of a comma-separated cell."""
    return tuple(item.strip() for item in cell.split(",") if item.strip())


def stands_after(value: str) -> bool:
    """Tell whether a free feature follows the noun ("with lid") instead of leading it."""
    return value.startswith(_POST_STARTS) or value in _POST_VALUES


def load() -> Taxonomy:
    """Read the tables and return the taxonomy."""
    attributes = {
        name: Attribute(name, place, int(rank), split(values), Law.power(len(split(values)), 1.4))
        for name, place, rank, values in rows("attributes")
    }
    brands = {group: split(names) for group, names in rows("brands")}
    types = _main_types(attributes, brands)
    types += _accessory_types(types, attributes)
    by_name = {kind.name: kind for kind in types}
    main = sorted((kind for kind in types if not kind.owner), key=_rank_key)
    departments = tuple(dict.fromkeys(kind.department for kind in types))
    grouped = {name: tuple(kind for kind in main if kind.department == name) for name in departments}
    scenes = tuple(tuple(by_name[name] for name in split(names)) for _, names in rows("scenes"))
    return Taxonomy(
        types=tuple(types),
        by_name=by_name,
        popularity=Law.power(len(main), 1.0, shift=4),
        by_popularity=tuple(main),
        departments=departments,
        in_department={name: (kinds, Law.power(len(kinds), 0.9, shift=2)) for name, kinds in grouped.items()},
        scenes=scenes,
        scenes_of={name: tuple(i for i, members in enumerate(scenes) if by_name[name] in members) for name in by_name},
        withheld=frozenset(row[0] for row in rows("withheld")),
    )


def _rank_key(kind: ProductType) -> tuple[int, int]:
    """Order types by level; within a level by a fixed mix, so that no department leads."""
    return -kind.level, crc32(kind.name.encode())


def _brand_order(brands: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Keep a group's leading brand in front and mix the others, differently for each type."""
    return brands[:1] + tuple(sorted(brands[1:], key=lambda brand: crc32(f"{name}/{brand}".encode())))


def _features(name: str, cell: str) -> tuple[Attribute, ...]:
    """Return a type's own features as two attributes, those that lead the noun and those that follow."""
    values = split(cell)
    parts = (
        ("pre", 5, tuple(v for v in values if not stands_after(v))),
        ("post", 7, tuple(v for v in values if stands_after(v))),
    )
    return tuple(
        Attribute(f"{name}/{place}", place, rank, found, Law.power(len(found), 1.2))
        for place, rank, found in parts
        if found
    )


def _wanted(department: str, features: tuple[Attribute, ...], shared: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """Order a type's attributes by how often they are asked for: in fashion who, colour and size lead."""
    if department in _FASHION:
        return shared[:2] + features[:1] + shared[2:] + features[1:]
    return features[:1] + shared[:1] + features[1:] + shared[1:]


def _main_types(attributes: dict[str, Attribute], brands: dict[str, tuple[str, ...]]) -> list[ProductType]:
    """Return the types of the table; a trailing * marks a name with one number only."""
    types = []
    for index, row in enumerate(rows("types")):
        department, title, level, price, group, broad, synonyms, shared, features, accessories = row
        name = title.rstrip("*")
        low, high = price.split("-")
        types.append(
            ProductType(
                index=index,
                name=name,
                department=department,
                level=int(level),
                price=(int(low), int(high)),
                brands=_brand_order(brands[group], name),
                group=group,
                broad=broad,
                synonyms=split(synonyms),
                attributes=_wanted(
                    department, _features(name, features), tuple(attributes[key] for key in split(shared))
                ),
                accessories=split(accessories),
                countable=not title.endswith("*"),
                owner="",
            )
        )
    return types


def _accessory_types(types: list[ProductType], attributes: dict[str, Attribute]) -> list[ProductType]:
    """Return a type for every accessory that has no row of its own, in its first owner's department."""
    known = {kind.name for kind in types}
    consumables = {row[0] for row in rows("consumables")}
    owners: dict[str, ProductType] = {}
    for kind in types:
        for name in kind.accessories:
            if name not in known:
                owners.setdefault(name, kind)
    return [
        ProductType(
            index=len(types) + i,
            name=name,
            department=owner.department,
            level=1,
            price=_ACCESSORY_PRICE,
            brands=_brand_order(owner.brands, name),
            group=owner.group,
            broad="",
            synonyms=(),
            attributes=tuple(attributes[key] for key in (_CONSUMED if name.split()[-1] in consumables else _DURABLE)),
            accessories=(),
            countable=False,
            owner=owner.name,
        )
        for i, (name, owner) in enumerate(owners.items())
    ]
