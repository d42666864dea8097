"""The README's two commands: set the project up, then open the demo or run the tests.

    python3 -m desktop_app.bootstrap demo
    python3 -m desktop_app.bootstrap test

Only the standard library is imported here, since nothing else stands yet. The environment
is made in ``.venv`` beside ``pyproject.toml`` and made again only when what the project
declares has changed, so that a second run starts at once.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv"
STAMP = ENVIRONMENT / "twinshelf-setup.json"
OLDEST_PYTHON = (3, 11)

USAGE = """usage: python3 -m desktop_app.bootstrap {demo,test,setup} [arguments]

  demo    set up, then open the window on the demo catalogue with a search shown
          (without a display: the same, printed, with a screenshot)
  test    set up, then run every test; further arguments go to pytest
  setup   set up only; afterwards .venv/bin/twinshelf opens the window
"""


@dataclass(frozen=True)
class SystemLibrary:
    """A shared library Qt loads on Linux, and the packages that bring it.

    ``offscreen`` is true where Qt cannot even start without a display lacking it.
    """

    soname: str
    apt: str
    dnf: str
    offscreen: bool = False


QT_LIBRARIES: tuple[SystemLibrary, ...] = (
    SystemLibrary("libEGL.so.1", "libegl1", "mesa-libEGL", offscreen=True),
    SystemLibrary("libGL.so.1", "libgl1", "mesa-libGL", offscreen=True),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", offscreen=True),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", offscreen=True),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1", "fontconfig", offscreen=True),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0", "glib2", offscreen=True),
    SystemLibrary("libpulse.so.0", "libpulse0", "pulseaudio-libs", offscreen=True),
    SystemLibrary("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    SystemLibrary("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
)
APT_FONTS = "fonts-dejavu-core"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
APT_FOR_TESTS = {"binutils": "objdump"}
"""Packages the packaged build needs, by the command they bring."""


class SetupFailed(Exception):
    """Set-up cannot go on; the message says what to do."""


def on_linux() -> bool:
    """Whether this is a Linux, where Qt's libraries come from the system."""
    return platform.system() == "Linux"


def say(text: str) -> None:
    print(text, flush=True)


def environment_python() -> Path:
    """The interpreter of the project's environment, whether or not it exists yet."""
    if os.name == "nt":
        return ENVIRONMENT / "Scripts" / "python.exe"
    return ENVIRONMENT / "bin" / "python"


def loadable(soname: str) -> bool:
    """Whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(is_loadable: Callable[[str], bool] = loadable) -> list[SystemLibrary]:
    """Qt's system libraries this Linux lacks; always empty elsewhere."""
    if not on_linux():
        return []
    return [library for library in QT_LIBRARIES if not is_loadable(library.soname)]


def missing_python_library(is_loadable: Callable[[str], bool] = loadable) -> list[str]:
    """The package of Python's own shared library where this Python was built for one and the
    system has split it off, as Debian does; a packaged build takes it along."""
    soname = sysconfig.get_config_var("INSTSONAME")
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") or not soname or is_loadable(str(soname)):
        return []
    return [f"libpython{sys.version_info.major}.{sys.version_info.minor}"]


def has_font() -> bool:
    """Whether text can be drawn at all (a bare server has no font)."""
    if not on_linux():
        return True
    return any(
        next(folder.rglob(pattern), None) is not None
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for pattern in ("*.ttf", "*.otf")
    )


def has_display() -> bool:
    """Whether a window could be shown."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    if on_linux():
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def run(command: Sequence[str | Path], *, quiet: bool = False) -> None:
    """Run a command to its end; raises SetupFailed with its output where it fails."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT,
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    if result.returncode:
        shown = " ".join(str(part) for part in command)
        raise SetupFailed(f"{shown}\nended with {result.returncode}.\n{result.stdout or ''}")


