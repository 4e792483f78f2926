"""Which names there may be: of files, targets and roles; and of parameters, which become variables."""

import re
from collections.abc import Collection
from dataclasses import dataclass

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NAME_RULE = "must be 1 to 40 of a-z, 0-9 and -, and not start with -"

_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_OPTIONS = frozenset({"reason", "help", "for", "on", "break_glass", "private"})
_BASH = """
    auto_resume histchars http_proxy https_proxy ftp_proxy all_proxy no_proxy ifs env cdpath globignore shellopts
    posixly_correct opterr optind optarg reply seconds lineno ppid uid euid groups funcname pipestatus dirstack
    ps0 ps1 ps2 ps3 ps4 mail mailpath mailcheck lang language tmout timeformat home path pwd oldpwd term tz
    hostname hosttype ostype machtype shell user logname editor pager visual tmpdir
"""
_POWERSHELL = """
    args consolefilename enabledexperimentalfeatures error event eventargs eventsubscriber executioncontext false
    foreach home host input iscoreclr islinux ismacos iswindows lastexitcode logcommandhealthevent matches
    myinvocation nestedpromptlevel null ofs outputencoding pid profile psboundparameters pscmdlet pscommandpath
    psculture psdebugcontext psdefaultparametervalues psedition psemailserver pshome psitem psmodulepath
    psnativecommandargumentpassing psscriptroot pssenderinfo psstyle psuiculture psversiontable pwd sender
    shellid sourceargs sourceeventargs stacktrace switch this true
"""
_BAT = """
    allusersprofile appdata cd cmdcmdline cmdextversion commonprogramfiles computername comspec copycmd date dircmd
    driverdata errorlevel highestnumanodenumber homedrive homepath localappdata logonserver number_of_processors os
    path pathext processor_architecture processor_identifier processor_level processor_revision programdata
    programfiles prompt public random sessionname systemdrive systemroot temp time tmp userdomain username
    userprofile windir
"""
_TAKEN = {"bash": set(_BASH.split()), "PowerShell": set(_POWERSHELL.split()), "cmd": set(_BAT.split())}
_PREFIXES = ("bash_", "ld_", "dyld_", "lc_", "cor_", "coreclr_", "complus_", "dotnet_", "python", "perl5", "git_")
_SUFFIXES = ("preference",)


@dataclass(frozen=True, slots=True)
class Known:
    """The names that policy may speak of; None where a file could not be read."""

    snippets: Collection[str] | None
    targets: Collection[str] | None
    envs: Collection[str] | None


def variable_fault(name: str) -> str:
    """Why *name* can't be a parameter's name; empty where it can.

    Small letters only: names then never differ in case alone, which PowerShell and cmd would not see.
    """
    if not _VARIABLE.fullmatch(name):
        return "a parameter's name must be 1 to 30 of a-z, 0-9 and _, and start with a letter"
    if name in _OPTIONS:
        return f"--{name} is the bot's own option: take another name"
    for shell, names in _TAKEN.items():
        if name in names:
            return f"{shell} has a variable of this name: take another, such as {name}_name"
    if name.startswith(_PREFIXES) or name.endswith(_SUFFIXES):
        return f"programs take orders from variables of such a name: take another, such as my_{name}"
    return ""
