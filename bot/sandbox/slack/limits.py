"""Slack's limits and this emulator's guesses, each with its source.

"DOC" is docs.slack.dev, "SDK" the models of slack_sdk 3.47, "JAVA" java-slack-sdk's metadata. "From memory" was
not looked up. A *guess* is not published anywhere: it is chosen so that a bot which relies on more fails a test.
"""

from typing import Final

ACK_SECONDS: Final = 3.0  # DOC interactivity/handling-user-interaction
TRIGGER_SECONDS: Final = 3.0  # DOC the same page
RESPONSE_URL_USES: Final = 5  # DOC the same page
RESPONSE_URL_SECONDS: Final = 30 * 60.0  # DOC the same page
SOCKETS: Final = 10  # DOC apis/events-api/using-socket-mode
SIGNATURE_SECONDS: Final = 5 * 60.0  # DOC authentication/verifying-requests-from-slack

POST_TEXT: Final = 40_000  # DOC chat.postMessage: cut off past it
UPDATE_TEXT: Final = 4_000  # DOC chat.update: msg_too_long past it
MARKDOWN_TEXT: Final = 12_000  # DOC markdown block: all of a message's markdown together
METADATA_BYTES: Final = 50_000  # guess: DOC names metadata_too_large without a number
FILE_BYTES: Final = 1 << 30  # from memory: 1 GB
CLAIM_BYTES: Final = 64 * 1024 * 1024  # guess: what this server is willing to read in one request

MESSAGE_BLOCKS: Final = 50  # slack-skills-plugin, block-kit
BLOCKS_BYTES: Final = 13_200  # bolt-js issues 2509, 2867: msg_blocks_too_long; counting it as JSON is a guess
VIEW_BLOCKS: Final = 100  # the same
ID: Final = 255  # SDK: action_id, block_id, callback_id
SECTION_TEXT: Final = 3_000  # SDK SectionBlock
FIELDS: Final = 10  # SDK SectionBlock
FIELD_TEXT: Final = 2_000  # @slack/types 3.2.0
HEADER_TEXT: Final = 150  # SDK HeaderBlock
CONTEXT_ELEMENTS: Final = 10  # SDK ContextBlock
CONTEXT_TEXT: Final = 3_000  # guess: a text object's own limit (DOC composition objects)
ACTIONS_ELEMENTS: Final = 25  # SDK ActionsBlock
BUTTON_TEXT: Final = 75  # SDK ButtonElement
BUTTON_VALUE: Final = 2_000  # SDK ButtonElement
URL: Final = 3_000  # SDK ButtonElement
OPTIONS: Final = 100  # SDK StaticSelectElement
OVERFLOW_OPTIONS: Final = 5  # SDK OverflowMenuElement
CHECKBOX_OPTIONS: Final = 10  # SDK CheckboxesElement, its docstring
OPTION_TEXT: Final = 75  # SDK Option
OPTION_VALUE: Final = 150  # SDK Option
PLACEHOLDER: Final = 150  # SDK
CONFIRM_TITLE: Final = 100  # SDK ConfirmObject
CONFIRM_TEXT: Final = 300  # SDK ConfirmObject
CONFIRM_BUTTON: Final = 30  # SDK ConfirmObject
INPUT_LABEL: Final = 2_000  # SDK InputBlock
INPUT_LENGTH: Final = 3_000  # from memory: plain_text_input max_length
TABLE_ROWS: Final = 100  # SDK TableBlock
TABLE_COLUMNS: Final = 20  # SDK TableBlock
IMAGE_ALT: Final = 2_000  # SDK ImageBlock

VIEW_TITLE: Final = 24  # SDK View: title, submit and close
PRIVATE_METADATA: Final = 3_000  # SDK View
VIEW_STACK: Final = 3  # DOC views.push: push_limit_reached
VIEW_BYTES: Final = 250_000  # DOC views.open: view_too_large

TIERS: Final = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute; DOC apis/web-api/rate-limits
TIER_ONE_BURST: Final = 5  # guess: DOC tolerates "a small amount of burst" above one a minute
SPECIAL_TIER: Final = 600  # guess: "hundreds" a minute for auth.test, chat.getPermalink
POSTS_PER_MINUTE: Final = 300  # guess: DOC chat.postMessage says "several hundred" for a workspace, whatever the method
CHANNEL_POSTS_PER_SECOND: Final = 1.0  # DOC chat.postMessage
CHANNEL_BURST: Final = 5  # guess: DOC allows "short bursts" without a number

TIER_OF: Final = {  # JAVA metadata/web-api/rate_limit_tiers.json; 0 is a special tier
    "api.test": 4,
    "apps.connections.open": 1,
    "auth.test": 0,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.getPermalink": 0,
    "chat.postEphemeral": 4,
    "chat.postMessage": 0,
    "chat.update": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
