#!/usr/bin/python3
"""Renews lists from a server on 127.0.0.1 that speaks each publisher's real format, and each way of
going wrong: then the old file stays, byte for byte, and stderr says why.
"""

import datetime
import hashlib
import http.server
import json
import subprocess
import sys
import tempfile
import threading
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cases import ROOT, SERVEDBY, run_all  # noqa: E402

MMDB = ROOT / "tests/fixtures/mmdb"
SHIPPED = tomllib.loads((ROOT / "data/ranges/publishers.toml").read_text())["list"]

# What each publisher sends, by the path of its URL, in the shape that it really has.
JSON_PAGES = {
    "/public-ip-list": {"addresses": ["24.1.0.0/24", "24.1.1.0/24"],
                        "ipv6_addresses": ["2a0f:1::/32"]},
    "/cdn/public-ip-list": {"addresses": ["24.2.0.1/32"], "addresses_v6": ["2a0f:2::1/128"]},
    "/system/edgeserverlist": ["24.3.0.1", "24.3.0.2"],
    "/system/edgeserverlist/ipv6": ["2a0f:3::1"],
    "/api/integration/v1/ips": {"ipRanges": ["24.4.0.0/16"], "ipv6Ranges": ["2a0f:40::/29"],
                                "res": 0, "res_message": "OK",
                                "debug_info": {"id-info": "13008"}},
    "/public_lmax_prefixes.json": {"prefixes": [{"prefix": "24.5.0.0/25"},
                                                {"prefix": "24.5.1.0/26"}]},
    "/meta": {"verifiable_password_authentication": False, "hooks": ["9.9.0.0/22"],
              "pages": ["24.6.0.153/32", "2a0f:6::153/128"], "actions": ["9.8.0.0/16"]},
    "/ip-ranges.json": {
        "syncToken": "1755823389", "createDate": "2026-08-22-00-43-09",
        "prefixes": [
            {"ip_prefix": f"24.7.{i}.0/24", "region": "GLOBAL", "service": service,
             "network_border_group": "GLOBAL"}
            for i, service in enumerate(["AMAZON", "CLOUDFRONT", "CLOUDFRONT_ORIGIN_FACING",
                                         "GLOBALACCELERATOR", "S3", "API_GATEWAY", "ROUTE53",
                                         "EC2"])],
        "ipv6_prefixes": [
            {"ipv6_prefix": f"2a0f:7:{i}::/48", "region": "GLOBAL", "service": service,
             "network_border_group": "GLOBAL"}
            for i, service in enumerate(["AMAZON", "CLOUDFRONT", "CLOUDFRONT_ORIGIN_FACING",
                                         "GLOBALACCELERATOR", "S3", "API_GATEWAY", "ROUTE53",
                                         "EC2"])]},
    "/download/7/1/D/x/ServiceTags_Public_20261116.json": {
        "changeNumber": 400, "cloud": "Public",
        "values": [
            {"name": name, "id": name,
             "properties": {"changeNumber": 4, "region": "", "platform": "Azure",
                            "systemService": "AzureFrontDoor", "addressPrefixes": prefixes}}
            for name, prefixes in (("AzureFrontDoor.Frontend", ["24.8.0.0/24", "2a0f:8::/48"]),
                                   ("AzureFrontDoor.Backend", ["24.9.0.0/24"]),
                                   ("AzureCloud", ["9.7.0.0/16"]))]},
    "/ipranges/cloud.json": {
        "syncToken": "1755813900000", "creationTime": "2026-08-21T15:05:00",
        "prefixes": [{"ipv4Prefix": "24.10.0.0/18", "service": "Google Cloud",
                      "scope": "africa-south1"},
                     {"ipv6Prefix": "2a0f:10::/44", "service": "Google Cloud",
                      "scope": "africa-south1"}]},
    "/en-us/iaas/tools/public_ip_ranges.json": {
        "last_updated_timestamp": "2026-08-21T15:00:00.000000",
        "regions": [{"region": "us-phoenix-1",
                     "cidrs": [{"cidr": "24.11.0.0/21", "tags": ["OCI"]},
                               {"cidr": "24.11.8.0/24", "tags": ["OSN", "OBJECT_STORAGE"]}]}]},
}
TEXT_PAGES = {
    # Without a final line break, as Cloudflare sends it.
    "/ips-v4": "24.20.0.0/22\n24.20.8.0/22",
    "/ips-v6": "2a0f:20::/32",
    "/ips/cdn.txt": "24.21.0.0/24\r\n24.21.1.190/32\r\n",
    "/en/ips.txt": "24.22.0.0/22\n",
    "/ip.txt": "24.23.0.1\n24.23.0.2\n",
    "/cdnips.txt": "24.24.0.0/24\n",
    "/geo/google.csv": "24.25.0.0/22,NL,NL-NH,Amsterdam,1098\n2a0f:25::/124,US,US-NY,New York,\n",
    "/": "# DataSource: https://geoip.linode.com\n24.26.0.0/24,US,US-TX,Richardson,\n",
    "/?text": "24.27.0.0/24,US,US-NJ,Piscataway,\n2a0f:27::/38,US,US-NJ,Piscataway,\n",
    "/en-us/download/details.aspx?id=56519":
        "<!DOCTYPE html><html><a href=\"https://www.microsoft.com/x\">a</a><a href="
        "\"https://download.microsoft.com/download/7/1/D/x/ServiceTags_Public_20261116.json\">"
        "Download</a></html>",
}
EXPECTED = {
    "fastly": ["24.1.0.0/24", "24.1.1.0/24", "2a0f:1::/32"],
    "gcore-cdn": ["24.2.0.1/32", "2a0f:2::1/128"],
    "bunny": ["24.3.0.1/32", "24.3.0.2/32", "2a0f:3::1/128"],
    "imperva": ["24.4.0.0/16", "2a0f:40::/29"],
    "cdn77-origin": ["24.5.0.0/25", "24.5.1.0/26"],
    "github-pages": ["24.6.0.153/32", "2a0f:6::153/128"],
    "aws-cloudfront": ["24.7.1.0/24", "2a0f:7:1::/48"],
    "aws-cloudfront-origin": ["24.7.2.0/24", "2a0f:7:2::/48"],
    "aws-globalaccelerator": ["24.7.3.0/24", "2a0f:7:3::/48"],
    "aws-s3": ["24.7.4.0/24", "2a0f:7:4::/48"],
    "aws-apigateway": ["24.7.5.0/24"],
    "aws-route53": ["24.7.6.0/24", "2a0f:7:6::/48"],
    "aws-ec2": ["24.7.7.0/24", "2a0f:7:7::/48"],
    "azure-frontdoor": ["24.8.0.0/24", "2a0f:8::/48"],
    "azure-frontdoor-origin": ["24.9.0.0/24"],
    "google-cloud": ["24.10.0.0/18", "2a0f:10::/44"],
    "oracle-cloud": ["24.11.0.0/21", "24.11.8.0/24"],
    "cloudflare": ["24.20.0.0/22", "24.20.8.0/22", "2a0f:20::/32"],
    "cachefly": ["24.21.0.0/24", "24.21.1.190/32"],
    "arvancloud": ["24.22.0.0/22"],
    "iranserver": ["24.23.0.1/32", "24.23.0.2/32"],
    "parspack-cdn": ["24.24.0.0/24"],
    "digitalocean": ["24.25.0.0/22", "2a0f:25::/124"],
    "linode": ["24.26.0.0/24"],
    "vultr": ["24.27.0.0/24", "2a0f:27::/38"],
}

