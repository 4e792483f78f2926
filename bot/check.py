"""`python -m bot check`: all that the bot needs is tried before anybody needs it. Nothing is changed, nothing run."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.catalog import read_catalog
from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import Credentials
from bot.domain.catalog import Catalog
from bot.errors import CatalogError, SettingsError, StartError
from bot.settings import Settings
from bot.slack import manifest
from bot.store.look import look

_STAND_INS = {"SLACK_BOT_TOKEN": "xoxb-none", "SLACK_SIGNING_SECRET": "none", "COMMANDS_DIR": "."}
"""What stands for a variable with a fault, so that the others can be read; what needs it is not tried."""

_KEY = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried. *todo*: what to do where it is not *ok*."""

    ok: bool
    what: str
    todo: tuple[str, ...] = ()


Findings = list[Finding]


async def check(env: Mapping[str, str]) -> Findings:
    """Try all that *env* says; the findings in the order in which to mend them. Raises nothing of its own."""
    settings, findings, faulty = _settings(env)
    catalog, of_catalog = _catalog(settings, faulty)
    findings += of_catalog
    findings += await _unless(faulty, {"DATABASE_URL"}, "database", lambda: _database(settings))
    findings += await _unless(faulty, {"SLACK_BOT_TOKEN", "SLACK_API_URL"}, "bot token", lambda: _bot_token(settings))
    slack = {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"}
    findings += await _unless(faulty, slack, "Slack's way in", lambda: _way_in(settings))
    cloud = {*_KEY, "ALIBABA_CLOUD_ECS_ENDPOINT"}
    findings += await _unless(faulty, cloud, "Alibaba Cloud", lambda: _cloud(settings, catalog))
    return findings


def lines(findings: Findings) -> list[str]:
    """*findings* as people read them."""
    told: list[str] = []
    for finding in findings:
        told.append(f"{'✓' if finding.ok else '✗'} {finding.what}")
        told += [f"    {line}" for line in finding.todo]
    bad = sum(not finding.ok for finding in findings)
    return [*told, "", f"{bad} of {len(findings)} to mend." if bad else "All is well: start it with `python -m bot`."]


async def _unless(
    faulty: set[str], needed: set[str], what: str, attempt: Callable[[], Coroutine[Any, Any, Findings]]
) -> Findings:
    """What *attempt* finds; where a variable that it needs has a fault, that it was not tried."""
    if wrong := sorted(faulty & needed):
        return [Finding(False, f"{what}: not tried", (f"mend {' and '.join(wrong)} first",))]
    return await attempt()


# ── settings and catalogue ─────────────────────────────────────────────────────


def _settings(env: Mapping[str, str]) -> tuple[Settings, Findings, set[str]]:
    """The settings, as far as they can be read, and the variables that have a fault."""
    try:
        settings = Settings.from_env(env)
    except SettingsError as error:
        split = [fault.partition(": ") for fault in error.faults]
        faulty = {name for name, _, _ in split}
        faulty |= set(_KEY) if faulty & set(_KEY) else set()
        rest = {name: value for name, value in env.items() if name not in faulty}
        if "SLACK_APP_TOKEN" in faulty:  # without it the signing secret is asked for
            rest = {"SLACK_SIGNING_SECRET": _STAND_INS["SLACK_SIGNING_SECRET"]} | rest
        rest |= {name: value for name, value in _STAND_INS.items() if name in faulty}
        return Settings.from_env(rest), [Finding(False, name, (text,)) for name, _, text in split], faulty
    admins = ", ".join(settings.admins) or "nobody: roles are given by the admins of the role table"
    return settings, [Finding(True, f"settings; admins from the start: {admins}")], set()


def _catalog(settings: Settings, faulty: set[str]) -> tuple[Catalog | None, Findings]:
    if "COMMANDS_DIR" in faulty:
        return None, []
    folder = settings.commands_dir
    try:
        catalog = read_catalog(folder)
    except CatalogError as error:
        return None, [Finding(False, f"catalogue: {folder}", error.faults)]
    sizes = f"{len(catalog.snippets)} snippets, {len(catalog.targets)} targets, {len(catalog.policy.roles)} roles"
    return catalog, [Finding(True, f"catalogue: {folder}, {sizes}")]


async def _database(settings: Settings) -> Findings:
    try:
        found = await look(settings.database_url.get_secret_value())
    except StartError as error:
        return [Finding(False, "database", error.faults)]
    return [Finding(True, f"database: {found}")]


# ── Slack ──────────────────────────────────────────────────────────────────────


async def _bot_token(settings: Settings) -> Findings:
    """Whose token it is, and its scopes, which Slack names in a header of every answer."""
    mend = "SLACK_BOT_TOKEN: install the app, and copy the Bot User OAuth Token from OAuth & Permissions"
    async with _session() as session:
        client = AsyncWebClient(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session=session)
        answer = await _asked(client.auth_test())
    if isinstance(answer, str):
        todo = mend if answer.isidentifier() else "let the bot reach Slack: network, proxy, SLACK_API_URL"
        return [Finding(False, f"bot token: {answer}", (todo,))]
    who = f"@{answer['user']} in {answer['team']} ({answer['team_id']})"
    return [Finding(True, f"bot token: {who}"), _scopes(answer.headers)]


def _scopes(headers: Mapping[str, str]) -> Finding:
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    has = {scope.strip() for scope in told.split(",") if scope.strip()}
    needed = set(manifest.scopes())
    if missing := sorted(needed - has):
        what = f"scopes: {', '.join(missing)} not granted"
        todo = "apply the manifest (`python -m bot manifest`) to the app, and install it again"
        return Finding(False, what, (todo,))
    more = f"; not needed: {', '.join(sorted(has - needed))}" if has - needed else ""
    return Finding(True, f"scopes: {', '.join(sorted(needed))}{more}")


async def _way_in(settings: Settings) -> Findings:
    """Socket Mode: may a socket be opened? None is. HTTP: only a request of Slack's could tell."""
    if settings.slack_app_token is None:
        return [Finding(True, f"HTTP: requests are taken on port {settings.port}, at {manifest.PATH}")]
    async with _session() as session:
        client = AsyncWebClient(base_url=settings.slack_api_url, session=session)
        token = settings.slack_app_token.get_secret_value()
        answer = await _asked(client.apps_connections_open(app_token=token))
    if not isinstance(answer, str):
        return [Finding(True, "Socket Mode: a socket may be opened")]
    todo = "SLACK_APP_TOKEN: make an app-level token with the scope connections:write, and enable Socket Mode"
    if not answer.isidentifier():
        todo = "let the bot reach Slack: network, proxy, SLACK_API_URL"
    return [Finding(False, f"Socket Mode: {answer}", (todo,))]


async def _asked(call: Coroutine[Any, Any, Any]) -> Any:
    """Slack's answer, or why there is none: its own name for it, or words."""
    try:
        return await call
    except SlackApiError as error:
        data = getattr(error.response, "data", None)  # over an answer that is no JSON, the response is aiohttp's
        return str((data.get("error") if isinstance(data, dict) else "") or "no usable answer")
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
        return f"no answer ({type(error).__name__})"


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10, connect=5))


