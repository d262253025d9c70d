"""A network namespace in which nothing can leave, and the proof of it.

The lab gives real, published addresses to its loopback interface. That is safe only where no packet
can get out, so this file makes such a place (`enter`) and refuses to go on anywhere else (`prove`).
"""

import ctypes
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys


class NotSealed(Exception):
    """The lab must not start here."""


# Says that we have re-run ourselves inside; holds the namespace that we came from.
MARK = "SERVEDBY_LAB_OUTER_NETWORK"
USER = "SERVEDBY_LAB_OUTER_USER"

# Interfaces that some kernels put into every new namespace. They lead nowhere while they are down.
FALLBACK_TUNNELS = {"tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0",
                    "ip6tnl0", "ip6gre0"}

# TEST-NET-2 and the documentation prefix: the lab never gives these to lo.
ELSEWHERE = ("198.51.100.1", "2001:db8::1")


def network_id():
    return os.readlink("/proc/self/ns/net")


def enter(argv):
    """Runs `argv` in a new network namespace, in place of this process. Raises if it cannot."""
    unshare = shutil.which("unshare")
    if unshare is None:
        raise NotSealed("unshare (util-linux) is not installed")
    ways = [["--user", "--map-root-user", "--net"]]
    if os.geteuid() == 0:
        ways.insert(0, ["--net"])
    for way in ways:
        tried = subprocess.run([unshare, *way, "true"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        if tried.returncode == 0:
            environment = dict(os.environ, **{MARK: network_id(), USER: str(os.getuid())})
            os.execve(unshare, [unshare, *way, "--", *argv], environment)
    raise NotSealed(
        f"this machine lets us make no network namespace ({tried.stderr.strip()}). Run the lab as "
        "root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1")


def inside():
    """Are we the process that `enter` started?"""
    return MARK in os.environ


def outer_user():
    """The user id outside: in a user namespace everybody is 0."""
    return os.environ.get(USER, str(os.getuid()))


def interface_is_up(name):
    flags = subprocess.run(["ip", "-o", "link", "show", "dev", name], capture_output=True,
                           text=True, check=True).stdout
    return "UP" in flags.split("<", 1)[1].split(">", 1)[0].split(",")


def routes_out():
    """Lines of the routing tables that lead anywhere but to lo."""
    found = []
    for family in ("-4", "-6"):
        shown = subprocess.run(["ip", family, "route", "show", "table", "all"],
                               capture_output=True, text=True)
        for line in shown.stdout.splitlines():
            words = line.split()
            device = words[words.index("dev") + 1] if "dev" in words else ""
            if device != "lo" and words[0] not in ("unreachable", "blackhole", "prohibit"):
                found.append(line)
    return found


def prove(after_set_up=False):
    """Raises NotSealed unless this namespace is ours, has nothing but lo, and no way out."""
    if not inside() or network_id() == os.environ[MARK]:
        raise NotSealed("this is not a network namespace of the lab's own")
    for _, name in socket.if_nameindex():
        if name == "lo" or (name in FALLBACK_TUNNELS and not interface_is_up(name)):
            continue
        raise NotSealed(f"there is another interface than lo here: {name}")
    if out := routes_out():
        raise NotSealed(f"there is a route out of here: {out[0]}")
    if after_set_up:
        for address in ELSEWHERE:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            # Connecting a datagram socket sends nothing; it only asks for a route.
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                if asked.connect_ex((address, 9)) not in (errno.ENETUNREACH, errno.EHOSTUNREACH,
                                                          errno.EADDRNOTAVAIL):
                    raise NotSealed(f"{address} can be reached from here")


def give_addresses(addresses, unreachable=()):
    """Brings lo up with these addresses; routes to `unreachable` answer "host unreachable"."""
    for knob in ("all", "lo"):
        try:
            with open(f"/proc/sys/net/ipv6/conf/{knob}/disable_ipv6", "w") as file:
                file.write("0")
        except OSError:
            pass  # read-only in containers; if it matters, the next step says so
    lines = ["link set lo up"]
    for address in addresses:
        if address.is_loopback:
            continue  # 127.0.0.0/8 and ::1 are there once lo is up
        lines.append(f"address add {address}/{address.max_prefixlen} dev lo")
    lines += [f"route add unreachable {address}" for address in unreachable]
    done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise NotSealed(f"cannot set up lo: {done.stderr.strip()}")


def die_with_parent():
    """For a child, before it runs its program: be stopped when the lab's process is gone."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGTERM, 0, 0, 0)


def refuse(error):
    print(f"lab: {error}", file=sys.stderr)
    return 2