# The list of the cases below, before any renewal: 10 prefixes, 2,560 addresses.
OLD = "".join(f"25.0.{i}.0/24\n" for i in range(10))
GOOD = OLD + "25.0.10.0/24\n"
HUGE = 65 << 20

# What the server sends at /case/NAME: (status, headers, body).
FAULTS = {
    "everything": (200, {}, GOOD + "0.0.0.0/0\n", "wider than /8"),
    "seven": (200, {}, GOOD + "24.0.0.0/7\n", "wider than /8"),
    "v6-18": (200, {}, GOOD + "2a00::/18\n", "wider than /19"),
    "private": (200, {}, GOOD + "10.1.0.0/16\n", "special-purpose space"),
    "loopback-inside": (200, {}, GOOD + "127.0.0.0/8\n", "special-purpose space"),
    "documentation": (200, {}, GOOD + "2001:db8::/32\n", "special-purpose space"),
    "empty": (200, {}, "", "the list is empty"),
    "remarks-only": (200, {}, "# nothing here\n\n", "the list is empty"),
    "half-gone": (200, {}, OLD[:len("25.0.0.0/24\n") * 5], "--accept-shrink acme"),
    "narrowed": (200, {}, OLD.replace("/24", "/26"), "--accept-shrink acme"),
    "html": (200, {"Content-Type": "text/html"}, "\n <!DOCTYPE html><p>Sorry", "HTML"),
    "words": (200, {}, "please log in\n", "is no prefix"),
    "not-found": (404, {}, GOOD, "HTTP 404"),
    "error": (500, {}, GOOD, "HTTP 500"),
    "redirect": (301, {"Location": "/case/good"}, GOOD, "moved to /case/good"),
    "cut-off": (200, {"Content-Length": "4000"}, GOOD, "closed"),
    "too-large": (200, {}, "25.0.0.0/24\n" * (HUGE // 12), "larger than 64 MiB"),
}
JSON_FAULTS = {
    "cut": (200, {}, '{"prefixes":[{"prefix":"25.0.0.0/24"', "not JSON"),
    "renamed": (200, {}, json.dumps({"prefixes": [{"cidr": "25.0.0.0/24"}]}),
                "nothing stands at prefixes[].prefix"),
    "number": (200, {}, json.dumps({"prefixes": [{"prefix": 7}]}), "is no text"),
}
GOOD_PAGES = {
    "good": (200, {}, GOOD),
    "host-bits": (200, {}, GOOD.replace("25.0.10.0/24", "25.0.10.7/24")),
    "moved-on": (200, {}, GOOD.replace("25.0.0.0/24", "25.0.20.0/24")),
    "of-another": (200, {}, GOOD + "25.9.0.0/16\n"),
}


class Publishers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        pages = {**FAULTS, **JSON_FAULTS, **GOOD_PAGES}
        if self.path.startswith("/case/"):
            status, headers, body = pages[self.path[len("/case/"):]][:3]
        elif self.path in JSON_PAGES:
            status, headers, body = 200, {}, json.dumps(JSON_PAGES[self.path])
        elif self.path in TEXT_PAGES:
            status, headers, body = 200, {}, TEXT_PAGES[self.path]
        else:
            status, headers, body = 404, {}, ""
        body = body.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # who has read enough goes away
        self.close_connection = True

    def log_message(self, *_):
        pass


def run(*args):
    return subprocess.run([SERVEDBY, *map(str, args)], capture_output=True, text=True, timeout=120,
                          check=False)


def provider(company, file, example, optional=False, more=""):
    return (f'id = "{company}"\nname = "{company.title()}"\n[sources.page]\nkind = "primary"\n'
            f'url = "https://{company}.example/ips"\nchecked = 2026-08-20\n[[product]]\n'
            f'id = "{company}-front"\nname = "{company.title()} Front"\nroles = ["front"]\n'
            f'[[product.range]]\nfile = "{file}"\n{"optional = true" if optional else ""}\n'
            f'kind = "edge"\nsource = "page"\nexample = "{example}"\n{more}')


def write_acme(folder, page, form='format = "lines"'):
    """A catalogue of one company, whose list is at /case/PAGE."""
    data = Path(folder)
    (data / "providers").mkdir(exist_ok=True)
    (data / "ranges").mkdir(exist_ok=True)
    (data / "providers/acme.toml").write_text(provider("acme", "acme.txt", "25.0.0.1"))
    (data / "ranges/acme.txt").write_text("# url: https://acme.example/ips\n# fetched: 2026-08-20\n"
                                          "# kind: primary\n" + OLD)
    (data / "ranges/publishers.toml").write_text(
        f'[[list]]\nfile = "acme.txt"\nurls = ["https://acme.example/case/{page}"]\n{form}\n')
    return data


def prefixes(path):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def every_publishers_format_is_read(base):
    """All shipped lists at once, by the shipped rows."""
    assert {one["file"] for one in SHIPPED} == {name + ".txt" for name in EXPECTED}, "rows missing"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "providers").mkdir()
        (data / "ranges").mkdir()
        (data / "ranges/publishers.toml").write_text(
            (ROOT / "data/ranges/publishers.toml").read_text())
        for name, expected in EXPECTED.items():
            company = "c-" + name
            (data / f"providers/{company}.toml").write_text(
                provider(company, name + ".txt", expected[0].split("/")[0], optional=True))
        done = run("data", "update", "--data", data, "--from", base)
        assert done.returncode == 0, done.stdout + done.stderr
        for name, expected in EXPECTED.items():
            assert prefixes(data / f"ranges/{name}.txt") == expected, name
        head = (data / "ranges/cloudflare.txt").read_text()
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        for line in ("# url: https://www.cloudflare.com/ips-v4", f"# fetched: {today}",
                     "# kind: primary", "# sha256: " +
                     hashlib.sha256(TEXT_PAGES["/ips-v4"].encode()).hexdigest()):
            assert line + "\n" in head, (line, head)
        assert run("data", "check", "--strict", "--data", data).returncode == 0
        before = {path: path.read_bytes() for path in (data / "ranges").iterdir()}
        again = run("data", "update", "--data", data, "--from", base)
        assert again.returncode == 0 and again.stdout.count("(+0 -0)") == len(EXPECTED)
        assert before == {path: path.read_bytes() for path in (data / "ranges").iterdir()}
        # By hand: one list alone, by its own name and by its company's.
        for name in ("fastly", "c-fastly"):
            done = run("data", "update", name, "--data", data, "--from", base)
            assert done.stdout.splitlines()[0].startswith("fastly: 3 prefixes"), done.stdout
            assert len(done.stdout.splitlines()) == 1


def the_cloudflare_api_is_read_too(base):
    JSON_PAGES["/client/v4/ips"] = {
        "result": {"ipv4_cidrs": ["25.0.0.0/20"], "ipv6_cidrs": ["2a0f:30::/32"],
                   "etag": "38f79d050aa027e3be3865e495dcc9bc"},
        "success": True, "errors": [], "messages": []}
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "x", 'format = "json"\n'
                          'select = ["result.ipv4_cidrs[]", "result.ipv6_cidrs[]"]')
        file = data / "ranges/publishers.toml"
        file.write_text(file.read_text().replace("/case/x", "/client/v4/ips"))
        done = run("data", "update", "--data", data, "--from", base, "--accept-shrink", "acme")
        assert done.returncode == 0, done.stderr
        assert prefixes(data / "ranges/acme.txt") == ["25.0.0.0/20", "2a0f:30::/32"]
        assert "shrank" in done.stderr


