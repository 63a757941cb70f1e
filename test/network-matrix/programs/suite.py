from collections.abc import Callable


class Suite(dict[str, Callable]):
    """Behaviours by the sentences that name them: `@suite("a sentence")`."""

    def __call__(self, sentence: str) -> Callable[[Callable], Callable]:
        def add(behave: Callable) -> Callable:
            self[sentence] = behave
            return behave

        return add
