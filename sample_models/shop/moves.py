"""How one wish follows from another.

A move takes a `Scene` (who, what the session held so far) and a wish and returns the next wish, or
`None` where it makes no sense. What is likely after what is planted here and in the tables' order.
"""

from dataclasses import dataclass, field, replace
from random import Random

from sample_models.shop.catalogue import Catalogue
from sample_models.shop.taxonomy import Attribute, Law, ProductType, Taxonomy
from sample_models.shop.wish import Style, Wish, called, singular

_BRANDS = Law.power(9, 1.5)
_ACCESSORIES = Law.power(8, 1.0)
_REMARKS = ("cheap", "best", "under 50", "on sale", "under 100", "clearance", "under 200", "reviews", "under 30",
            "under 20", "top rated", "under 500", "high quality", "budget", "2025", "near me")  # fmt: skip
_REMARK_LAW = Law.power(len(_REMARKS), 1.1)
_MOST_VALUES = 3
_SEVERAL = 0.3


@dataclass(slots=True)
class Scene:
    """What a move may look at: the shop, the shopper's taste and the wishes so far."""

    taxonomy: Taxonomy
    catalogue: Catalogue
    style: Style
    interests: tuple[str, ...]
    project: tuple[ProductType, ...] = ()
    wishes: list[Wish] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def start(rng: Random, scene: Scene) -> Wish:
    """Return a wish out of nowhere: a popular type, more often one of the shopper's departments."""
    taxonomy = scene.taxonomy
    share = rng.random()
    if share < 0.3:
        kinds, law = taxonomy.in_department[scene.interests[int(len(scene.interests) * rng.random())]]
        kind = kinds[law.draw(rng)]
    elif share < 0.42 and scene.project:
        kind = scene.project[int(len(scene.project) * rng.random())]
    elif share > 0.98:
        kind = taxonomy.types[int(len(taxonomy.types) * rng.random())]
    else:
        kind = taxonomy.by_popularity[taxonomy.popularity.draw(rng)]
    return detailed(rng, scene, Wish(kind=kind, term=called(rng, kind), style=scene.style))


def detailed(rng: Random, scene: Scene, wish: Wish) -> Wish:
    """Return a bare wish as it is first typed: half of them bare, others with a brand or a value."""
    share = rng.random()
    if share < 0.54:
        return wish
    if share < 0.72:
        return add_value(rng, scene, wish) or wish
    if share < 0.86:
        return add_brand(rng, scene, wish) or wish
    if share < 0.91:
        return add_value(rng, scene, add_brand(rng, scene, wish) or wish) or wish
    if share < 0.935:
        return add_model(rng, scene, wish) or wish
    if share < 0.98:
        return replace(add_brand(rng, scene, wish) or wish, term="")
    return replace(wish, remark=_REMARKS[_REMARK_LAW.draw(rng)])