def what_looks_broken_is_not_installed(base):
    for faults, form in ((FAULTS, 'format = "lines"'),
                         (JSON_FAULTS, 'format = "json"\nselect = ["prefixes[].prefix"]')):
        for name, (*_, why) in faults.items():
            with tempfile.TemporaryDirectory() as folder:
                data = write_acme(folder, name, form)
                before = (data / "ranges/acme.txt").read_bytes()
                done = run("data", "update", "--data", data, "--from", base)
                assert done.returncode == 1, (name, done.returncode, done.stdout, done.stderr)
                assert "acme: kept the old one: " in done.stderr and why in done.stderr, \
                    (name, done.stderr)
                assert (data / "ranges/acme.txt").read_bytes() == before, name
                assert sorted(p.name for p in (data / "ranges").iterdir()) == \
                    ["acme.txt", "publishers.toml"], "something was left behind"


def a_server_that_is_not_there_leaves_the_old_list(_):
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "good")
        done = run("data", "update", "--data", data, "--from", "http://127.0.0.1:9")
        assert done.returncode == 1 and "refused" in done.stderr, done.stderr
        assert prefixes(data / "ranges/acme.txt") == OLD.split()
        for args in (["--from", "/no/such/folder"], ["nobody"], ["--timeout", "soon"]):
            assert run("data", "update", "--data", data, *args).returncode == 2, args


