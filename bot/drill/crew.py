"""Who walks the drill and where: from the settings, each with its fault."""

from dataclasses import dataclass

from bot.domain.refusal import Refusal
from bot.domain.verb import Run
from bot.domain.verbs import parse
from bot.errors import SettingsError
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Crew:
    """*user* asks in *channel*, *approver* approves; *secret* signs for both, *line* is what is asked for."""

    user: str
    approver: str | None
    channel: str
    secret: str
    line: str


def crew(settings: Settings, line: str) -> Crew:
    """The drill's people; *line* is what follows `/ecs run`. Raises SettingsError with every fault."""
    faults: list[str] = []
    user, channel, secret = settings.drill_user, settings.drill_channel, settings.slack_signing_secret
    if not user:
        faults.append(
            "DRILL_USER: is missing: the Slack user id in whose name a drill asks, with a role like anybody's"
        )
    if not channel:
        faults.append("DRILL_CHANNEL: is missing: the id of a channel that the bot is in")
    if secret is None:
        faults.append("SLACK_SIGNING_SECRET: is missing: a drill's requests are signed with it, in Socket Mode as well")
    if user and user == settings.drill_approver:
        faults.append("DRILL_APPROVER: must be another person than DRILL_USER: nobody approves what they asked for")
    verb = parse(f"run {line}")
    if isinstance(verb, Refusal) or not isinstance(verb, Run):
        faults.append(f"--run: {line!r} is not what can follow `/ecs run`, such as 'drill web-prod'")
    elif verb.reason or verb.break_glass:
        faults.append("--run: a drill gives its own reason, and breaks no glass")
    if faults or not user or not channel or secret is None:
        raise SettingsError(faults)
    return Crew(user, settings.drill_approver, channel, secret.get_secret_value(), line)
