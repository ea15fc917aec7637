"""How Postgres, which refuses to run as root, runs for a root user without a new system account.

First choice: a user namespace in which root's files belong to an ordinary user. Where the system
refuses that (containers often do): the user `nobody`, who keeps root's right to pass through
folders, so that the data may lie in root's home. See user_namespaces(7) and capabilities(7).
"""

import contextlib
import ctypes
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def leave_root(data: Path, program: Path) -> None:
    """Make this process one that Postgres accepts; does nothing for an ordinary user.

    data: the data folder, owned by the user who will run Postgres when this returns.
    program: a file that this user must be able to execute.
    """
    if os.geteuid() != 0:
        return
    owner = data.stat().st_uid
    if owner == 0 and _works_in_child(lambda: _try_namespace(data, program)):
        enter_user_namespace()
        return
    account = _account_of(owner)
    if owner != account.pw_uid:
        _give_tree(data, account)
    become(account)


def enter_user_namespace() -> None:
    """Enter a user namespace in which this user appears as `nobody`, a name that is always known.

    Raises OSError where the system refuses it.
    """
    user, group = os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    _check(_libc.unshare(CLONE_NEWUSER))
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} {user} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} {group} 1")


def become(account: pwd.struct_passwd) -> None:
    """Turn from root into an account that keeps CAP_DAC_OVERRIDE, also across exec."""
    _check(_libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    kept = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    capabilities = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    _check(_libc.capset(header, capabilities))
    _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _account_of(owner: int) -> pwd.struct_passwd:
    """The account of a user number, or `nobody` for root and for numbers without a name."""
    if owner:
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(owner)
    return pwd.getpwnam("nobody")


def _give_tree(folder: Path, account: pwd.struct_passwd) -> None:
    shutil.chown(folder, account.pw_uid, account.pw_gid)
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            os.chown(
                os.path.join(place, name), account.pw_uid, account.pw_gid, follow_symlinks=False
            )


def _try_namespace(data: Path, program: Path) -> None:
    enter_user_namespace()
    if not (os.access(data, os.R_OK | os.W_OK | os.X_OK) and os.access(program, os.X_OK)):
        raise PermissionError(f"{data} or {program} is out of reach in a user namespace")


def _works_in_child(action: Callable[[], None]) -> bool:
    """Try in a forked child what can't be taken back."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return status == 0


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
