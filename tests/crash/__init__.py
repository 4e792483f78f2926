"""Where the bot may die, and what must hold when it has."""
