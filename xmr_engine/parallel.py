"""Work on several threads: kernels release the interpreter lock, so plain threads are enough.

Results come back in the order of the work, whatever the number of threads.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    threads: int,
    batch: int = 1,
    done: Callable[[Sequence[Item]], None] | None = None,
) -> list[Result]:
    """Return `work(item)` for every item, in the items' order, computed on `threads` threads.

    Parameters
    ----------
    batch
        A thread takes so many items at a time: many when each is quick.
    done
        Told in this thread, in order, of the items whose results are there.
    """
    batches = [items[a : a + batch] for a in range(0, len(items), batch)]

    def work_on(some: Sequence[Item]) -> list[Result]:
        return [work(item) for item in some]

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        results: list[Result] = []
        found = map(work_on, batches) if threads <= 1 or len(batches) <= 1 else pool.map(work_on, batches)
        for some, part in zip(batches, found, strict=True):
            results += part
            if done:
                done(some)
    return results
