"""A bare Debian 12 without Python: the package goes in, is used by somebody without rights, and goes out again."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.paths import resource
from tests.installed.checks import check_lost_reader, check_samples, check_self_test, check_syntaxes, check_window
from tests.installed.program import Installed

_SUITE = "bookworm"
_USER = "clinic"
_HOME = Path("/home") / _USER
# What is written in the home folder: results, the program's own folder, and the system's list of fonts.
_OWN = (
    "results/",
    "syntaxes/",
    "of-syntaxes/",
    "lost/",
    "of-a-lost-reader/",
    ".local/share/mapafu/",
    ".cache/fontconfig/",
)


def try_on_bare_debian(package: Path, out: Path, base: Path, say: Callable[[str], None]) -> None:
    """Install, use and remove the package in a fresh copy of a bare tree.

    Needs root, debootstrap, Xvfb, and the mirror that apt is set to.

    Args:
        package: The .deb.
        out: For the picture.
        base: Where the bare tree is kept; made where it is missing.

    Raises:
        AssertionError: Something is not as it should be.
        CalledProcessError: The system refused something.
    """
    if not (base / "etc" / "debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", _SUITE, base, _mirror()], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="mapafu-debian-") as name:
        tree = Path(name) / "tree"
        subprocess.run(["cp", "-a", base, tree], check=True)
        shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
        with _processes_mounted(tree):
            _try(package, out, tree, say)


def _try(package: Path, out: Path, tree: Path, say: Callable[[str], None]) -> None:
    def inside(*words: str) -> str:
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
        done = subprocess.run(["chroot", tree, *words], env=variables, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    say(f"Debian {(tree / 'etc/debian_version').read_text().strip()}, bare")
    inside("useradd", "--create-home", _USER)
    inside("apt-get", "update", "-q")
    before = _packages(inside)
    shutil.copy(package, tree / "tmp" / package.name)
    inside("apt-get", "install", "-qy", "--no-install-recommends", f"/tmp/{package.name}")
    came = sorted(_packages(inside) - before - {"mapafu"})
    size = int(inside("dpkg-query", "-W", "-f", "${Installed-Size}", "mapafu")) * 1024 / 1e6
    say(f"installed: {size:.0f} MB; with it came {len(came)} packages: {' '.join(came)}")
    pythons = list((tree / "usr/bin").glob("python*"))
    assert not pythons, pythons
    say("Python: none")

    at_first = _files(tree / "home")
    installed = Installed(
        folder=Path("/usr/bin"), home=_HOME, tree=tree, prefix=("chroot", f"--userspec={_USER}", str(tree)),
    )  # fmt: skip
    samples = Path("/usr/lib/mapafu/_internal") / "resources" / "samples"
    assert installed.outside(samples).is_dir()
    bundled = {path.name for path in resource("samples").iterdir()}
    assert {path.name for path in installed.outside(samples).iterdir()} == bundled
    say(check_self_test(installed))
    say(check_samples(installed, samples, _HOME / "results"))
    say(check_syntaxes(installed, _HOME / "syntaxes", _HOME / "of-syntaxes"))
    say(check_lost_reader(installed, samples, _HOME / "lost"))
    say(check_window(installed, samples, out / "bare-debian.png"))

    kept = _files(tree / "home")
    foreign = [name for name in kept - at_first if not name.startswith(tuple(f"{_USER}/{own}" for own in _OWN))]
    assert not foreign, f"written elsewhere in the user's home: {foreign}"
    inside("apt-get", "purge", "-qy", "mapafu")
    left = [
        path for part in ("usr", "etc", "opt", "var/lib/mapafu", "var/cache", "tmp", "root")
        for path in (tree / part).rglob("*mapafu*") if path.name != package.name
    ]  # fmt: skip
    assert not left, f"left behind: {left}"
    assert _files(tree / "home") == kept, "the user's files have changed"
    results = [name for name in kept if name.endswith((".sqlite", ".db", "mapafu.csv"))]
    assert results, "no results were kept"
    say(f"removed: nothing left in the system; {len(kept)} files of the user stay, among them {', '.join(results)}")


def _packages(inside: Callable[..., str]) -> set[str]:
    return set(inside("dpkg-query", "-W", "-f", "${Package}\n").split())


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _mirror() -> str:
    """Where apt on this PC gets its packages from."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)|$(CODENAME)|$(COMPONENT)"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    sites = [site for site, codename, component in (line.split("|") for line in said.splitlines())
             if codename == _SUITE and component == "main"]  # fmt: skip
    assert sites, f"apt on this PC knows no mirror of {_SUITE}"
    return sites[0]


@contextlib.contextmanager
def _processes_mounted(tree: Path) -> Iterator[None]:
    """`/proc`, as in every running system. Devices are those that debootstrap made; X answers without a file."""
    (tree / "dev/shm").mkdir(mode=0o1777, exist_ok=True)
    (tree / "dev/shm").chmod(0o1777)
    subprocess.run(["mount", "-t", "proc", "proc", tree / "proc"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", tree / "proc"], check=True)
