"""A Slack bot that runs allowlisted commands on Alibaba Cloud ECS and follows them to the end."""
