"""`gobuildx audit`, govulncheck and go say the same of real programs, by Go's real database of vulnerabilities.

Three programs of some years ago are built. Their sources and their files are asked about by both. What is compared is
each advisory of each module with how near it is. gobuildx gets a stripped file and govulncheck one that isn't: of a stripped one
it takes every function of an advisory for one that is there. The database is made of the entries that the module
golang.org/x/vulndb has, at one version, so the numbers are the same each time.

Of the modules that are linked, versions are held against `go version -m`; updates, retractions and deprecations against
`go list -m -u -retracted`.

Usage: govulncheck.py GOBUILDX
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

GOVULNCHECK = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"
VULNDB = "golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018"
# The module, and its program's package.
PROGRAMS = {
    "age": ("filippo.io/age@v1.0.0", "./cmd/age"),
    "node_exporter": ("github.com/prometheus/node_exporter@v1.6.0", "."),
    "blackbox_exporter": ("github.com/prometheus/blackbox_exporter@v0.22.0", "."),
}
MANIFEST = """\
[matrix]
goos = ["linux"]
goarch = ["amd64"]
[build]
rebuild = "changed"
vcs = false
[[binary]]
name = "{name}"
package = "{package}"
[audit]
deny = []
"""
ENV = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}


def run(*words, cwd, env=None):
    result = subprocess.run(words, cwd=cwd, env=env or ENV, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} exited with {result.returncode}:\n{result.stderr}")
    return result.stdout


def fetched(module, cwd):
    return Path(json.loads(run("go", "mod", "download", "-json", module, cwd=cwd))["Dir"])


def make_database(osv, folder):
    """The files of https://go.dev/doc/security/vuln/database that are read, of entries as the repository has them."""
    (folder / "ID").mkdir(parents=True)
    (folder / "index").mkdir()
    modules, modified = {}, ""
    for file in sorted(osv.glob("*.json")):
        entry = json.loads(file.read_text(encoding="utf-8"))
        shutil.copy(file, folder / "ID")
        modified = max(modified, entry["modified"])
        for affected in entry["affected"]:
            path = affected["package"]["name"]
            # Without `fixed` an index says nothing of versions, and both have to look into the entry.
            modules.setdefault(path, {})[entry["id"]] = {"id": entry["id"], "modified": entry["modified"]}
    index = [{"path": path, "vulns": list(vulns.values())} for path, vulns in sorted(modules.items())]
    (folder / "index/modules.json").write_text(json.dumps(index), encoding="utf-8")
    (folder / "index/db.json").write_text(json.dumps({"modified": modified}), encoding="utf-8")
    return sum(1 for _ in (folder / "ID").iterdir())


def level_of(trace, near):
    if "function" in trace[0]:
        return near
    return "imported" if "package" in trace[0] else "required"


LEVELS = ["required", "imported", "linked", "called"]


def nearest(findings):
    found = {}
    for key, level in findings:
        if key not in found or LEVELS.index(level) > LEVELS.index(found[key]):
            found[key] = level
    return found


