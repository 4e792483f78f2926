"""The sandbox in a browser: a chat workspace, and beside it the machines, the calls, and what can be broken.

    async with Session() as session, Page(session) as page:
        print(page.address)

It shows the same workspace and region that the tests look at, and does what `Person` can do. The bot
knows nothing of it: to the bot there is Slack, and there is ECS.
"""

from bot.sandbox.page.server import Page

__all__ = ["Page"]
