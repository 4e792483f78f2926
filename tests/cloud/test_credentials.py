"""The SDK's chain, in processes of their own: it reads the environment when it is imported."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloud.credentials import AccessKey, Credentials, Identity, masked
from bot.errors import StartError

KEY_ID, SECRET = "LTAI5tCanaryKeyId0042", "canary-secret-4711"

SCRIPT = """
import asyncio, sys
from bot.cloud.credentials import Credentials
from bot.errors import StartError
try:
    found = asyncio.run(Credentials().resolve(*sys.argv[1:]))
    print(found.provider, found.access_key)
except StartError as error:
    print(error)
"""


async def resolve(home: Path, *account: str, **env: str) -> str:
    """What a fresh process says, with *env*, a home of its own and no ECS machine round it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_CLOUD_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error::RuntimeWarning", "-c", SCRIPT, *account,
        env={**kept, "HOME": str(home), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **env},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert SECRET not in out.decode() + err.decode()
    assert err.decode() == ""
    return out.decode().strip()


async def test_the_environment_comes_first(tmp_path: Path) -> None:
    said = await resolve(tmp_path, ALIBABA_CLOUD_ACCESS_KEY_ID=KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET=SECRET)
    assert said == "default/env LTAI…0042"


async def test_nothing_is_set(tmp_path: Path) -> None:
    said = await resolve(tmp_path)
    assert said.startswith("no Alibaba Cloud credentials were found")
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET" in said


async def test_half_a_key_is_said_to_be_half(tmp_path: Path) -> None:
    said = await resolve(tmp_path, ALIBABA_CLOUD_ACCESS_KEY_ID=KEY_ID)
    assert said.startswith("ALIBABA_CLOUD_ACCESS_KEY_ID is set, ALIBABA_CLOUD_ACCESS_KEY_SECRET is not")


async def test_another_account_is_a_profile(tmp_path: Path) -> None:
    (tmp_path / ".aliyun").mkdir()
    profile = {"name": "other", "mode": "AK", "access_key_id": KEY_ID, "access_key_secret": SECRET}
    config = tmp_path / ".aliyun" / "config.json"
    config.write_text(json.dumps({"current": "other", "profiles": [profile]}))
    there, absent = await asyncio.gather(resolve(tmp_path, "other"), resolve(tmp_path, "third"))
    assert there.endswith("LTAI…0042")
    assert absent == "the account 'third' needs a profile of that name in ~/.aliyun/config.json"


async def test_keys_given_outright() -> None:
    credentials = Credentials({"default": AccessKey(KEY_ID, SECRET, "token")})
    assert (await credentials.resolve()).access_key == "LTAI…0042"
    assert credentials.client("default") is credentials.client("default")
    with pytest.raises(StartError, match="'other'"):
        await credentials.resolve("other")


def test_no_repr_shows_a_secret() -> None:
    key = AccessKey(KEY_ID, SECRET, "canary-token")
    assert "canary" not in repr(key) + repr(Credentials({"default": key})) + repr(Identity("env", masked(KEY_ID)))


@given(st.text(min_size=1, max_size=40))
def test_a_masked_id_hides_eight_characters_or_all(key_id: str) -> None:
    shown = masked(key_id).replace("…", "", 1)
    assert shown in ("", key_id[:4] + key_id[-4:])
    assert not shown or len(key_id) - len(shown) >= 8
