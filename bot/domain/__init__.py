"""What the bot knows and decides: pure, standard library only."""
