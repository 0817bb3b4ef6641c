"""Old Debian systems in a folder: an installer is built in the oldest one it must serve and tried in each of them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


class BuildError(Exception):
    """What stops a build, said once in Chinese and once in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def needs(*programs: str) -> None:
    """Check that the programs of a build are on this computer.

    Raises:
        BuildError: one is missing; the message names the package that brings it.
    """
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        names = " ".join(missing)
        raise BuildError(
            f"缺少程序：{names}，请先安装同名软件包。", f"Missing programs: {names}; install them."
        )


def mirror() -> str:
    """Return the archive this computer itself installs from; no address stands in the clone.

    Raises:
        BuildError: apt names none.
    """
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE)"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\n")
    plain = sorted({line.split()[0].rstrip("/") for line in found if line and "security" not in line})
    if not plain:
        raise BuildError(
            "本机没有可用的 Debian 软件源。", "This computer names no Debian archive to install from."
        )
    return plain[0]


@dataclass(frozen=True)
class Root:
    """One Debian release in a folder of its own.

    Attributes:
        folder: where the system lies.
        suite: the release, e.g. `bullseye`.
    """

    folder: Path
    suite: str

    @property
    def ready(self) -> bool:
        """Tell whether the system was laid down whole."""
        return (self.folder / "etc/kuaijian-root").exists()

    def lay(self, packages: Sequence[str] = ()) -> "Root":
        """Lay the system down with these packages unless it lies there already, and return it.

        Raises:
            BuildError: this is not root, or the archive does not serve the release.
        """
        if self.ready:
            return self
        needs("debootstrap")
        if os.geteuid() != 0:
            raise BuildError("需要管理员权限（root）。", "Only root can lay down a system in a folder.")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase"]
        if packages:
            command.append(f"--include={','.join(packages)}")
        done = subprocess.run(
            [*command, self.suite, str(self.folder), mirror()],
            capture_output=True,
            text=True,
            check=False,
            env=CLEAN,
        )
        if done.returncode:
            said = done.stdout.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
            raise BuildError(
                f"无法准备 {self.suite}：{said[0]}", f"{self.suite} was not laid down: {said[0]}"
            )
        (self.folder / "etc/kuaijian-root").write_text(self.suite, encoding="ascii")
        return self

    def run(
        self,
        *command: str,
        variables: Mapping[str, str] | None = None,
        cwd: str = "/",
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside and return what it said, both streams as one text.

        Args:
            command: the program and its arguments, as the system inside sees them.
            variables: more of its environment; nothing of this computer's own goes in.
            cwd: the folder inside.
            check: whether a failure raises.

        Raises:
            BuildError: it failed; its last lines stand in the message.
        """
        inside = ["chroot", str(self.folder), "env", "-C", cwd, *command]
        with self.entered():
            done = subprocess.run(
                inside,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                env={**CLEAN, **(variables or {})},
                check=False,
            )
        if check and done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-15:])
            raise BuildError(
                f"{self.suite} 内的命令失败：{command[0]}",
                f"{' '.join(command)} failed in {self.suite}:\n{tail}",
            )
        return done

    def install(self, *packages: str) -> None:
        """Install packages, or a package's file, with what they depend on."""
        self.run("apt-get", "update", "-q")
        self.run("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Lend the system inside `/proc`, `/dev` and its terminals for a while."""
        with ExitStack() as stack:
            for place, how in (
                ("proc", ("-t", "proc", "proc")), ("dev", ("--bind", "/dev")), ("dev/pts", ("--bind", "/dev/pts")),
            ):  # fmt: skip
                inside = str(self.folder / place)
                if os.path.ismount(inside):
                    continue
                subprocess.run(["mount", *how, inside], check=True)
                stack.callback(subprocess.run, ["umount", "-l", inside], check=False, capture_output=True)
            names = Path("/etc/resolv.conf")
            if names.exists():
                shutil.copy(names, self.folder / "etc/resolv.conf")
            yield