def what_can_be_put_right_is(base):
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "host-bits")
        done = run("data", "update", "--data", data, "--from", base)
        assert done.returncode == 0 and "1 prefixes had host bits set" in done.stderr, done.stderr
        assert prefixes(data / "ranges/acme.txt") == GOOD.split()
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "half-gone")
        done = run("data", "update", "--data", data, "--from", base, "--accept-shrink", "acme")
        assert done.returncode == 0 and len(prefixes(data / "ranges/acme.txt")) == 5
    with tempfile.TemporaryDirectory() as folder:
        # The rule's example has left the list: the file names another.
        data = write_acme(folder, "moved-on")
        done = run("data", "update", "--data", data, "--from", base)
        assert done.returncode == 0 and "25.0.0.1 has left the list" in done.stderr, done.stderr
        assert "# example: 25.0.1.0\n" in (data / "ranges/acme.txt").read_text()
        assert run("data", "check", "--data", data).returncode == 0


def a_list_that_the_catalogue_cannot_live_with_is_not_installed(base):
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "of-another")
        (data / "providers/other.toml").write_text(provider("other", "other.txt", "25.9.0.1"))
        (data / "ranges/other.txt").write_text(
            "# url: https://other.example/\n# fetched: 2026-08-20\n# kind: primary\n25.9.0.0/16\n")
        done = run("data", "update", "--data", data, "--from", base)
        assert done.returncode == 1, done.stderr
        assert "acme: kept the old one" in done.stderr and "25.9.0.0/16" in done.stderr
        assert prefixes(data / "ranges/acme.txt") == OLD.split()


