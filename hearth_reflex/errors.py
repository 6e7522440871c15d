"""The error tree. Services raise these; the two edges (state doors, API) turn them into words.

Nothing here knows HTTP or Reflex: `status` is a plain number that the API edge uses, `code` is a key
of the i18n catalogues, and `params` fill the sentence. An error's text is for logs, never for people.

    HearthError
    ├── InputError            422  what was given is not usable (field says which)
    ├── SignedOutError        401  nobody is signed in, or the session ended
    │   └── CredentialsError  401  the name or the password is wrong (never says which)
    ├── ForbiddenError        403  seen, but not allowed
    ├── NotFoundError         404  unknown, or not yours to see
    ├── BodyError             413  more was sent than is read
    ├── MethodError           405  an address that takes no such request
    ├── ConflictError         409  somebody was first (a taken name, an answer already running)
    ├── LimitError            429  too much, too fast (retry_after in seconds)
    ├── EngineError           503  the model could not answer
    │   ├── ModelMissingError      no file there
    │   ├── ModelBrokenError       a file that is no usable model
    │   ├── PromptTooLongError     more tokens than the context holds
    │   ├── EngineCrashedError     the engine process ended under a reply
    │   ├── EngineBusyError        the queue is full
    │   ├── EngineMemoryError      the model or its context does not fit into memory
    │   ├── EngineSilentError      nothing was said for too long
    │   ├── GrammarError      422  a grammar or JSON schema that cannot be parsed
    │   ├── PictureError      422  a picture the model cannot take (no eyes, too many, unreadable)
    │   ├── ProviderError          another server: not there, or it answered with something else
    │   │   ├── ProviderKeyError       it refused the key
    │   │   └── ProviderLimitError     it asks for patience
    │   └── HubError               a model could not be fetched
    ├── EmbedderError         503  what finds by meaning could not answer; words still do
    ├── SpaceError            507  the disk of the house is full: nothing was kept
    └── SettingsError              the house cannot start like this (for the operator, at start-up)
"""

from math import ceil


class HearthError(Exception):
    """Root of all errors that have words for people.

    Args:
        code: key below `error.` in the catalogues; defaults to the class's own.
        field: the name of the argument at fault, if one is.
        params: values for the placeholders of the sentence.
    """

    status = 500
    code = "unexpected"

    def __init__(self, code: str | None = None, /, *, field: str | None = None, **params: str | int) -> None:
        self.code = code or type(self).code
        self.field = field
        self.params = params
        super().__init__(self.code)


class InputError(HearthError):
    status = 422
    code = "input"


class SignedOutError(HearthError):
    status = 401
    code = "signed_out"


class CredentialsError(SignedOutError):
    code = "credentials"


class ForbiddenError(HearthError):
    status = 403
    code = "forbidden"


class NotFoundError(HearthError):
    status = 404
    code = "not_found"


class BodyError(HearthError):
    status = 413
    code = "body_long"


class MethodError(HearthError):
    status = 405
    code = "method"


class ConflictError(HearthError):
    status = 409
    code = "conflict"


class LimitError(HearthError):
    status = 429
    code = "limit"

    def __init__(self, code: str | None = None, /, *, retry_after: float, **params: str | int) -> None:
        super().__init__(code, field=None, seconds=max(1, ceil(retry_after)), **params)
        self.retry_after = retry_after


class EngineError(HearthError):
    status = 503
    code = "engine"


class ModelMissingError(EngineError):
    code = "model_missing"


class ModelBrokenError(EngineError):
    code = "model_broken"


class PromptTooLongError(EngineError):
    code = "prompt_too_long"


class EngineCrashedError(EngineError):
    code = "engine_crashed"


class EngineBusyError(EngineError):
    code = "engine_busy"


class EngineMemoryError(EngineError):
    code = "engine_memory"


class EngineSilentError(EngineError):
    code = "engine_silent"


class GrammarError(EngineError):
    status = 422
    code = "grammar"


class PictureError(EngineError):
    status = 422
    code = "picture_blind"


class ProviderError(EngineError):
    code = "provider"


class ProviderKeyError(ProviderError):
    code = "provider_key"


class ProviderLimitError(ProviderError):
    code = "provider_limit"


class HubError(EngineError):
    code = "hub"


class EmbedderError(HearthError):
    status = 503
    code = "embedder"


class SpaceError(HearthError):
    status = 507
    code = "file_space"


class SettingsError(HearthError):
    code = "settings"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
        self.args = (reason,)
