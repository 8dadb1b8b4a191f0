"""The example of a repository for deployments is what kustomize, Kubernetes and Argo CD take."""

import copy
import re
import tempfile
import unittest
from pathlib import Path

import jsonschema
from repository import GO_TOOLS, PYTHON_TOOLS, ROOT, load_yaml, output_of, run
from ruamel.yaml import YAML

DEPLOY = ROOT / "examples/deploy"
OVERLAY = DEPLOY / "overlays/production"
APPLICATION = DEPLOY / "argocd/application.yaml"
IMAGE = "registry.example/team/service"


def build():
    """What a cluster gets from the overlay, as text."""
    return run(GO_TOOLS / "kustomize", "build", OVERLAY)


def argo_schema():
    """What Argo CD says of its own applications."""
    definition = load_yaml(GO_TOOLS / "argocd-application.yaml")
    versions = definition["spec"]["versions"]
    (schema,) = [version["schema"]["openAPIV3Schema"] for version in versions if version["name"] == "v1alpha1"]
    return closed(schema)


def closed(schema):
    """The schema without properties that it doesn't name: a cluster drops them without a word."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        # What Kubernetes itself has in each object isn't described there.
        bare = schema["properties"].get("metadata") == {"type": "object"}
        parts.setdefault("additionalProperties", bare)
    return parts


class Deploy(unittest.TestCase):
    def test_the_overlay_pins_the_image(self):
        built = build()
        self.assertEqual(built.returncode, 0, output_of(built))
        images = re.findall(r"image: (.*)", built.stdout)
        self.assertEqual(len(images), 1, built.stdout)
        self.assertRegex(images[0], rf"^{re.escape(IMAGE)}:v0\.0\.0@sha256:[0-9a-f]{{64}}$")

    def test_kubernetes_takes_what_is_built(self):
        built = build().stdout
        for text, broken in ((None, None), ("containerPort: 8443", "containerPorts: 8443"), ("replicas: 2", "replicas: two")):
            with self.subTest(broken=broken), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "built.yaml"
                if text:
                    self.assertEqual(built.count(text), 1, text)
                path.write_text(built.replace(text, broken) if text else built, encoding="utf-8")
                result = run(PYTHON_TOOLS / "kubernetes-validate", "--strict", path)
                self.assertEqual(result.returncode == 0, text is None, output_of(result))

    def test_argo_takes_the_application(self):
        schema = argo_schema()
        application = load_yaml(APPLICATION)
        jsonschema.validate(application, schema)
        for change in (
            lambda spec: spec.pop("project"),
            lambda spec: spec["source"].update(paths="overlays/production"),
            lambda spec: spec["syncPolicy"]["automated"].update(prune="yes"),
        ):
            broken = copy.deepcopy(application)
            change(broken["spec"])
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(broken, schema)

    def test_the_application_leads_to_the_overlay(self):
        application = load_yaml(APPLICATION)
        path = DEPLOY / application["spec"]["source"]["path"]
        self.assertEqual(path, OVERLAY)
        namespace = load_yaml(OVERLAY / "kustomization.yaml")["namespace"]
        self.assertEqual(application["spec"]["destination"]["namespace"], namespace)
        built = list(YAML(typ="safe").load_all(build().stdout))
        self.assertEqual({part["metadata"]["namespace"] for part in built}, {namespace})

    def test_the_image_of_the_manifest_is_that_of_the_overlay(self):
        readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
        self.assertIn(f'name = "{IMAGE}"', readme)
        self.assertIn('kustomizations = ["overlays/production"]', readme)


if __name__ == "__main__":
    unittest.main()
