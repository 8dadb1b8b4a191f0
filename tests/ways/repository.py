"""Where things lie, and how tests run programs."""

import os
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PYTHON_TOOLS = Path(sys.executable).parent
GO_TOOLS = ROOT / "target" / "tools"


def run(*command, **settings):
    """Runs a program to its end and captures what it prints, also on failure."""
    words = [str(word) for word in command]
    settings.setdefault("cwd", ROOT)
    return subprocess.run(words, capture_output=True, text=True, check=False, **settings)


def environment(**changes):
    """The environment of this process with some variables changed."""
    return {**os.environ, **{name: str(value) for name, value in changes.items()}}


def load_yaml(path):
    """A YAML file as plain values."""
    return YAML(typ="safe").load(Path(path))


def output_of(result):
    """What a program printed, for messages of failed tests."""
    return f"exit code {result.returncode}\n{result.stdout}\n{result.stderr}"
