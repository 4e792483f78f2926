"""Modals and Home tabs: what each person has open."""

import secrets
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.records import Json, View
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.workspace import Workspace


class Modals:
    """Per person a stack of at most three modals, and one Home tab.

    The errors' names are those on the pages of views.open, views.push, views.update and views.publish.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """The modal that this person looks at."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, body: Json) -> View:
        """A new root; what was open is gone (*guess*: Slack's page does not say)."""
        self._unique(body)
        view = self._made(user, body)
        self.stacks[user] = [view]
        return self._told(view)

    def push(self, user: str, body: Json) -> View:
        """A view on top of what is open; raises ``push_limit_reached`` past three, ``not_found`` without one."""
        stack = self.stacks.get(user)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= limits.VIEW_STACK:
            raise Refused("push_limit_reached")
        self._unique(body)
        view = self._made(user, body)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return self._told(view)

    def update(self, view: View, body: Json, expected_hash: str = "") -> View:
        """Another content for a view; raises ``hash_conflict`` when it is not the version that was meant."""
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        if body.get("type") != view.type:
            raise Refused("invalid_arguments", "view type cannot be changed [json-pointer:/view/type]")
        kept = {block["block_id"] for block in body["blocks"] if "block_id" in block}
        view.passed, view.body = view.elements, self._with_ids(body)
        view.hash = self._new_hash()
        view.state = {block: values for block, values in view.state.items() if block in kept}
        view.errors = {}
        return self._told(view)

    def publish(self, user: str, body: Json, expected_hash: str = "") -> View:
        """The Home tab of one person; raises ``hash_conflict`` and ``user_not_found``."""
        self._workspace.user(user)
        if home := self.homes.get(user):
            return self.update(home, body, expected_hash)
        self.homes[user] = self._made(user, body)
        return self._told(self.homes[user])

    def find(self, view_id: str, external_id: str = "") -> View:
        """An open view or a Home tab by either id; raises ``not_found``."""
        for view in self._all():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def close(self, user: str, *, everything: bool = False) -> None:
        """Take away the top view, or the whole stack."""
        stack = self.stacks.get(user, [])
        gone = stack[:] if everything else stack[-1:]
        del stack[len(stack) - len(gone) :]
        for view in gone:
            self._told(view)

    def _all(self) -> list[View]:
        return [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]

    def _unique(self, body: Json) -> None:
        external_id = body.get("external_id")
        if external_id and any(view.body.get("external_id") == external_id for view in self._all()):
            raise Refused("duplicate_external_id")

    def _made(self, user: str, body: Json) -> View:
        view_id = self._workspace.new_id("V")
        return View(view_id, user, body["type"], self._with_ids(body), self._new_hash(), view_id)

    def _with_ids(self, body: Json) -> dict[str, Any]:
        return {**body, "blocks": self._workspace.identified(body["blocks"])}

    def _new_hash(self) -> str:
        return f"{int(self._workspace.clock.now())}.{secrets.token_hex(4)}"

    def _told(self, view: View) -> View:
        self._workspace.feed.publish(Change("home" if view.type == "home" else "view", view=view, user=view.user))
        return view
