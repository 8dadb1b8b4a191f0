"""The crate's package has what a build needs, and nothing else."""

import shutil
import tarfile
import unittest

from repository import ROOT, output_of, run

FOLDER = ROOT / "target/package"


class Package(unittest.TestCase):
    def test_the_package_is_complete(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        packed = run("cargo", "package", "--locked", "--no-verify", "--allow-dirty")
        self.assertEqual(packed.returncode, 0, output_of(packed))
        crate = next(FOLDER.glob("*.crate"))
        with tarfile.open(crate) as archive:
            names = {name.split("/", 1)[1] for name in archive.getnames()}
            archive.extractall(FOLDER, filter="data")
        foreign = [name for name in names if name.startswith(("examples", "tests", "fuzz", "benches"))]
        self.assertEqual(foreign, [])
        manifest = FOLDER / crate.stem / "Cargo.toml"
        target = ROOT / "target"
        checked = run("cargo", "check", "--locked", "--bins", "--manifest-path", manifest, "--target-dir", target)
        self.assertEqual(checked.returncode, 0, output_of(checked))


if __name__ == "__main__":
    unittest.main()
