"""The course of a session: which move comes next.

Knows how likely each move is; knows nothing of what a move does, or of times and typing.
"""

from collections.abc import Callable
from random import Random

from sample_models.shop import moves
from sample_models.shop.moves import Scene
from sample_models.shop.taxonomy import Law
from sample_models.shop.wish import Wish, query

Move = Callable[[Random, Scene, Wish], Wish | None]

MOVES: dict[str, tuple[int, Move]] = {
    "new topic": (225, moves.new_topic),
    "related": (60, moves.related),
    "narrow": (215, moves.narrow),
    "swap attribute": (115, moves.swap_value),
    "accessory": (130, moves.accessory),
    "swap brand": (115, moves.swap_brand),
    "broaden": (80, moves.broaden),
    "synonym": (60, moves.synonym),
    "go back": (50, moves.go_back),
    "repeat": (15, moves.repeat),
}
_NAMES = tuple(MOVES)
_LAW = Law.of([weight for weight, _ in MOVES.values()])


def first(rng: Random, scene: Scene) -> str:
    """Begin the session and return how its first query came about."""
    while True:
        wish = moves.start(rng, scene)
        if _asked(scene, wish, query(wish)):
            return "start"


def follow(rng: Random, scene: Scene) -> str:
    """Draw moves until one makes sense and says something new; add its wish and return its name."""
    wish, now = scene.wishes[-1], scene.texts[-1]
    while True:
        name = _NAMES[_LAW.draw(rng)]
        following = MOVES[name][1](rng, scene, wish)
        if following is None:
            continue
        text = now if name == "repeat" else query(following)
        if text in scene.taxonomy.withheld:
            following = moves.add_brand(rng, scene, following) or following
            text = query(following)
        if (text != now or name == "repeat") and _asked(scene, following, text):
            return name


def _asked(scene: Scene, wish: Wish, text: str) -> bool:
    """Add a wish to the session, unless its query is empty or withheld."""
    if not text or text in scene.taxonomy.withheld:
        return False
    scene.wishes.append(wish)
    scene.texts.append(text)
    return True
