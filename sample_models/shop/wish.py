"""What a shopper is after, and the query that says so.

Knows words and their order; knows nothing of sessions, products or chance except through `rng`.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random

from sample_models.shop.taxonomy import Attribute, ProductType

_WHO_AFTER = {
    "mens": "for men", "womens": "for women", "kids": "for kids", "girls": "for girls", "boys": "for boys",
    "toddler": "for toddlers",
}  # fmt: skip
_UNITS = ("ft", "oz", "lb", "inch")
_MAX_WORDS = 8
_IN_FRONT = frozenset({"cheap", "best", "budget", "top rated", "high quality"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a shopper writes: where the noun, the brand and the audience stand."""

    noun_first: bool = False
    brand_last: bool = False
    who_after: bool = False
    glued_units: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A product type in the words used for it, with whatever else the shopper insists on."""

    kind: ProductType
    term: str
    brand: str = ""
    model: str = ""
    values: tuple[tuple[Attribute, str], ...] = ()
    owner: str = ""
    owner_after: str = ""
    remark: str = ""
    style: Style = field(default_factory=Style)

    def having(self, attribute: Attribute, value: str) -> "Wish":
        """Return the wish with one attribute set to a value."""
        kept = tuple(pair for pair in self.values if pair[0].name != attribute.name)
        return replace(self, values=(*kept, (attribute, value)))

    def wanted(self) -> frozenset[str]:
        """Return the values and the model a product should have."""
        return frozenset([value for _, value in self.values] + ([self.model] if self.model else []))


def query(wish: Wish) -> str:
    """Return the wish as its shopper types it, every word at most once."""
    style = wish.style
    before: list[str] = []
    after: list[str] = []
    for attribute, value in sorted(wish.values, key=_place) if len(wish.values) > 1 else wish.values:
        if attribute.place == "who" and style.who_after:
            after.append(_WHO_AFTER[value])
        else:
            text = _glued(value) if style.glued_units else value
            (after if attribute.place == "post" else before).append(text)
    owner = [wish.owner] if wish.owner else []
    after += [wish.owner_after] if wish.owner_after else []
    brand = [part for part in (wish.brand, wish.model) if part]
    if style.noun_first:
        parts = [*owner, wish.term, *brand, *before, *after]
    elif style.brand_last:
        parts = [*before, *owner, wish.term, *brand, *after]
    else:
        parts = [*brand, *before, *owner, wish.term, *after]
    if wish.remark:
        parts = [wish.remark, *parts] if wish.remark in _IN_FRONT else [*parts, wish.remark]
    return _once(parts)


def called(rng: Random, kind: ProductType) -> str:
    """Draw the words a shopper uses for a type: its name, a broad word, a synonym; one or many."""
    share = rng.random()
    if share < 0.2 and kind.broad:
        term = kind.broad
    elif share > 0.83 and kind.synonyms:
        place = rng.random()
        term = kind.synonyms[int(len(kind.synonyms) * place * place)]
    else:
        term = kind.name
    return other_number(term) if kind.countable and rng.random() < 0.05 else term


def singular(term: str) -> str:
    """Return a term's singular; a term that has no plural form stays."""
    if not term.endswith("s") or term.endswith(("ss", "us", "lens")):
        return term
    if term.endswith(("ches", "shes", "sses", "xes")):
        return term[:-2]
    return term[:-3] + "y" if term.endswith("ies") and len(term) > 5 else term[:-1]


@lru_cache(maxsize=4096)
def other_number(term: str) -> str:
    """Return a term's plural, or the singular of a plural."""
    if singular(term) != term:
        return singular(term)
    if term.endswith(("s", "x", "ch", "sh")):
        return term + "es"
    if term.endswith("y") and term[-2] not in "aeiou":
        return term[:-1] + "ies"
    if term.endswith(("shelf", "knife")):
        return term.removesuffix("f").removesuffix("fe") + "ves"
    return term if term.endswith("mouse") or term[-1].isdigit() else term + "s"


def _place(pair: tuple[Attribute, str]) -> tuple[int, str]:
    """Order attributes as people say them: size, audience, colour, material, feature."""
    return pair[0].rank, pair[0].name


def _glued(value: str) -> str:
    """Return "10ft" for "10 ft"."""
    number, _, unit = value.partition(" ")
    return number + unit if unit in _UNITS and number.replace(".", "").isdigit() else value


def _once(parts: list[str]) -> str:
    """Join the parts, leaving out single words that stand already, at most eight words long."""
    words = dict.fromkeys(" ".join(parts).split())
    return " ".join(words) if len(words) <= _MAX_WORDS else " ".join(list(words)[:_MAX_WORDS])
