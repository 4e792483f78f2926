"""Every word the bot says: pure Block Kit builders."""
