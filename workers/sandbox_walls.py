"""What keeps a program in: namespaces, a root folder of its own, limits. Linux, standard library.

Used by `sandbox_child` alone, in a process that was started for one test and has one thread.

With namespaces the program sees a root folder with the standard library and the system's libraries,
read-only, and an empty `/tmp`; no other process, no network but a loopback that is down, no
`/proc`. Root makes them as root and gives the program a user number of its own; an ordinary user
makes them in a user namespace, and the program has no capabilities there. See namespaces(7),
mount_setattr(2), capabilities(7).
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
_CLONE_OTHERS = 0x20000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000  # ns uts ipc pid net
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 0x1000, 0x4000, 0x40000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_SYS_MOUNT_SETATTR = 442  # the same number on all architectures
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_CAPABILITY_VERSION_3 = 0x20080522

# User numbers that nobody has; below 65536, for containers that know no others.
_FIRST_USER, _USERS = 64_000, 1000
# From Linux 5.14 on, processes are counted in each user namespace apart.
_COUNTS_BY_NAMESPACE = (5, 14)

_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nix/store", "/usr/share/zoneinfo")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(parent: int) -> None:
    """Be killed as soon as the parent is dead."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own has died."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def hide_memory() -> None:
    """Let no process of the same user trace this one."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


def enter_namespaces(folder: str) -> None:
    """Leave the system's processes, network and mounts; the next fork is process 1.

    Args:
        folder: the program's, for `move_into`.

    Raises:
        OSError: the system refuses it.
    """
    if os.geteuid() == 0 and _libc.unshare(_CLONE_OTHERS) == 0:
        return
    leave_root(folder)
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(CLONE_NEWUSER | _CLONE_OTHERS))
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def leave_root(folder: str | None = None) -> None:
    """Turn from root into a user who owns the folder alone; nothing for an ordinary user."""
    if os.geteuid() == 0:
        user = _FIRST_USER + os.getpid() % _USERS
        if folder is not None:
            os.chown(folder, user, user)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))  # else /proc/self is root's


def move_into(folder: str, tmp_bytes: int) -> None:
    """Make `folder` the root folder: what Python needs, read-only, and an empty `/tmp`.

    Raises:
        OSError: the system refuses it.
    """
    root = Path(folder)
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=755")
    bound: list[Path] = []
    for path in map(Path, (*_LIBRARIES, f"{sys.base_prefix}/lib", os.path.dirname(os.__file__))):
        if path.exists() and not any(path.is_relative_to(other) for other in bound):
            bound.append(path)
            _show(path, root)
    for device in _DEVICES:
        shown = root / device[1:]
        shown.parent.mkdir(exist_ok=True)
        shown.touch()
        _mount(device, shown, None, _MS_BIND)
    (root / "tmp").mkdir()
    options = f"size={tmp_bytes},nr_inodes=1000,mode=1777"
    _mount("tmpfs", root / "tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    _set_attributes(root, _ATTR_RDONLY, recursive=False)
    os.chroot(folder)
    os.chdir("/tmp")


def _show(path: Path, root: Path) -> None:
    """Let a folder be seen below the new root, where it is now."""
    shown = root / path.relative_to("/")
    shown.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() and path.parent == Path("/"):  # /lib is usr/lib
        shown.symlink_to(path.readlink())
        return
    shown.mkdir()
    _mount(str(path), shown, None, _MS_BIND | _MS_REC)
    _set_attributes(shown, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV, recursive=True)


def other_tasks(*, isolated: bool) -> int:
    """Tasks that the kernel counts together with the program's, and that are not its own."""
    release = tuple(int(part) for part in os.uname().release.split(".")[:2] if part.isdigit())
    if os.geteuid() == 0 or (isolated and release >= _COUNTS_BY_NAMESPACE):
        return 0
    return _tasks_of(os.getuid())


def set_limits(limits: dict[str, int]) -> None:
    """Take away what is beyond the limits, for this process and its children."""
    for kind, most in (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        # Over its processor time a program gets a signal that says so, a second later the end.
        last = most + (kind == resource.RLIMIT_CPU)
        last = last if hard == resource.RLIM_INFINITY else min(last, hard)
        resource.setrlimit(kind, (min(most, last), last))


def _tasks_of(user: int) -> int:
    total = 0
    for process in os.scandir("/proc"):
        with contextlib.suppress(OSError):
            if process.name.isdigit() and process.stat().st_uid == user:
                total += len(os.listdir(f"/proc/{process.name}/task"))
    return total


def give_up_rights() -> None:
    """Lose all capabilities, for good."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()))
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _mount(
    source: str | None, target: Path | str, kind: str | None, flags: int, options: str | None = None
) -> None:
    texts = [None if text is None else text.encode() for text in (source, kind, options)]
    place = os.fsencode(target)
    _check(_libc.mount(texts[0], place, texts[1], ctypes.c_ulong(flags), texts[2]))


def _set_attributes(path: Path, attributes: int, *, recursive: bool) -> None:
    values = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    call = [_SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(path), _AT_RECURSIVE * recursive, values]
    _check(_libc.syscall(*call, ctypes.c_size_t(ctypes.sizeof(values))))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
