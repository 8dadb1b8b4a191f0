"""The action and the pipelines are accepted by independent validators, which can also refuse."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

from composite import Composite
from repository import GO_TOOLS, PYTHON_TOOLS, ROOT, load_yaml, output_of, run

ACTION = ROOT / "action.yml"
GITHUB = ROOT / "examples/pipelines/github.yml"
GITLAB = ROOT / "examples/pipelines/gitlab-ci.yml"
GITHUB_RELEASE = ROOT / "examples/pipelines/github-release.yml"
GITLAB_RELEASE = ROOT / "examples/pipelines/gitlab-release.yml"


def schema(name):
    return [PYTHON_TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{name}"]


ACTIONLINT = [GO_TOOLS / "actionlint"]
ZIZMOR = [PYTHON_TOOLS / "zizmor", "--offline", "--no-progress", "--persona=pedantic", "--strict-collection"]

# Each validator with a file, a text of it, and what in its place must be refused.
CASES = [
    (schema("github-actions"), ACTION, "  using: composite", "  using: compost"),
    (schema("github-workflows"), GITHUB, "    runs-on: ubuntu-24.04\n", ""),
    (schema("gitlab-ci"), GITLAB, "    expire_in: 1 day", "    expires: 1 day"),
    (ACTIONLINT, GITHUB, "DIST: ${{ steps.gobuildx", "DIST: ${{ steps.goboldix"),
    # actionlint hands scripts to shellcheck, if it finds it.
    (ACTIONLINT, GITHUB, 'cd "$DIST"', "cd $DIST"),
    (ZIZMOR, ACTION, '"${command[@]}"', '"${command[@]}" ${{ inputs.args }}'),
    (ZIZMOR, ACTION, "27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5", "v5"),
    (ZIZMOR, GITHUB, "permissions: {}", "permissions: write-all"),
    (schema("github-workflows"), GITHUB_RELEASE, "    runs-on: ubuntu-24.04\n", ""),
    (schema("gitlab-ci"), GITLAB_RELEASE, "    expire_in: 1 day", "    expires: 1 day"),
    (ACTIONLINT, GITHUB_RELEASE, "github.ref_name }}", "github.ref_title }}"),
    (ACTIONLINT, GITHUB_RELEASE, '"$COMMIT"', "$COMMIT"),
    (ZIZMOR, GITHUB_RELEASE, "permissions: {}", "permissions: write-all"),
    (ZIZMOR, GITHUB_RELEASE, "          persist-credentials: false\n", ""),
]


class Validators(unittest.TestCase):
    def test_what_is_shipped_is_accepted(self):
        for validator, path, _, _ in CASES:
            with self.subTest(validator=validator[0].name, file=path.name):
                result = run(*validator, path)
                self.assertEqual(result.returncode, 0, output_of(result))

    def test_a_broken_copy_is_refused(self):
        for validator, path, text, broken in CASES:
            with self.subTest(validator=validator[0].name, broken=broken), tempfile.TemporaryDirectory() as folder:
                whole = path.read_text(encoding="utf-8")
                self.assertEqual(whole.count(text), 1, text)
                copy = Path(folder) / path.name
                copy.write_text(whole.replace(text, broken), encoding="utf-8")
                result = run(*validator, copy)
                self.assertNotEqual(result.returncode, 0, output_of(result))
                self.assertIn(path.name, result.stdout + result.stderr, output_of(result))

    def test_the_workflow_uses_inputs_and_outputs_that_the_action_has(self):
        whole = GITHUB.read_text(encoding="utf-8")
        local = re.sub(r"uses: your-organisation/gobuildx@0+", "uses: ./", whole)
        self.assertNotEqual(local, whole)
        right = lint_beside_the_action(local)
        self.assertEqual(right.returncode, 0, output_of(right))
        for text, broken in (("args: --matrix", "arguments: --matrix"), ("outputs.version", "outputs.release")):
            wrong = lint_beside_the_action(local.replace(text, broken))
            self.assertNotEqual(wrong.returncode, 0, output_of(wrong))

    def test_the_scripts_for_gitlab_are_good_shell(self):
        for path in (GITLAB, GITLAB_RELEASE):
            for name, job in load_yaml(path).items():
                if not isinstance(job, dict) or "script" not in job:
                    continue
                with self.subTest(file=path.name, job=name):
                    script = "\n".join(["#!/bin/bash -e", *job["script"]])
                    result = run("shellcheck", "-", input=script)
                    self.assertEqual(result.returncode, 0, output_of(result))
                    broken = run("shellcheck", "-", input=f"{script}\nrm $1\n")
                    self.assertNotEqual(broken.returncode, 0, output_of(broken))

    def test_the_scripts_of_the_action_are_good_shell(self):
        shellcheck = ["shellcheck", "-"]
        self.assertIsNotNone(shutil.which("shellcheck"))
        for name, script in Composite(ROOT, ROOT, ROOT).scripts():
            with self.subTest(step=name):
                script = f"#!{shutil.which('bash')} -e\n{script}"
                result = run(*shellcheck, input=script)
                self.assertEqual(result.returncode, 0, output_of(result))
                broken = run(*shellcheck, input=f"{script}\nrm $1\n")
                self.assertNotEqual(broken.returncode, 0, output_of(broken))


def lint_beside_the_action(workflow):
    """What actionlint says of a workflow in a repository that has the action at its top."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / ".github/workflows/binaries.yml"
        place.parent.mkdir(parents=True)
        place.write_text(workflow, encoding="utf-8")
        shutil.copy(ACTION, folder)
        run("git", "init", "-q", cwd=folder)
        return run(*ACTIONLINT, cwd=folder)


if __name__ == "__main__":
    unittest.main()
