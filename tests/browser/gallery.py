"""One message with every block, and one that would do harm if any of it were taken as markup."""

from typing import Any

EVIL = "</pre><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"

_OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("nginx", "app")]


def _text(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": text}


def everything(stamp: int) -> list[dict[str, Any]]:
    """Each block and element that this page draws."""
    return [
        {"type": "header", "text": _text("Deploy :rocket:", "plain_text")},
        {
            "type": "section",
            "text": _text(
                "*bold* _slanted_ ~gone~ `code` <@U0APPROVE> <#C0OPS> <!here> <https://example.com|a link>\n"
                f"> quoted :fire:\n<!date^{stamp}^at {{time_secs}}|then> &lt;b&gt;\n```a\n  b```"
            ),
            "accessory": {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": _text("Pick one", "plain_text"),
                "options": _OPTIONS,
            },
        },
        {"type": "section", "fields": [_text("*State*\nwell"), _text("*Where*\nprod")]},
        {"type": "divider"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "bold code", "style": {"bold": True, "code": True}},
                        {"type": "user", "user_id": "U0ONCALL"},
                        {"type": "emoji", "name": "eyes"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "Mem:  1\nSwap: 0"}]},
            ],
        },
        {"type": "markdown", "text": "## Title\n- **strong** item\n\n[docs](https://example.com) and `x`"},
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": "name"}], [{"type": "raw_text", "text": "web-prod-1"}]],
        },
        {"type": "context", "elements": [_text("small *print*")]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "go", "style": "primary", "text": _text("Go", "plain_text")},
                {"type": "button", "action_id": "halt", "style": "danger", "text": _text("Halt", "plain_text")},
                {"type": "users_select", "action_id": "who", "placeholder": _text("Who", "plain_text")},
                {"type": "datepicker", "action_id": "day"},
                {"type": "overflow", "action_id": "more", "options": _OPTIONS},
                {"type": "checkboxes", "action_id": "ticks", "options": _OPTIONS},
            ],
        },
        {"type": "carousel", "elements": []},
    ]


def evil() -> list[dict[str, Any]]:
    """Markup wherever words can be."""
    leaf = {"type": "text", "text": EVIL}
    return [
        {"type": "header", "text": _text(EVIL, "plain_text")},
        {"type": "section", "text": _text(EVIL), "fields": [_text(EVIL)]},
        {"type": "section", "text": _text(f"<javascript:alert(1)|{EVIL}> <@{EVIL}> ```{EVIL}```")},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_preformatted", "elements": [leaf]},
                {
                    "type": "rich_text_section",
                    "elements": [leaf, {"type": "link", "url": "javascript:alert(1)", "text": EVIL}],
                },
            ],
        },
        {"type": "markdown", "text": f"{EVIL} [x](javascript:alert(1))"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": EVIL}]]},
        {"type": "context", "elements": [_text(EVIL)]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "x", "text": _text(EVIL, "plain_text"), "accessibility_label": EVIL}
            ],
        },
        {"type": EVIL},
    ]
