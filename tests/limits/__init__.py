"""Everything that the bot can send to Slack, at the largest sizes there are, held against Slack's limits."""
