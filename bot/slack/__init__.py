"""Slack in (listeners) and out (messages, chat)."""
