"""The refusals of ECS: HTTP status, code and message.

Codes and statuses are those of the error tables of the RunCommand, InvokeCommand and
StopInvocation help pages (2025-12 edition) and of the gateway's common error codes.
A status or code that no page at hand names is marked "guess" where it is raised.
"""

from __future__ import annotations


class ApiError(Exception):
    """One refusal.

    *status* is the HTTP status, *code* the ECS error code, *message* its text.
    *retry_after_ms* becomes the header ``x-acs-retry-after``, which is the only hint of
    throttling that the SDK reads (milliseconds). *denied* becomes AccessDeniedDetail.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after_ms: int | None = None,
        denied: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms
        self.denied = denied


def missing(name: str) -> ApiError:
    """A required parameter is absent: ``MissingParameter.{Name}`` (StopInvocation's page of 2018)."""
    return ApiError(400, f"MissingParameter.{name}", f'The input parameter "{name}" is not supplied.')


def invalid(name: str, why: str) -> ApiError:
    """A parameter of the wrong type or range: ``InvalidParameter.{Name}``; the suffix is a guess."""
    return ApiError(400, f"InvalidParameter.{name}", f"The specified parameter {name} is not valid: {why}")


def unknown_parameter(name: str) -> ApiError:
    """Stricter than ECS, which ignores what it does not know: a misspelt name must not pass a test."""
    return ApiError(400, "InvalidParameter.Unknown", f"The parameter {name} is not one of this action's.")


def throttled(retry_after_ms: int | None = None) -> ApiError:
    """Too many calls of this action in this minute; *retry_after_ms* only where ECS would tell."""
    return ApiError(
        400, "Throttling.User", "Request was denied due to user flow control.", retry_after_ms=retry_after_ms
    )


def instance_not_found(ids: str) -> ApiError:
    """An instance that is not this account's, or is none."""
    return ApiError(404, "InvalidInstance.NotFound", f"The specified instance does not exist: {ids}")


def instance_not_match(ids: str) -> ApiError:
    """The instance's OS does not fit the command's type, or the instance is not Running.

    The InvokeCommand page gives this code for both: "check whether the state of the instance
    meets the conditions". That page says 400; editions before 2022 said 403.
    """
    message = f"The specified instance type or state does not match the command: {ids}"
    return ApiError(400, "InvalidInstance.NotMatch", message)


def region_not_found(region_id: str) -> ApiError:
    """A region that the address does not serve."""
    message = f"The specified RegionId does not exist: {region_id}"
    return ApiError(404, "InvalidRegionId.NotFound", message)


def forbidden(action: str, account_id: str) -> ApiError:
    """The RAM user lacks a right. AccessDeniedDetail has the fields that other SDKs' models name."""
    message = f"The key may not call ecs:{action}: no policy of its RAM user allows it."
    denied = {
        "AuthAction": f"ecs:{action}",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalDisplayName": "sandbox-user",
        "AuthPrincipalOwnerId": account_id,
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    return ApiError(403, "Forbidden.RAM", message, denied=denied)
