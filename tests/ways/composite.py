"""Runs the scripts of a composite action as GitHub's runner does: same shell, same variables.

Steps that use other actions are left out. An expression that isn't understood is an error.
"""

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from repository import environment, load_yaml, output_of, run

# What `shell: bash` means.
# Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
SHELL = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]


@dataclass
class Outcome:
    """The last step that ran, and what the action gives back."""

    result: object
    outputs: dict = field(default_factory=dict)


class Composite:
    """An action from a checkout, run in a workspace."""

    def __init__(self, checkout, workspace, temp):
        self.checkout = Path(checkout)
        self.workspace = Path(workspace)
        self.temp = Path(temp)
        self.action = load_yaml(self.checkout / "action.yml")

    def scripts(self):
        """The name and text of each script."""
        steps = self.action["runs"]["steps"]
        return [(step["name"], step["run"]) for step in steps if "run" in step]

    def first_output(self, name):
        """An output of the first script, which takes no inputs."""
        step = next(step for step in self.action["runs"]["steps"] if "run" in step)
        result, outputs = self._run_step(step, {}, {})
        if result.returncode != 0:
            raise RuntimeError(output_of(result))
        return outputs[name]

    def run(self, inputs, **changes):
        """Runs all steps until one fails."""
        unknown = set(inputs) - set(self.action["inputs"])
        if unknown:
            raise KeyError(f"inputs that the action doesn't have: {unknown}")
        declared = self.action["inputs"].items()
        values = {f"inputs.{name}": inputs.get(name, known["default"]) for name, known in declared}
        for step in self.action["runs"]["steps"]:
            if "run" not in step:
                continue
            result, outputs = self._run_step(step, values, changes)
            if result.returncode != 0:
                return Outcome(result)
            for name, value in outputs.items():
                values[f"steps.{step['id']}.outputs.{name}"] = value
        wanted = self.action["outputs"].items()
        return Outcome(result, {name: fill(known["value"], values) for name, known in wanted})

    def _run_step(self, step, values, changes):
        script = Path(tempfile.mkstemp(dir=self.temp, suffix=".sh")[1])
        script.write_text(step["run"], encoding="utf-8")
        output = Path(tempfile.mkstemp(dir=self.temp, prefix="output-")[1])
        variables = {name: fill(value, values) for name, value in step.get("env", {}).items()}
        result = run(
            *SHELL,
            script,
            cwd=self.workspace / fill(step.get("working-directory", "."), values),
            env=environment(
                GITHUB_ACTION_PATH=self.checkout,
                GITHUB_WORKSPACE=self.workspace,
                GITHUB_OUTPUT=output,
                RUNNER_TEMP=self.temp,
                **variables,
                **changes,
            ),
        )
        lines = output.read_text(encoding="utf-8").splitlines()
        return result, dict(line.split("=", 1) for line in lines)


def fill(text, values):
    """Replaces each `${{ name }}` by its value."""
    return re.sub(r"\$\{\{ *([^}]*?) *\}\}", lambda found: values[found[1]], text)
