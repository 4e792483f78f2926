"""Files, by the SDK's own upload in three steps."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.test_slack_webapi import refused


async def test_an_upload_arrives_in_its_thread(client: AsyncWebClient, slack: SlackServer) -> None:
    """files_upload_v2, to the byte."""
    parent = (await client.chat_postMessage(channel="C0OPS", text="parent"))["ts"]
    answer = await client.files_upload_v2(
        channel="C0OPS", thread_ts=parent, filename="out.txt", content="línea\n" * 3, initial_comment="All of it"
    )
    [shared] = slack.workspace.thread(slack.workspace.message("C0OPS", parent))
    assert shared.text == "All of it"
    file = slack.workspace.files[shared.files[0]]
    assert file.text == "línea\n" * 3
    assert answer["file"]["id"] == file.id
    assert (await client.files_info(file=file.id))["file"]["shares"]["public"]["C0OPS"][0]["ts"] == shared.ts


async def test_other_bytes_than_announced_are_refused(client: AsyncWebClient, slack: SlackServer) -> None:
    """An upload of another length leaves nothing that could be completed."""
    ticket = await client.files_getUploadURLExternal(filename="out.txt", length=3)
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    assert await refused(client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])) == "file_not_found"
    assert await refused(client.files_info(file=ticket["file_id"])) == "file_not_found"
    assert await refused(client.files_getUploadURLExternal(filename="out.txt", length=0)) == "invalid_arguments"


async def test_a_file_goes_only_where_the_bot_is(client: AsyncWebClient) -> None:
    """Sharing is posting."""
    ticket = await client.files_getUploadURLExternal(filename="out.txt", length=3)
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=b"abc") as answer:
        assert answer.status == 200
    files: list[dict[str, str | None]] = [{"id": ticket["file_id"], "title": "Output"}]
    assert await refused(client.files_completeUploadExternal(files=files, channel_id="C0QUIET")) == "not_in_channel"
    done = await client.files_completeUploadExternal(files=files, channel_id="C0OPS")
    assert done["files"][0]["title"] == "Output"
