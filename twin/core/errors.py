"""Every error a user can meet.

TwinError
├── BadSettings        a value in a flag, the environment or twin.toml
├── BadSource          a location that cannot be read as what it is said to be
│   ├── UnknownSource  nothing here reads that location
│   └── Wall           a login, a challenge or a refusal in place of a page
├── BadRequest         a brief, a name or an option that cannot be used
├── NotEnoughData      fewer texts than the stage needs
├── NotFound           an id that is not in the store
├── MissingPart        a package, model or program that is not installed
├── ModelFailed        a model or endpoint that answered with an error
├── Busy               another process works on the same home
├── Stopped            work that was stopped before its end
└── StorageFailed      disk full, no permission, a database of another version

A bad *item* is not an error but a `Skipped` value, counted and shown (core/records.py).
"""

from __future__ import annotations


class TwinError(Exception):
    """What happened, with the value, and what to type next.

    `hint` is the next command or action; the face prints message and hint on two lines and exits with 1.
    """

    code = "error"
    http_status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadSettings(TwinError):
    code = "bad_settings"
    http_status = 400


class BadSource(TwinError):
    code = "bad_source"
    http_status = 422


class UnknownSource(BadSource):
    code = "unknown_source"


class Wall(BadSource):
    code = "wall"


class BadRequest(TwinError):
    code = "bad_request"
    http_status = 400


class NotEnoughData(TwinError):
    code = "not_enough_data"
    http_status = 409


class NotFound(TwinError):
    code = "not_found"
    http_status = 404


class MissingPart(TwinError):
    code = "missing_part"
    http_status = 503


class ModelFailed(TwinError):
    """`status` is what an endpoint answered with; 0 where nothing was answered."""

    code = "model_failed"
    http_status = 502

    def __init__(self, message: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class Busy(TwinError):
    code = "busy"
    http_status = 409


class Stopped(TwinError):
    code = "stopped"
    http_status = 409


class StorageFailed(TwinError):
    code = "storage_failed"
    http_status = 507
