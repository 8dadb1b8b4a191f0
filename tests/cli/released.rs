//! A release of a small project, signed with keys that minisign and openssl made.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::project::{Project, Run};

/// Where the folder is that holds nothing but the release, as others get it.
pub const TAKEN: &str = "taken";

const CELLS: &str = "[[matrix.include]]\ntarget = \"linux/amd64\"\n\n[[matrix.include]]\ntarget = \"darwin/arm64\"\n\n\
    [build]\nrebuild = \"changed\"\n\n";

/// Keys, of which the project knows the secret parts.
pub struct Keys {
    folder: TempDir,
}

impl Keys {
    pub fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Self { folder };
        let (secret, public) = (keys.path("minisign.key"), keys.path("minisign.pub"));
        let mut minisign = Command::new("minisign");
        minisign.args(["-G", "-W", "-s"]).arg(secret).arg("-p");
        succeeds(minisign.arg(public));
        let pem = keys.path("dsse.pem");
        let mut openssl = Command::new("openssl");
        openssl.args(["genpkey", "-algorithm", "ed25519", "-out"]);
        succeeds(openssl.arg(&pem));
        let mut openssl = Command::new("openssl");
        openssl.args(["pkey", "-pubout", "-in"]).arg(pem);
        succeeds(openssl.arg("-out").arg(keys.path("dsse.pub")));
        keys
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as an argument.
    pub fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// What verifies by them.
    pub fn args(&self) -> [String; 4] {
        [
            "--key".to_owned(),
            self.arg("minisign.pub"),
            "--provenance-key".to_owned(),
            self.arg("dsse.pub"),
        ]
    }

    /// `[release.sign]` with both.
    fn section(&self) -> String {
        let (minisign, dsse) = (self.arg("minisign.key"), self.arg("dsse.pem"));
        format!("[release.sign]\nminisign = {minisign:?}\ndsse = {dsse:?}\n")
    }
}

fn succeeds(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// A release in the folder [`TAKEN`] of a project that has no manifest any more.
pub struct Released {
    pub project: Project,
    pub keys: Keys,
}

impl Released {
    /// One that is signed with all keys.
    pub fn signed() -> Self {
        let keys = Keys::make();
        let image =
            "[release.image]\nname = \"registry.example.com/hello\"\nbinary = \"hello\"\n\n";
        let release = format!(
            "[release]\nfiles = [\"NOTES\"]\n\n{image}{}",
            keys.section()
        );
        Self::of(keys, &release, &[])
    }

    /// One of which the checksums are signed, and not the provenance.
    pub fn with_open_provenance() -> Self {
        let keys = Keys::make();
        let minisign = keys.arg("minisign.key");
        let release = format!("[release]\nsbom = []\n\n[release.sign]\nminisign = {minisign:?}\n");
        Self::of(keys, &release, &[])
    }

    /// One with more in the manifest.
    pub fn of(keys: Keys, release: &str, args: &[&str]) -> Self {
        let project = Project::hello()
            .file("NOTES", "Notes.\n")
            .file("targets.toml", &format!("{CELLS}{release}"))
            .committed();
        let args = [&["release", "--quiet"], args].concat();
        project.run(&args).exits(0);
        fs::rename(project.path("dist"), project.path(TAKEN)).unwrap();
        for mine in ["targets.toml", "main.go"] {
            fs::remove_file(project.path(mine)).unwrap();
        }
        Self { project, keys }
    }

    /// Verifies the folder by the keys.
    pub fn verify(&self) -> Run {
        self.verify_with(&[])
    }

    /// The same with more arguments.
    pub fn verify_with(&self, more: &[&str]) -> Run {
        let keys = self.keys.args();
        let keys = keys.iter().map(String::as_str);
        let args = ["verify"].into_iter().chain(keys);
        let args: Vec<&str> = args.chain(more.iter().copied()).chain([TAKEN]).collect();
        self.project.run(&args)
    }

    /// A file of the release.
    pub fn path(&self, path: &str) -> PathBuf {
        self.project.path(TAKEN).join(path)
    }

    /// All files below the folder, sorted, with their bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.project.path(TAKEN), "", &mut files);
        files
    }

    /// The first file whose name ends so.
    pub fn named(&self, end: &str) -> String {
        let mut files = self.files().into_keys();
        files.find(|path| path.ends_with(end)).unwrap()
    }

    /// Changes a JSON file, and lets all records agree again.
    pub fn rewrite(&self, path: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.project.json(&format!("{TAKEN}/{path}"));
        change(&mut value);
        fs::write(self.path(path), value.to_string()).unwrap();
        self.record(path);
    }

    /// Lets records and checksums have the digest and size of a file as it is now, and signs them anew, as somebody
    /// does who has the key of the checksums.
    pub fn record(&self, path: &str) {
        let digest = |path: &str| sha256(&self.path(path));
        let mut release = self.project.json(&format!("{TAKEN}/release.json"));
        for file in release["files"].as_array_mut().unwrap() {
            if file["path"] == path {
                file["sha256"] = digest(path).into();
                file["size"] = fs::metadata(self.path(path)).unwrap().len().into();
            }
        }
        fs::write(self.path("release.json"), release.to_string()).unwrap();
        let sums = fs::read_to_string(self.path("checksums.txt")).unwrap();
        let lines = sums.lines().map(|line| {
            let (_, name) = line.split_once("  ").unwrap();
            format!("{}  {name}\n", digest(name))
        });
        let sums: String = lines.collect();
        fs::write(self.path("checksums.txt"), sums).unwrap();
        self.sign("by hand");
    }

    /// Signs the checksums by minisign itself.
    pub fn sign(&self, comment: &str) {
        let mut minisign = Command::new("minisign");
        minisign.args(["-S", "-t", comment, "-s"]);
        minisign.arg(self.keys.path("minisign.key")).arg("-m");
        succeeds(minisign.arg(self.path("checksums.txt")));
    }

    /// Packs an archive of the release anew, with one file by another name and other bytes.
    pub fn repack(&self, archive: &str, name: &str, bytes: &[u8]) {
        let folder = tempfile::tempdir().unwrap();
        let mut unpack = Command::new("tar");
        unpack.arg("-xzf").arg(self.path(archive)).arg("-C");
        succeeds(unpack.arg(folder.path()));
        let mut file = fs::File::create(folder.path().join(name)).unwrap();
        file.write_all(bytes).unwrap();
        let mut pack = Command::new("sh");
        pack.args(["-c", "tar -czf \"$1\" -- *", "sh"]);
        succeeds(pack.arg(self.path(archive)).current_dir(folder.path()));
        self.record(archive);
    }
}

pub fn sha256(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    gobuildx::digest::hex(&digest)
}

fn collect(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}