def messages(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        message, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        yield message


def by_govulncheck(tool, database, arguments, cwd, near):
    text = run(tool, "-json", f"-db={database.as_uri()}", *arguments, cwd=cwd)
    findings = [message["finding"] for message in messages(text) if "finding" in message]
    return nearest(((it["osv"], it["trace"][0]["module"]), level_of(it["trace"], near)) for it in findings)


def audited(gobuildx, database, cwd, path):
    env = {**ENV, "PATH": path}
    return json.loads(run(gobuildx, "audit", "--format", "json", "--database", database, cwd=cwd, env=env))


def vulnerabilities(audit):
    about = [finding for finding in audit["findings"] if finding["rule"] == "vulnerable"]
    # The go command that builds is not asked about by govulncheck.
    about = [finding for finding in about if finding["module"] != "toolchain"]
    return nearest(((it["advisory"], it["module"]), it["level"]) for it in about)


def difference(of_source, ours, theirs):
    """What doesn't agree: a set that has to be empty."""
    wrong = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, its = ours.get(key), theirs.get(key)
        # A file shows who calls a function, which govulncheck doesn't look at: for it, `linked` is all.
        if not of_source and mine == "called":
            mine = "linked"
        if mine != its:
            wrong.append(f"{key[0]} of {key[1]}: gobuildx {mine}, govulncheck {its}")
    return wrong


def linked_by_go(file, cwd):
    """Path, version and what replaces it, by the build information."""
    modules = []
    for line in run("go", "version", "-m", file, cwd=cwd).splitlines():
        words = line.split("\t")[1:]
        if words[:1] == ["dep"]:
            modules.append((words[1], words[2]))
    return set(modules)


def state_by_go(cwd):
    """The update, the retractions and the deprecation of each module of the build list."""
    text = run("go", "list", "-e", "-m", "-u", "-retracted", "-json", "all", cwd=cwd)
    return {
        (module["Path"], module.get("Version")): (
            module.get("Update", {}).get("Version"),
            module.get("Retracted", []),
            module.get("Deprecated"),
        )
        for module in messages(text)
    }


def modules_differ(audit, linked, state):
    """What of the linked modules doesn't agree with go."""
    ours = {(module["path"], module["version"]) for program in audit["programs"] for module in program["modules"]}
    wrong = [f"{path}@{version}: linked by one only" for path, version in sorted(ours ^ linked)]
    for module in audit["modules"]:
        newest = module["newest"].get("version")
        mine = (newest, module["retracted"], module["deprecated"])
        its = state[module["path"], module["version"]]
        if mine != its:
            wrong.append(f"{module['path']}@{module['version']}: gobuildx {mine}, go {its}")
    return wrong


def counted(found):
    return ", ".join(f"{sum(1 for it in found.values() if it == level)} {level}" for level in reversed(LEVELS))


def writable(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    gobuildx = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:] or list(PROGRAMS)
    wrong = 0
    with tempfile.TemporaryDirectory() as temp:
        temp = Path(temp)
        tools = temp / "bin"
        run("go", "install", GOVULNCHECK, cwd=temp, env={**ENV, "GOBIN": str(tools)})
        entries = make_database(fetched(VULNDB, temp) / "data/osv", temp / "db")
        print(f"{entries} entries")
        folders = os.environ["PATH"].split(os.pathsep)
        without = os.pathsep.join(folder for folder in folders if not (Path(folder) / "govulncheck").exists())
        for name in wanted:
            module, package = PROGRAMS[name]
            root = temp / name
            shutil.copytree(fetched(module, temp), root)
            writable(root)
            (root / "targets.toml").write_text(MANIFEST.format(name=name, package=package), encoding="utf-8")
            tool, database = tools / "govulncheck", temp / "db"
            sources = audited(gobuildx, database, root, f"{tools}{os.pathsep}{without}")
            pairs = {
                "sources": (
                    vulnerabilities(sources),
                    by_govulncheck(tool, database, [package], root, "called"),
                )
            }
            run(gobuildx, "build", cwd=root)
            file = temp / f"{name}.whole"
            run("go", "build", "-trimpath", "-buildvcs=false", "-o", file, package, cwd=root)
            built = audited(gobuildx, database, root, without)
            pairs["file"] = (
                vulnerabilities(built),
                by_govulncheck(tool, database, ["-mode=binary", file], root, "linked"),
            )
            for what, (ours, theirs) in pairs.items():
                differences = difference(what == "sources", ours, theirs)
                wrong += len(differences)
                print(f"{module}, {what}: gobuildx {counted(ours)}; govulncheck {counted(theirs)}")
                for line in differences:
                    print(f"  {line}")
            differences = modules_differ(built, linked_by_go(file, root), state_by_go(root))
            wrong += len(differences)
            print(f"{module}: {len(built['modules'])} linked modules held against go")
            for line in differences:
                print(f"  {line}")
    print(f"{wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
