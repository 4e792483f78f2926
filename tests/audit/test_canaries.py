"""What must never be in the trail, planted in a whole scenario and looked for."""

import io
from pathlib import Path

from bot.audit import exported, verified, write_jsonl
from bot.sandbox.ecs import SANDBOX_KEY
from tests.scenarios.world import World, catalogue

LEAK = """
summary = "Prints a password"
risk = "high"
timeout = "20s"
targets = ["*"]
redact = ['password=\\S+']
[linux]
script = '''
printf 'password=canary-%s\\n' output
printf 'password=canary-%s\\n' error >&2
exit 3
'''
"""


async def test_nothing_secret_is_in_the_trail(tmp_path: Path) -> None:
    """Not a token, not a key, not a response_url, not what a machine printed; what people gave is, as they gave it."""
    async with World(tmp_path, commands=catalogue(tmp_path, leak=LEAK)) as world:
        await world.olga.types("/ecs run leak web-prod --reason canary-reason", channel="C0OPS")
        card = await world.card("leak", state="awaiting_approval")
        await world.sam.presses(card, "Approve")
        await world.ben.presses(card, "Approve")
        await world.thread("redacted", state="failed")
        await world.asks(world.olga, "/ecs run restart web-prod --service nginx --reason another")
        await world.olga.presses(await world.card("restart", state="awaiting_approval"), "Stop")
        await world.card("restart", state="cancelled")
        await world.asks(world.ada, "/ecs role grant <@U0STRANGER> oncall --for 1h --reason canary-grant")
        url = f"{world.slack.base_url.split('/api')[0]}"
        secrets = [
            world.slack.bot_token,
            world.slack.app_token,
            world.slack.signing_secret,
            SANDBOX_KEY.id,
            SANDBOX_KEY.secret,
            "canary-output",
            "canary-error",
            "response_url",
            url,
        ]
        raw = (tmp_path / "bot.db-wal").read_bytes() + (tmp_path / "bot.db").read_bytes()
        assert b"canary-output" not in raw  # nor anywhere else in the database
        env = {"DATABASE_URL": world.settings.database_url.get_secret_value()}
        out = io.StringIO()
        assert await exported(env, lambda rows: write_jsonl(rows, out), None, None) > 10
        trail = out.getvalue()
        assert [secret for secret in secrets if secret in trail] == []
        assert "canary-reason" in trail
        assert "canary-grant" in trail
        assert (await verified(env, ())).faults == ()