def a_dry_run_shows_and_writes_nothing(base):
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "moved-on")
        before = (data / "ranges/acme.txt").read_bytes()
        done = run("data", "update", "--dry-run", "--data", data, "--from", base)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[1:] == ["-25.0.0.0/24", "+25.0.10.0/24", "+25.0.20.0/24"]
        assert (data / "ranges/acme.txt").read_bytes() == before


def another_directory_may_be_the_target(base):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as target:
        data = write_acme(folder, "good")
        done = run("data", "update", "--data", data, "--from", base, "--to", target)
        assert done.returncode == 0, done.stderr
        assert prefixes(Path(target) / "ranges/acme.txt") == GOOD.split()
        assert prefixes(data / "ranges/acme.txt") == OLD.split()
        done = run("data", "update", "--data", data, "--from", base, "--to", "/dev/null")
        assert done.returncode == 1 and "cannot be written to" in done.stderr, done.stderr


def a_folder_stands_for_the_publishers(_):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as mirror:
        data = write_acme(folder, "good")
        done = run("data", "update", "--data", data, "--from", mirror)
        assert done.returncode == 1 and "no such file" in done.stderr, done.stderr
        page = Path(mirror) / "acme.example/case/good"
        page.parent.mkdir(parents=True)
        page.write_text(GOOD)
        assert run("data", "update", "--data", data, "--from", mirror).returncode == 0
        assert prefixes(data / "ranges/acme.txt") == GOOD.split()
        (Path(mirror) / "acme.txt").write_text(GOOD + "25.0.11.0/24\n")
        assert run("data", "update", "--data", data, "--from", mirror).returncode == 0
        assert len(prefixes(data / "ranges/acme.txt")) == 12


