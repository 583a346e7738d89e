"""What the store raises."""


class StoreError(Exception):
    """Something the store could not do."""


class StoreUnavailable(StoreError):
    """Nobody answers at the store's socket, or the engine cannot be opened."""


class StoreBusy(StoreError):
    """As many questions as are allowed at once are at work; ask again later."""


class QuestionCancelled(StoreError):
    """Whoever asked does not want the answer any more."""


class BadRows(StoreError):
    """The engine refuses a batch for its values; it would refuse the same rows again."""


class BadQuery(StoreError):
    """A question names a table or column that does not exist, or took too long."""
