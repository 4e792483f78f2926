"""`python -m bot drill`: the whole path, walked like anybody's run and watched step by step."""