def publishers_are_checked_like_the_rest(_):
    for text, line, why in (
            ('[[list]]\nfile = "x.txt"\nurls = ["https://a.example/"]\nformat = "lines"\n', 1,
             'no [[product.range]] says file = "x.txt"'),
            ('[[list]]\nfile = "acme.txt"\nurls = ["http://a.example/"]\nformat = "lines"\n', 3,
             "is not an https URL"),
            ('[[list]]\nfile = "acme.txt"\nurls = ["https://a.example/"]\nformat = "xml"\n', 4,
             'unknown format "xml"'),
            ('[[list]]\nfile = "acme.txt"\nurls = ["https://a.example/"]\nformat = "json"\n', 1,
             'needs "select"'),
            ('[[list]]\nfile = "acme.txt"\nurls = ["https://a.example/"]\nformat = "json"\n'
             'select = ["a[b"]\n', 5, "is not a path"),
            ('[[list]]\nfile = "acme.txt"\nurls = ["https://a.example/"]\nformat = "lines"\n'
             'colour = "red"\n', 5, "unknown field"),
            ('[[list]]\nfile = "../acme.txt"\nurls = ["https://a.example/"]\nformat = "lines"\n', 2,
             "is not a file of data/ranges/")):
        with tempfile.TemporaryDirectory() as folder:
            data = write_acme(folder, "good")
            (data / "ranges/publishers.toml").write_text(text)
            done = run("data", "check", "--data", data)
            assert done.returncode == 1, (text, done.stdout)
            assert f"ranges/publishers.toml:{line}: " in done.stdout and why in done.stdout, \
                (text, done.stdout)


def the_routing_data_are_tried_before_they_are_believed(base):
    with tempfile.TemporaryDirectory() as folder:
        data = write_acme(folder, "good")
        shipped = ROOT / "data/asn.mmdb"
        done = run("data", "update", "asn", "--data", data, "--from", shipped)
        assert done.returncode == 0 and (data / "asn.mmdb").exists(), done.stderr
        before = (data / "asn.mmdb").read_bytes()
        assert before == shipped.read_bytes()
        for bad, why in ((MMDB / "country.mmdb", "no autonomous_system_number"),
                         (ROOT / "README.md", "README.md"), (ROOT / "none.mmdb", "no such file"),
                         (MMDB / "asn.mmdb", "well-known addresses"),
                         (base + "/none.mmdb", "HTTP 404")):
            done = run("data", "update", "asn", "--data", data, "--from", bad)
            assert done.returncode == 1 and why in done.stderr, (bad, done.stderr)
            assert (data / "asn.mmdb").read_bytes() == before, bad
        assert sorted(path.name for path in data.iterdir()) == ["asn.mmdb", "providers", "ranges"]
        assert run("data", "update", "asn", "--data", data).returncode == 2
        assert run("data", "update", "asn", "acme", "--data", data).returncode == 2


TESTS = [every_publishers_format_is_read, the_cloudflare_api_is_read_too,
         what_looks_broken_is_not_installed, a_server_that_is_not_there_leaves_the_old_list,
         what_can_be_put_right_is, a_list_that_the_catalogue_cannot_live_with_is_not_installed,
         a_dry_run_shows_and_writes_nothing, another_directory_may_be_the_target,
         a_folder_stands_for_the_publishers, publishers_are_checked_like_the_rest,
         the_routing_data_are_tried_before_they_are_believed]


def main():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publishers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        status = run_all(TESTS, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
    return status


if __name__ == "__main__":
    sys.exit(main())
