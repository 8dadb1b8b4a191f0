//! Debian's registry on a free port of the loopback.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gobuildx::oci::Repository;

/// A registry, which ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

/// `htpasswd -Bbn me p:w`
const ME: &str = "me:$2y$05$HyQmIUMlEClJ3poUFBic.eqPmRdWi2NgmvnJuJ.bmj5jGyeoX3SEW\n";

/// Whom a registry believes.
#[derive(Clone, Copy)]
pub(crate) enum Believes {
    Everybody,
    /// The user `me` with the password `p:w`, by a file of `htpasswd`.
    Me,
}

impl Server {
    pub(crate) fn start(believes: Believes) -> Self {
        Self::serving(believes, "")
    }

    /// By TLS, with `registry.pem` and `registry.key` of a folder.
    pub(crate) fn by_tls(certificate: &Path) -> Self {
        let at = certificate.display();
        let tls =
            format!("  tls:\n    certificate: {at}/registry.pem\n    key: {at}/registry.key\n");
        Self::serving(Believes::Everybody, &tls)
    }

    /// With more lines for how it is asked.
    fn serving(believes: Believes, http: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let auth = match believes {
            Believes::Everybody => String::new(),
            Believes::Me => {
                fs::write(folder.path().join("htpasswd"), ME).unwrap();
                format!("auth:\n  htpasswd:\n    realm: test\n    path: {at}/htpasswd\n")
            }
        };
        let config = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {at}/data\n\
             http:\n  addr: 127.0.0.1:0\n  secret: test\n{http}{auth}"
        );
        let file = folder.path().join("config.yml");
        fs::write(&file, config).unwrap();
        let mut child = Command::new("docker-registry")
            .arg("serve")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let port = lines.by_ref().find_map(|line| port_in(&line.unwrap()));
        // Whatever it says later, it must not wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            port: port.unwrap(),
            folder,
        }
    }

    pub(crate) fn repository(&self, name: &str) -> Repository {
        repository(self.port, name)
    }

    /// Where it keeps what it was sent.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn repository(port: u16, name: &str) -> Repository {
    format!("127.0.0.1:{port}/{name}").parse().unwrap()
}

/// The port in `msg="listening on 127.0.0.1:40123"`.
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("listening on 127.0.0.1:")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// All files below a folder, for tests of what must not be there.
pub(crate) fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            all.extend(files_below(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all
}
