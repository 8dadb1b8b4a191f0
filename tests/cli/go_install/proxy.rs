//! A module proxy in a folder, with a checksum database of its own, and toolchains of a few bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use gobuildx::go_install::Toolchain;
use gobuildx::sumdb::{Hash, Tree};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;

use crate::project::Project;

/// The folder of the proxy in a project.
pub const PROXY: &str = "proxy";
const NAME: &str = "sum.example.com";

/// What is in a zip: names and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The toolchain of a release for this machine.
fn of(release: &str) -> Toolchain {
    Toolchain::for_this_machine(&release.parse().unwrap()).unwrap()
}

pub fn name(release: &str) -> String {
    of(release).to_string()
}

/// What the names of its files start with.
pub fn own(release: &str) -> String {
    of(release).prefix()
}

pub fn zip_path(release: &str) -> String {
    format!("{PROXY}/{}", of(release).zip())
}

pub fn lookup_path(release: &str) -> String {
    let version = of(release).module_version();
    format!("sumdb/{NAME}/lookup/golang.org/toolchain@{version}")
}

/// A toolchain as small as one can be.
pub fn toolchain(release: &str) -> Files {
    let files = [
        ("VERSION", format!("go{release}\n")),
        ("bin/go", "#!/bin/sh\n".to_owned()),
        ("pkg/tool/x/link", "#!/bin/sh\n".to_owned()),
        ("lib/wasm/go_js_wasm_exec", "#!/bin/sh\n".to_owned()),
        ("src/_go.mod", "module std\n".to_owned()),
        ("src/cmd/_go.mod", "module cmd\n".to_owned()),
    ];
    let own = own(release);
    let files = files.into_iter();
    files
        .map(|(path, text)| (format!("{own}{path}"), text.into_bytes()))
        .collect()
}

/// The hash of a module's zip, `h1:…`.
pub fn sum(files: &Files) -> String {
    let lines = files.iter().map(|(name, bytes)| {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
        format!("{digest}  {name}\n")
    });
    let text: String = lines.collect();
    format!("h1:{}", BASE64.encode(&Sha256::digest(text)))
}

pub fn zip(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A checksum database of one record.
pub struct Database {
    signing: SigningKey,
    /// The kind of the key, and the key.
    key: Vec<u8>,
}

impl Database {
    pub fn new(seed: u8) -> Self {
        let signing = SigningKey::from_bytes(&[seed; 32]);
        let key = [&[1], signing.verifying_key().as_bytes().as_slice()].concat();
        Self { signing, key }
    }

    fn hash(&self) -> [u8; 4] {
        let hasher = Sha256::new().chain_update(NAME).chain_update("\n");
        let hash: [u8; 32] = hasher.chain_update(&self.key).finalize().into();
        hash[..4].try_into().unwrap()
    }

    /// A value of GOSUMDB.
    pub fn key(&self) -> String {
        let hash = data_encoding::HEXLOWER.encode(&self.hash());
        format!("{NAME}+{hash}+{}", BASE64.encode(&self.key))
    }

    /// What it answers when it is asked for a toolchain with this hash.
    pub fn answer(&self, release: &str, sum: &str) -> String {
        let version = of(release).module_version();
        let record = format!(
            "golang.org/toolchain {version} {sum}\ngolang.org/toolchain {version}/go.mod {sum}\n"
        );
        let hash = Hash::of_record(record.as_bytes());
        let text = Tree { size: 1, hash }.text();
        let signature = self.signing.sign(text.as_bytes()).to_bytes();
        let signature = BASE64.encode(&[self.hash().as_slice(), &signature].concat());
        format!("0\n{record}\n{text}\n— {NAME} {signature}\n")
    }
}

/// A proxy in a folder.
pub struct Proxy {
    folder: PathBuf,
    database: Database,
}

impl Proxy {
    pub fn new(folder: &Path, database: Database) -> Self {
        let folder = folder.to_owned();
        let proxy = Self { folder, database };
        proxy.write(&format!("sumdb/{NAME}/supported"), b"");
        proxy
    }

    pub fn url(folder: &Path) -> String {
        format!("file://{}", folder.display())
    }

    /// Has a toolchain from now on, which its database knows.
    pub fn put(&self, release: &str, files: &Files) {
        self.write(&of(release).zip(), &zip(files));
        let answer = self.database.answer(release, &sum(files));
        self.write(&lookup_path(release), answer.as_bytes());
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A project that asks it, and it alone.
    pub fn settings(&self, project: Project) -> Project {
        let cache = project.path("cache");
        project
            .env("GOENV", "off")
            .env("GOPROXY", Self::url(&self.folder))
            .env("GOSUMDB", self.database.key())
            .env("GOBUILDX_CACHE", cache)
    }
}
