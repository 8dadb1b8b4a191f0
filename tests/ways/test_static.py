"""gobuildx itself is what it promises of others: one small file that needs nothing at load time."""

import platform
import unittest

from repository import ROOT, output_of, run

STATIC = ROOT / f"target/{platform.machine()}-unknown-linux-musl/release/gobuildx"
DYNAMIC = ROOT / "target/release/gobuildx"
# Of which the archives (tar, zip, gzip, Zstandard) are 0.8 MB, TLS without C is most of what came after these, and a client of
# HTTP with all that installs Go another 1.3 MB, the audit of dependencies 0.8 MB, and all that releases 1.7 MB.
MOST_BYTES = 17 * 1024 * 1024


def in_empty_root(program, *args):
    return run("bwrap", "--unshare-all", "--ro-bind", program, "/gobuildx", "/gobuildx", *args)


class Static(unittest.TestCase):
    def test_it_has_no_interpreter_and_needs_no_library(self):
        self.assertNotIn("INTERP", run("readelf", "-lW", STATIC).stdout)
        self.assertNotIn("NEEDED", run("readelf", "-dW", STATIC).stdout)
        # What the machine's own compiler makes has both, so this reader sees them.
        self.assertIn("INTERP", run("readelf", "-lW", DYNAMIC).stdout)
        self.assertIn("NEEDED", run("readelf", "-dW", DYNAMIC).stdout)

    def test_it_runs_where_there_is_nothing_else(self):
        result = in_empty_root(STATIC, "--version")
        self.assertEqual(result.returncode, 0, output_of(result))
        self.assertIn("gobuildx ", result.stdout)
        self.assertNotEqual(in_empty_root(DYNAMIC, "--version").returncode, 0)

    def test_it_is_small(self):
        self.assertLess(STATIC.stat().st_size, MOST_BYTES)

    def test_it_plans_as_the_other_one_does(self):
        # A plan tells the memory that go may take: what is free changes from one moment to the next.
        arguments = ("plan", "--matrix", "--memory", "4GiB", "--format", "json")
        plans = [run(program, *arguments) for program in (STATIC, DYNAMIC)]
        self.assertEqual(plans[0].returncode, 0, output_of(plans[0]))
        self.assertEqual(plans[0].stdout, plans[1].stdout)


if __name__ == "__main__":
    unittest.main()
