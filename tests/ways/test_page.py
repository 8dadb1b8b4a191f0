"""`report.html` in a real browser: what it shows, on a phone and in the dark, and that it loads nothing."""

import html
import json
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from repository import ROOT, output_of, run

GOBUILDX = ROOT / "target/release/gobuildx"
PHONE = 360

# One program that is built, and one that is not, whose name and messages are as long and hostile as can be.
LONG = "a-" + "very-" * 15 + "long-name"
MANIFEST = f"""
[project]
name = "page"

[build]
rebuild = "changed"

[[binary]]
name = "{LONG}"
module = "good"

[[binary]]
name = "bad"
module = "bad"

[smoke]
args = ["--version"]
"""
GOOD = 'package main\n\nimport "time"\n\nfunc main() { println(time.LoadLocation("Europe/Paris")) }\n'
BAD = f'package main\n\nvar x int = "</pre><script>document.title = 1</script>{"x" * 400}"\n\nfunc main() {{}}\n'

# Looks at a page in a frame of a width, with all that is folded away unfolded, and writes down what it sees.
OBSERVER = """<!DOCTYPE html>
<iframe src="{page}" style="width: {width}px; height: 600px; border: 0"></iframe>
<pre id="seen"></pre>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => {{
  const page = frame.contentDocument;
  for (const folded of page.querySelectorAll("details")) folded.open = true;
  const texts = (query) => [...page.querySelectorAll(query)].map((one) => one.textContent);
  document.getElementById("seen").textContent = JSON.stringify({{
    width: page.documentElement.scrollWidth,
    wide: [...page.querySelectorAll(".wide")].some((one) => one.scrollWidth > one.clientWidth),
    ground: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
    title: page.title,
    scripts: page.scripts.length,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").map((one) => one.name),
    artifacts: texts("details.artifact h3"),
    gates: texts("table.gates td"),
    unscoped: texts("th:not([scope])"),
    headings: [...page.querySelectorAll("h1, h2, h3, h4")].map((one) => Number(one.tagName[1])),
    bars: page.querySelectorAll("svg.lanes svg.step").length,
  }});
}};
</script>
"""


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = Path(tempfile.mkdtemp(prefix="page-"))
        cls.addClassCleanup(shutil.rmtree, cls.temp)
        (cls.temp / "targets.toml").write_text(MANIFEST, encoding="utf-8")
        for name, source in (("good", GOOD), ("bad", BAD)):
            (cls.temp / name).mkdir()
            (cls.temp / name / "main.go").write_text(source, encoding="utf-8")
            module = f"module example.com/{name}\n\ngo 1.24\n"
            (cls.temp / name / "go.mod").write_text(module, encoding="utf-8")
        targets = ("--target=linux/amd64", "--target=linux/arm64")
        cls.built = run(GOBUILDX, "build", "--keep-going", *targets, cwd=cls.temp)
        cls.page = cls.temp / "dist/report.html"
        if not cls.page.exists():
            raise RuntimeError(output_of(cls.built))

    def seen(self, page, width, *flags):
        """What a browser makes of a page in a window of a width."""
        observer = self.temp / "observer.html"
        observer.write_text(OBSERVER.format(page=page.as_uri(), width=width), encoding="utf-8")
        flags = ("--allow-file-access-from-files", "--virtual-time-budget=10000", "--dump-dom", *flags)
        result = self.browser(*flags, observer.as_uri())
        found = re.search(r'<pre id="seen">(.+?)</pre>', result.stdout, re.DOTALL)
        self.assertTrue(found, output_of(result))
        return json.loads(html.unescape(found[1]))

    def browser(self, *flags):
        profile = tempfile.mkdtemp(dir=self.temp, prefix="profile-")
        always = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}")
        return run("chromium", *always, *flags, timeout=120)

    def copy(self, name, old, new):
        """The page with something else in it."""
        text = self.page.read_text(encoding="utf-8")
        self.assertIn(old, text)
        copy = self.temp / name
        copy.write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    def test_it_shows_what_came_of_the_build(self):
        seen = self.seen(self.page, 1200)
        self.assertTrue(seen["title"].startswith("page "), seen)
        targets = ("linux_amd64_v1", "linux_arm64_v8.0")
        names = {f"{name}_{target}/{name}" for name in ("bad", LONG) for target in targets}
        self.assertEqual(set(seen["artifacts"]), names)
        self.assertEqual(len(seen["gates"]), 5 * len(names))
        self.assertIn("✕doesn't compile", seen["gates"])
        self.assertIn("✓compiled", seen["gates"])
        report = json.loads((self.temp / "dist/report.json").read_bytes())
        ran = [step for step in report["steps"] if step["outcome"] != "skipped"]
        self.assertEqual(seen["bars"], len(ran))

    def test_it_is_no_wider_than_a_phone(self):
        seen = self.seen(self.page, PHONE)
        self.assertEqual(seen["width"], PHONE)
        self.assertTrue(seen["wide"], "the tables scroll by themselves")
        # A page that is wider is seen to be.
        wider = self.copy("wider.html", "<main>", '<main><div style="width: 900px">x</div>')
        self.assertGreater(self.seen(wider, PHONE)["width"], PHONE)

    def test_it_is_dark_where_that_is_wanted(self):
        grounds = [
            self.seen(self.page, PHONE, f"--blink-settings=preferredColorScheme={scheme}")["ground"]
            for scheme in (1, 0)
        ]
        light, dark = ([int(part) for part in re.findall(r"\d+", ground)] for ground in grounds)
        self.assertGreater(min(light), 200, grounds)
        self.assertLess(max(dark), 60, grounds)

    def test_it_loads_nothing_and_runs_nothing(self):
        seen = self.seen(self.page, PHONE)
        self.assertEqual((seen["scripts"], seen["loaded"]), (0, []))
        # Not even where somebody puts it in: the page forbids it.
        more = '<body><script>document.title = "run"</script><img src="dist/report.json">'
        self.assertNotEqual(self.seen(self.copy("more.html", "<body>", more), PHONE)["title"], "run")
        text = self.page.read_text(encoding="utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', text)[0]
        free = self.copy("free.html", policy, "")
        free.write_text(free.read_text(encoding="utf-8").replace("<body>", more, 1), encoding="utf-8")
        self.assertEqual(self.seen(free, PHONE)["title"], "run")

    def test_headings_and_tables_can_be_read_aloud(self):
        seen = self.seen(self.page, PHONE)
        self.assertEqual(seen["unscoped"], [])
        levels = seen["headings"]
        self.assertEqual(levels.count(1), 1)
        skipped = [pair for pair in zip(levels, levels[1:]) if pair[1] > pair[0] + 1]
        self.assertEqual(skipped, [])


if __name__ == "__main__":
    unittest.main()