# ── Alibaba Cloud ──────────────────────────────────────────────────────────────


async def _cloud(settings: Settings, catalog: Catalog | None) -> Findings:
    """The credentials of every account, and in every region in use each permission that the bot needs."""
    targets = list(catalog.targets.values()) if catalog else []
    credentials = Credentials()
    findings: Findings = []
    usable = set()
    for account in sorted({target.account for target in targets} or {"default"}):
        try:
            who = await credentials.resolve(account)
        except StartError as error:
            findings.append(Finding(False, f"credentials of the account {account}", error.faults))
        else:
            usable.add(account)
            findings.append(Finding(True, f"credentials of the account {account}: {who.access_key} ({who.provider})"))
    if catalog is None:
        return [*findings, Finding(False, "ECS: not tried", ("mend the catalogue first: it names the regions",))]
    if not usable:
        return [*findings, Finding(False, "ECS: not tried", ("mend the credentials first",))]
    cloud = AliyunCloud(credentials, settings.ecs_endpoint)
    try:
        tried = await cloud.checks([target for target in targets if target.account in usable])
    finally:
        await cloud.close()
    for one in tried:
        name = one.name if one.ok is not None else f"{one.name}: could not be tried"
        findings.append(Finding(one.ok is True, name, () if one.ok else (one.todo,)))
    return findings
