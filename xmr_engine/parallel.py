"""Work on several threads: kernels release the interpreter lock, so plain threads are enough.

Results come back in the order of the work, whatever the number of threads.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(work: Callable[[Item], Result], items: Sequence[Item], threads: int, batch: int = 1) -> list[Result]:
    """Return `work(item)` for every item, in the items' order, computed on `threads` threads.

    A thread takes `batch` items at a time: many when each is quick.
    """
    if threads <= 1 or len(items) <= batch:
        return [work(item) for item in items]
    batches = [items[a : a + batch] for a in range(0, len(items), batch)]
    with ThreadPoolExecutor(threads) as pool:
        return [result for done in pool.map(lambda some: [work(item) for item in some], batches) for result in done]