def narrow(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Add a brand, a value, a model, or a remark on the price."""
    if not wish.term:
        return replace(wish, term=called(rng, wish.kind))
    share = rng.random()
    if share < (0.4 if wish.values else 0.5) and not wish.brand:
        return add_brand(rng, scene, wish)
    if share < 0.82:
        return add_value(rng, scene, wish)
    if share < 0.9:
        return add_model(rng, scene, wish)
    return None if wish.remark else replace(wish, remark=_REMARKS[_REMARK_LAW.draw(rng)])


def add_value(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Set an attribute the wish does not have; the type's first attributes come up more."""
    taken = {attribute.name for attribute, _ in wish.values}
    free = [attribute for attribute in wish.kind.attributes if attribute.name not in taken]
    if not free or len(wish.values) >= (_MOST_VALUES if rng.random() < _SEVERAL else 2):
        return None
    share = rng.random()
    attribute = free[int(len(free) * share * share)]
    return wish.having(attribute, _value(rng, scene, attribute))


def add_brand(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Name a brand of the type, the market's leaders more often."""
    brands = wish.kind.brands
    place = _BRANDS.draw(rng)
    brand = brands[place % len(brands)]
    return None if brand == wish.brand else replace(wish, brand=brand, model="")


def add_model(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Name a model of the catalogue; what was said about colour and size is dropped."""
    product = scene.catalogue.favourite(rng, wish.kind, wish.brand)
    if product is None or product.model == wish.model:
        return None
    share = rng.random()
    values = wish.values[:1] if share > 0.8 else ()
    term = wish.kind.broad if wish.kind.broad and share < 0.3 else wish.kind.name
    return replace(wish, term=term, brand=product.brand, model=product.model, values=values, remark="")


def broaden(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Give up a detail: the remark, the model, the last value, the brand; then use a broader word."""
    if wish.remark:
        return replace(wish, remark="")
    if wish.owner or wish.owner_after:
        return replace(wish, owner="", owner_after="")
    if wish.model:
        return replace(wish, model="")
    if wish.values and (not wish.brand or rng.random() < 0.6):
        keep = int(len(wish.values) * rng.random())
        return replace(wish, values=wish.values[:keep] if rng.random() < 0.4 else wish.values[:-1])
    if wish.brand:
        return replace(wish, brand="")
    broad = wish.kind.broad or wish.kind.name
    return replace(wish, term=broad) if broad != wish.term else None


def swap_brand(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Ask for the same thing of another brand."""
    return add_brand(rng, scene, wish) if wish.brand else None


def swap_value(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Replace one value by another of the same attribute: another colour, another size."""
    if not wish.values:
        return None
    attribute, old = wish.values[int(len(wish.values) * rng.random())]
    value = attribute.values[attribute.law.draw(rng)]
    return wish.having(attribute, value) if value != old else None


def accessory(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Turn to something that goes with the thing, sometimes saying for which thing."""
    names = wish.kind.accessories
    if not names:
        return None
    kind = scene.taxonomy.by_name[names[_ACCESSORIES.draw(rng) % len(names)]]
    share = rng.random()
    following = Wish(kind=kind, term=kind.name, style=scene.style)
    if share < 0.14 and wish.model:
        return replace(following, brand=wish.brand, model=wish.model)
    if share < 0.24 and wish.brand:
        return replace(following, brand=wish.brand)
    apart = bool(wish.term) and not set(wish.term.split()).intersection(kind.name.split())
    belongs = bool(kind.owner) or (kind.level <= 4 < wish.kind.level and kind.group == wish.kind.group)
    if share < 0.31 and apart and belongs:
        return replace(following, owner_after=f"for {wish.term}")
    if share < (0.37 if kind.owner else 0.5) and apart and belongs:
        return replace(following, owner_after=wish.term)
    if share < 0.43 and kind.owner and wish.term:
        return replace(following, owner=singular(wish.term))
    return following if share < 0.85 else add_value(rng, scene, following) or following


def synonym(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Say the same in other words."""
    terms = [term for term in (wish.kind.name, *wish.kind.synonyms) if term != wish.term]
    return replace(wish, term=terms[int(len(terms) * rng.random())]) if terms else None


def go_back(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Return to an earlier wish of the session."""
    now = scene.texts[-1]
    earlier = [other for other, text in zip(scene.wishes, scene.texts, strict=True) if text != now]
    return earlier[int(len(earlier) * rng.random())] if earlier else None


def related(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Turn to another thing of the same undertaking; colour and audience may be carried over."""
    scenes = scene.taxonomy.scenes_of.get(wish.kind.owner or wish.kind.name, ())
    if not scenes:
        return None
    members = scene.taxonomy.scenes[scenes[int(len(scenes) * rng.random())]]
    share = rng.random()
    kind = members[int(len(members) * share * (0.5 + 0.5 * share))]
    if kind is wish.kind:
        return None
    following = Wish(kind=kind, term=called(rng, kind), style=scene.style)
    for attribute, value in wish.values:
        carried = attribute.name in ("color", "audience") and attribute in kind.attributes
        if carried and rng.random() < 0.5:
            following = following.having(attribute, value)
    return following if following.values else detailed(rng, scene, following)


def new_topic(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Forget it all and start with something else."""
    following = start(rng, scene)
    return following if following.kind is not wish.kind else None


def repeat(rng: Random, scene: Scene, wish: Wish) -> Wish | None:
    """Ask the same again, as people do when they come back from a product's page."""
    return wish


def _value(rng: Random, scene: Scene, attribute: Attribute) -> str:
    """Draw a value; the audience stays what it was in this session."""
    if attribute.name == "audience":
        for earlier in reversed(scene.wishes):
            for known, value in earlier.values:
                if known is attribute:
                    return value
    return attribute.values[attribute.law.draw(rng)]
