"""Files that operating systems and office programs leave in a folder by themselves: they hold no data of a package."""

from __future__ import annotations

import re

LEFTOVERS = {
    "Windows, thumbnails and the look of a folder": (
        "thumbs.db",
        "thumbs.db:encryptable",
        "ehthumbs*.db",
        "desktop.ini",
    ),
    "macOS, the look of a folder and resource forks": (".ds_store", ".localized", "._*", "__macosx", "icon\r"),
    "macOS, at the root of a disk": (".spotlight-v100", ".trashes", ".fseventsd", ".temporaryitems"),
    "Linux desktops, the look of a folder and open files that were deleted": (".directory", ".fuse_hidden*", ".nfs*"),
    "Microsoft Office, the owner of an open file": ("~$*",),
    "LibreOffice, the lock of an open file": (".~lock.*#",),
    "Excel and others, a file while it is saved": ("*.tmp",),
}
"""The names in small letters, by what leaves them; ``*`` is any characters.

Source: the templates Windows, macOS, Linux, MicrosoftOffice and LibreOffice of github.com/github/gitignore.
"""

_PATTERN = "|".join(re.escape(name).replace(r"\*", ".*") for names in LEFTOVERS.values() for name in names)


def is_leftover(name: str) -> bool:
    """Whether a file or folder is only what a system or an office program leaves behind.

    Args:
        name: its name without the folders above it; capitals do not matter.

    Example:
        >>> is_leftover("~$projects.xlsx"), is_leftover("projects.csv")
        (True, False)
    """
    return re.fullmatch(_PATTERN, name.lower(), re.DOTALL) is not None
