"""What each way in which Slack can fail means for a message: one of ChatError's five kinds.

Names from docs.slack.dev (chat.postMessage, chat.update, chat.delete, chat.postEphemeral, files.*). A name
that is not here is tried again: better late than unsaid.
"""

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.errors import ChatError, ChatMessageGone, ChatNotTaken, ChatPlaceClosed, ChatShut, ChatTryAgain

GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "cant_delete_message",
        "compliance_exports_prevent_deletion",
        "edit_window_closed",
        "is_inactive",
        "streaming_state_conflict",
        "cant_broadcast_message",
    }
)
CLOSED = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "user_not_in_channel",
        "access_denied",
        "invalid_channel",
        "channel_type_not_supported",
        "channel_is_archived",
        "method_not_supported_for_channel_type",
        "messages_tab_disabled",
        "cannot_dm_bot",
        "cant_dm_bot",
        "user_not_found",
        "user_disabled",
        "user_not_visible",
        "posting_to_general_channel_denied",
        "ekm_access_denied",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_file_upload_sharing_blocked",
        "posting_to_channel_denied",
        "team_not_found",
    }
)
NOT_TAKEN = frozenset(
    {
        "msg_too_long",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "no_text",
        "too_many_attachments",
        "too_many_contact_cards",
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "markdown_text_conflict",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
        "invalid_attachments",
        "external_channel_migrating",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_post_type",
        "missing_post_type",
        "invalid_json",
        "json_not_object",
        "as_user_not_supported",
        "cannot_reply_to_message",
        "invalid_thread_ts",
        "thread_not_found",
        "file_uploads_disabled",
        "file_upload_size_restricted",
        "storage_limit_reached",
        "file_type_not_allowed",
        "blocked_file_type",
        "malware_detected",
        "file_not_found",
        "files_not_found",
        "snippet_too_large",
        "unknown_snippet_type",
        "unknown_subtype",
        "invalid_title",
    }
)
SHUT = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "org_login_required",
        "two_factor_setup_required",
        "team_access_not_granted",
        "app_not_installed",
        "upgrade_required",
        "deprecated_endpoint",
        "method_deprecated",
        "invalid_arg_token",
        "bot_not_found",
        "unknown_method",
        "enterprise_is_restricted",
        "as_user_not_allowed",
    }
)


_KINDS: tuple[tuple[frozenset[str], type[ChatError]], ...] = (
    (GONE, ChatMessageGone),
    (CLOSED, ChatPlaceClosed),
    (NOT_TAKEN, ChatNotTaken),
    (SHUT, ChatShut),
)


def chat_error(fault: SlackApiError, *, updating: bool) -> ChatError:
    """The kind of *fault*. Its message is Slack's error name and nothing else: no token, no text."""
    status = int(getattr(fault.response, "status_code", 0) or getattr(fault.response, "status", 0) or 0)
    data: Any = getattr(fault.response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return ChatTryAgain(code="ratelimited", after=_seconds(getattr(fault.response, "headers", None) or {}))
    if status >= 500 or not code:
        return ChatTryAgain(f"HTTP {status}", code=code)
    kind = next((kind for codes, kind in _KINDS if code in codes), ChatTryAgain)
    if kind is ChatMessageGone and not updating:  # what was gone is the thread that it should stand in
        kind = ChatNotTaken
    return kind(code=code)


def _seconds(headers: Any) -> float | None:
    """Retry-After, however the header is spelt; None where it is missing or no number."""
    for name, told in dict(headers).items():
        if str(name).lower() == "retry-after":
            try:
                return float(told[0] if isinstance(told, list) else told)
            except ValueError:
                return None
    return None
