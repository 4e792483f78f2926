"""What a test has broken, put right for the next one."""

from bot.sandbox.session import Session


class Pristine:
    """A sandbox as it stands now; `restore` brings it back to that, but for what was said and what ran."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._machines = [
            (one, one.status, one.agent_online, one.start_delay, one.runner) for one in session.region.machines.values()
        ]

    async def restore(self) -> None:
        """Lines, machines, modals; the bot serves, and its clock is right."""
        session = self._session
        session.ecs.faults.clear()
        session.slack.faults.clear()
        session.slack.lose_acks(0)
        session.slack.let_through()
        for machine, status, agent_online, start_delay, runner in self._machines:
            machine.start_delay, machine.runner = start_delay, runner
            machine.set(status=status, agent_online=agent_online)
        for user in list(session.slack.modals.stacks):
            session.slack.modals.close(user, everything=True)
        bot = session.bot_json()
        if bot["ahead"] or bot["state"] != "serving" or not session.slack.sockets.open:
            await session.restart_right()
            await session.slack.sockets.connected()
