"""For all tests: the cloud key of the sandbox, which the SDK's credential chain reads from the environment; and how
hypothesis looks for examples.

The same ones each time: whether a change may land is not a matter of luck. `--hypothesis-profile=search` looks for
new ones, and so does `python -m tests.fuzz`.
"""

import os

from hypothesis import settings

from bot.sandbox.ecs import SANDBOX_KEY

os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = SANDBOX_KEY.id
os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = SANDBOX_KEY.secret
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"  # no thread that asks 100.100.100.200 once a minute

settings.register_profile("search", derandomize=False)
settings.register_profile("same", derandomize=True)
settings.load_profile("same")
