"""A Slack workspace and an ECS region on loopback, speaking the real protocols."""
