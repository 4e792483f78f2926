"""The people of the sandbox's workspace, by name."""

from bot.sandbox.slack import Person, SlackServer


class Cast:
    """Whoever has a Slack has these people."""

    slack: SlackServer

    @property
    def olga(self) -> Person:
        """On call."""
        return self.slack.person("U0ONCALL")

    @property
    def ben(self) -> Person:
        """An approver."""
        return self.slack.person("U0APPROVE")

    @property
    def carla(self) -> Person:
        """Another approver."""
        return self.slack.person("U0SECOND")

    @property
    def ada(self) -> Person:
        """The admin, by BOT_ADMINS."""
        return self.slack.person("U0ADMIN")

    @property
    def sam(self) -> Person:
        """A stranger."""
        return self.slack.person("U0STRANGER")

    async def asks(self, person: Person, line: str, channel: str = "C0OPS") -> str:
        """What *person* reads at once in answer to *line*: nobody else sees it."""
        seen = await person.types(line, channel=channel)
        assert seen.message is not None, f"no answer to {line!r}: {seen.text}"
        assert seen.message.ephemeral_to == person.id
        return seen.message.words