def install_system_packages(packages: Sequence[str], *, needed: bool) -> None:
    """Install with apt as root, or name the command to type.

    Raises SetupFailed where they are ``needed`` and cannot be installed from here.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if shutil.which("apt-get") and is_root:
        say(f"Installing system packages: {' '.join(packages)}")
        run(["apt-get", "update", "-qq"], quiet=True)
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], quiet=True)
        return
    command = f"sudo apt-get install {' '.join(packages)}"
    message = f"System packages are missing. Type this, then start again:\n  {command}"
    if needed:
        raise SetupFailed(message)
    say(message)


def ensure_system_libraries(*, for_tests: bool) -> None:
    """Bring or name what Qt needs from the system."""
    if not on_linux():
        return
    missing = missing_libraries()
    needed = any(library.offscreen for library in missing) or (bool(missing) and has_display())
    if missing and not shutil.which("apt-get"):
        names = " ".join(sorted({library.dnf for library in missing}))
        sonames = ", ".join(library.soname for library in missing)
        message = (
            f"Qt needs these system libraries: {sonames}.\n"
            f"On Fedora and its relatives type: sudo dnf install {names}"
        )
        if needed:
            raise SetupFailed(message)
        say(message)
        return
    packages = [library.apt for library in missing]
    if not has_font():
        packages.append(APT_FONTS)
    if for_tests:
        packages += [name for name, command in APT_FOR_TESTS.items() if not shutil.which(command)]
        packages += missing_python_library()
    if packages and shutil.which("apt-get"):
        install_system_packages(packages, needed=needed)


def declared_setup(*, for_tests: bool) -> dict[str, object]:
    """What the environment is built from; a change of it means building again."""
    pyproject = (PROJECT / "pyproject.toml").read_bytes()
    return {
        "python": list(sys.version_info[:3]),
        "pyproject": hashlib.sha256(pyproject).hexdigest(),
        "tests": for_tests,
        "place": str(PROJECT),
    }


def is_set_up(*, for_tests: bool) -> bool:
    """Whether the environment stands as declared (one made for tests serves both commands)."""
    if not environment_python().exists():
        return False
    try:
        found = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    wanted = [declared_setup(for_tests=True)]
    if not for_tests:
        wanted.append(declared_setup(for_tests=False))
    return found in wanted


def create_environment() -> None:
    """Make ``.venv``; on Debian the module for it is a package of its own."""
    say(f"Creating {ENVIRONMENT.name}")
    try:
        run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], quiet=True)
    except SetupFailed as error:
        if not (on_linux() and shutil.which("apt-get")):
            raise
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        say(f"This Python cannot make environments yet ({str(error).strip().splitlines()[-1]})")
        install_system_packages([f"python{version}-venv"], needed=True)
        run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], quiet=True)


def ensure_environment(*, for_tests: bool) -> None:
    """Create the environment and install what the project declares, once."""
    if is_set_up(for_tests=for_tests):
        return
    if not environment_python().exists():
        create_environment()
    # An interrupted installation must not pass for a finished one.
    STAMP.unlink(missing_ok=True)
    say("Installing the project's packages (about 1 GB, several minutes the first time)")
    target = ".[test]" if for_tests else "."
    quiet = [] if sys.stdout.isatty() else ["--quiet", "--progress-bar", "off"]
    pip: list[str | Path] = [
        environment_python(),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        *quiet,
    ]
    run([*pip, "--editable", target], quiet=not sys.stdout.isatty())
    STAMP.write_text(json.dumps(declared_setup(for_tests=for_tests)), "utf-8")


def check_python() -> None:
    """Raises SetupFailed on a Python too old, naming a newer one where there is one."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    wanted = ".".join(map(str, OLDEST_PYTHON))
    found = next(
        (name for name in (f"python3.{n}" for n in range(14, 10, -1)) if shutil.which(name)), ""
    )
    hint = f"Use {found} instead of python3." if found else "Install it, then start again."
    raise SetupFailed(
        f"Python {wanted} or newer is needed; this is {sys.version.split()[0]}. {hint}"
    )


def set_up(*, for_tests: bool) -> None:
    """Everything up to the first import of the application."""
    check_python()
    ensure_system_libraries(for_tests=for_tests)
    ensure_environment(for_tests=for_tests)


def hand_over(arguments: Sequence[str]) -> int:
    """Run the environment's Python on ``arguments``; returns its exit status."""
    environment = dict(os.environ)
    if not has_display():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        return subprocess.run(
            [str(environment_python()), *arguments], cwd=PROJECT, env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up and run one of the commands; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in {"demo", "test", "setup"}:
        say(USAGE)
        return 0 if given in (["-h"], ["--help"]) else 2
    command, *rest = given
    try:
        set_up(for_tests=command == "test")
    except SetupFailed as problem:
        print(f"Set-up stopped. {problem}", file=sys.stderr)
        return 1
    if command == "demo":
        return hand_over(["-m", "desktop_app", "demo", *rest])
    if command == "test":
        return hand_over(["-m", "pytest", *rest])
    say("Ready.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
