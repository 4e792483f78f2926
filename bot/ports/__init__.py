"""What the use cases and workers need of the outside: Protocols, and what these give and take."""

from bot.ports.chat import Chat, Groups
from bot.ports.clock import Clock
from bot.ports.cloud import Cloud, Order, Report, Running, Tag
from bot.ports.store import BatchKey, Forgotten, Renewed, Store, StoredEvent

__all__ = [
    "BatchKey",
    "Chat",
    "Clock",
    "Cloud",
    "Forgotten",
    "Groups",
    "Order",
    "Renewed",
    "Report",
    "Running",
    "Store",
    "StoredEvent",
    "Tag",
]
