"""The Web API at ``/api/<method>``: tokens, scopes, limits and arguments checked, then the method itself."""

from aiohttp import web

from bot.sandbox.slack import args, journal
from bot.sandbox.slack.backend import Backend, Call
from bot.sandbox.slack.line import Answer, Line
from bot.sandbox.slack.methods import all_methods
from bot.sandbox.slack.ratelimit import RateLimited
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.tokens import Token, Tokens, check_scope


class WebApi:
    """Answers calls of methods."""

    def __init__(self, backend: Backend, tokens: Tokens, line: Line) -> None:
        self._backend, self._tokens, self._line = backend, tokens, line
        self._methods = all_methods()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call. Errors are HTTP 200 with ``ok: false``, except 429."""
        name = request.match_info["method"]
        try:
            given = await args.read(request)
        except Refused as refusal:
            answer = Answer(refusal.answer(), took_effect=False)
            return await self._line.answer(name, {}, request, lambda _: answer)
        value = _token_of(request, given)
        journaled = {key: entry for key, entry in given.values.items() if key != "token"}
        return await self._line.answer(
            name, journaled, request, lambda entry: self._answered(name, value, given, entry)
        )

    def _answered(self, name: str, value: str | None, given: args.Args, entry: journal.Call) -> Answer:
        method, token, headers = self._methods.get(name), self._tokens.all.get(value or ""), {}
        if token:
            headers["x-oauth-scopes"] = ",".join(sorted(token.scopes))
        if method and method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        try:
            return Answer({"ok": True, **self._run(name, value, given, entry)}, headers=headers)
        except RateLimited as refusal:
            headers["Retry-After"] = str(refusal.retry_after)
            return Answer(refusal.answer(), 429, headers, took_effect=False)
        except Refused as refusal:
            return Answer(refusal.answer(), headers=headers, took_effect=False)

    def _run(self, name: str, value: str | None, given: args.Args, entry: journal.Call) -> dict[str, object]:
        method = self._methods.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        token = Token("", "bot")
        if method.token:
            token = self._tokens.checked(value, method.token)
            check_scope(token, method.scopes)
        self._backend.rate.call(method.name)
        if method.name != "api.test" and (unknown := sorted(set(given.values) - method.arguments)):
            # Stricter than Slack, which ignores them: here an argument that does nothing is a mistake.
            entry.unknown_args = unknown
            raise Refused("invalid_arguments", *(f"unknown argument: {argument}" for argument in unknown))
        return method.run(Call(self._backend, token, given))


def _token_of(request: web.Request, given: args.Args) -> str | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer" and value:
        return value.strip()
    return given.text("token") or None
