"""`python -m bot`: serves; with a word behind it, one of the commands of `bot.cli`.

`.env` is read before anything else is imported: the SDK looks at its variables when it is imported.
"""

import sys

from dotenv import load_dotenv


def main() -> None:
    """Serve, or hand over to the command line."""
    load_dotenv(".env")
    if sys.argv[1:] in ([], ["serve"]):
        from bot.serve import serve

        sys.exit(serve())
    from bot.cli import cli

    cli(prog_name="python -m bot")


if __name__ == "__main__":
    main()
