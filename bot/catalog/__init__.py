"""`commands/` → Catalog: TOML files, checked in full, every fault at once."""

from bot.catalog.read import read_catalog

__all__ = ["read_catalog"]
