"""The scripts of the action and of the GitLab pipeline, run for real on real sources."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from composite import Composite
from repository import ROOT, environment, load_yaml, output_of, run

ONE_BINARY = "--target=linux/amd64\n--binary=tool\n--rebuild=changed\n"


class Action(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = Path(tempfile.mkdtemp(prefix="a runner's "))
        cls.addClassCleanup(shutil.rmtree, cls.temp)
        cls.action = Composite(ROOT, ROOT, cls.temp)
        cls.out = cls.temp / "my dist"
        cls.built = cls.action.run({"args": ONE_BINARY, "out": str(cls.out)})

    def test_an_example_is_built_and_its_outputs_are_told(self):
        self.assertEqual(self.built.result.returncode, 0, output_of(self.built.result))
        outputs = self.built.outputs
        self.assertEqual(outputs["dist"], str(self.out))
        artifacts = json.loads(Path(outputs["artifacts"]).read_bytes())
        self.assertEqual(outputs["version"], artifacts["version"])
        self.assertEqual([each["verdict"] for each in artifacts["artifacts"]], ["proven"])
        checked = run("sha256sum", "-c", "--strict", outputs["checksums"], cwd=self.out)
        self.assertEqual(checked.returncode, 0, output_of(checked))

    def test_gobuildx_is_not_installed_twice_and_one_that_does_not_start_is_replaced(self):
        program = self.temp / "gobuildx/bin/gobuildx"
        installed = program.stat().st_mtime_ns
        inputs = {"args": ONE_BINARY, "out": str(self.out)}
        self.action.run(inputs)
        self.assertEqual(program.stat().st_mtime_ns, installed)
        program.write_bytes(b"\x7fELF")
        outcome = self.action.run(inputs)
        self.assertEqual(outcome.result.returncode, 0, output_of(outcome.result))

    def test_inputs_are_data_and_never_commands(self):
        trace = self.temp / "trace"
        for hostile in ("$(touch trace)", '"; touch trace; "', "`touch trace`", "a b", "*"):
            for name in ("args", "manifest", "out"):
                hostile_input = hostile.replace("trace", f"'{trace}'")
                value = f"--binary={hostile_input}" if name == "args" else f"/nowhere/{hostile_input}"
                with self.subTest(input=name, value=value):
                    outcome = self.action.run({"args": "--dry-run\n--binary=nothing", name: value})
                    self.assertNotEqual(outcome.result.returncode, 0)
                    self.assertFalse(trace.exists())
                    if name == "args":
                        self.assertIn(hostile_input, outcome.result.stderr)

    def test_a_job_without_rust_is_told_what_to_do(self):
        outcome = self.action.run({}, PATH="/usr/bin:/bin")
        self.assertEqual(outcome.result.returncode, 1)
        self.assertIn("::error::failed to find cargo", outcome.result.stdout)

    def test_other_sources_have_another_name_in_the_cache(self):
        names = set()
        for change in (None, "src/main.rs", "toolchains/host.toml", "Cargo.lock"):
            with tempfile.TemporaryDirectory() as folder:
                for part in ("action.yml", "Cargo.toml", "Cargo.lock", "src", "toolchains"):
                    copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
                    copy(ROOT / part, Path(folder) / part)
                if change:
                    with open(Path(folder) / change, "a", encoding="utf-8") as file:
                        file.write("# changed\n")
                names.add(Composite(folder, ROOT, self.temp).first_output("digest"))
        self.assertEqual(len(names), 4, names)
        self.assertTrue(all(len(name) == 40 for name in names), names)


class GitLab(unittest.TestCase):
    def test_the_job_builds_a_clean_tree(self):
        pipeline = load_yaml(ROOT / "examples/pipelines/gitlab-ci.yml")
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "project"
            write_project(project)
            (project / "bin").mkdir()
            shutil.copy(ROOT / "target/release/gobuildx", project / "bin")
            script = "\n".join(pipeline["binaries"]["script"])
            go = json.loads(run("go", "env", "-json", "GOPATH", "GOCACHE").stdout)
            result = run(
                "bash", "-e", "-o", "pipefail", "-c", script, cwd=project, env=environment(HOME=folder, **go)
            )
            self.assertEqual(result.returncode, 0, output_of(result))
            metadata = json.loads((project / "dist/metadata.json").read_bytes())
            self.assertFalse(metadata["modified"])
            self.assertEqual(metadata["tag"], "v1.2.3")


def write_project(folder):
    """A committed, tagged program for one target."""
    folder.mkdir()
    files = {
        "go.mod": "module example.com/hello\n\ngo 1.24\n",
        "main.go": "package main\n\nfunc main() {}\n",
        "targets.toml": '[matrix]\ngoos = ["linux"]\ngoarch = ["arm64"]\n[build]\nrebuild = "changed"\n',
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"], ["tag", "v1.2.3"]):
        result = run("git", *identity, *command, cwd=folder)
        assert result.returncode == 0, output_of(result)


if __name__ == "__main__":
    unittest.main()
