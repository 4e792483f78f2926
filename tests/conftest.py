"""For all tests: the cloud key of the sandbox, which the SDK's credential chain reads from the environment."""

import os

from bot.sandbox.ecs import SANDBOX_KEY

os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = SANDBOX_KEY.id
os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = SANDBOX_KEY.secret
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"  # no thread that asks 100.100.100.200 once a minute
