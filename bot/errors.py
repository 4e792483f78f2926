"""One tree of errors. The docstring of each is what its reader is told."""


class BotError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        """The message given, or the docstring."""
        return super().__str__() or (type(self).__doc__ or "")


class StartError(BotError):
    """The bot can't start; every line says what to mend."""

    def __init__(self, faults: list[str] | tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class SettingsError(StartError):
    """The environment has faults."""


class CatalogError(StartError):
    """The catalogue has faults."""


class SchemaError(StartError):
    """The database is of another version than this program."""


class StoreError(BotError):
    """The database can't be used just now. What was asked of it was not done, or, if its answer was lost, as a whole.

    *damaged*: what is in it can't be read, and waiting does not help.
    """

    def __init__(self, message: str = "", *, damaged: bool = False) -> None:
        super().__init__(message)
        self.damaged = damaged


class ClaimTaken(BotError):
    """Another invocation has the target to itself. *holder* is its id."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class CloudError(BotError):
    """A call to the cloud went wrong. *code* is ECS's own, empty where there was no answer."""

    def __init__(self, message: str = "", *, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.request_id = request_id


class CloudTryAgain(CloudError):
    """Throttled, a 5xx or IdempotentProcessing: the same call with the same token is safe. *after* is in seconds.

    *sent* is False where it is sure that the call never left: nothing can have come of it.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        request_id: str = "",
        after: float | None = None,
        throttled: bool = False,
        sent: bool = True,
    ) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.after = after
        self.throttled = throttled
        self.sent = sent


class CloudNotKnown(CloudError):
    """No answer, or one that can't be read: it may have happened. Only the same token may be sent again."""


class CloudRefused(CloudError):
    """ECS said no: nothing ran."""


class ChatError(BotError):
    """Slack did not take a message. *code* is Slack's own error name."""

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class ChatTryAgain(ChatError):
    """Rate limited, 5xx or no answer. *after* is in seconds, None where Slack did not say."""

    def __init__(self, message: str = "", *, code: str = "", after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.after = after


class ChatMessageGone(ChatError):
    """The message can't be updated any more (deleted, too old, not ours): post a new one."""


class ChatPlaceClosed(ChatError):
    """The bot can't write there (not a member, archived, unknown): go to the requester's direct messages."""


class ChatNotTaken(ChatError):
    """Slack refuses this message as it is (too long, invalid blocks): send it plainer."""


class ChatShut(ChatError):
    """Slack refuses the bot itself (token revoked, scope missing): nothing can be said until a person mends it."""
