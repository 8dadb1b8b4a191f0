//! A registry that is asked by TLS, by way of a proxy, as companies have it.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use super::harness::run;
use super::server::Server;
use super::{LINUX, hashed, of, stages, text, version};
use crate::project::Project;

const NAME: &str = "registry.example";

/// Leads whoever asks for any server to a port of this machine.
struct Tunnel {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                thread::spawn(move || lead(client, server, &heard));
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn lead(mut client: TcpStream, server: u16, heard: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut lines = BufReader::new(client.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    // Nothing but what leads to TLS is waited for: all that comes before its answer is the question.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    heard.lock().unwrap().push(first);
    let mut server = TcpStream::connect(("127.0.0.1", server))?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let (mut back, mut answers) = (client.try_clone()?, server.try_clone()?);
    let answering = thread::spawn(move || {
        let copied = io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Write);
        copied
    });
    io::copy(&mut client, &mut server)?;
    server.shutdown(Shutdown::Write)?;
    answering.join().unwrap().map(drop)
}

/// An authority, and a certificate for the registry: `ca.pem`, `registry.pem`, `registry.key`.
fn certificates(folder: &Path) {
    let openssl = |words: &str| {
        let made = Command::new("openssl")
            .args(words.split(' '))
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    };
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {new} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"
    ));
    openssl(&format!(
        "req {new} -keyout registry.key -out registry.csr -subj /CN={NAME}"
    ));
    fs::write(folder.join("names"), format!("subjectAltName=DNS:{NAME}\n")).unwrap();
    openssl(
        "x509 -req -in registry.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out registry.pem",
    );
}

/// A project whose image goes to the registry, through the tunnel.
fn behind(tunnel: &Tunnel, authority: &Path) -> Project {
    let image = format!("[release.image]\nname = \"{NAME}/hello\"\n");
    of(Project::hello(), &format!("{LINUX}{image}"))
        .env("HTTPS_PROXY", tunnel.address())
        .env("NO_PROXY", "")
        .env("SSL_CERT_FILE", authority.to_str().unwrap())
}

#[test]
fn a_registry_behind_a_proxy_is_believed_by_the_authority_that_the_user_names() {
    let temp = tempfile::tempdir().unwrap();
    certificates(temp.path());
    let server = Server::by_tls(temp.path());
    let tunnel = Tunnel::to(server.port);
    let project = behind(&tunnel, &temp.path().join("ca.pem"));
    let ended = stages(&project, 0, &["--publish"]);
    assert_eq!(ended["push"].0, "done", "{ended:?}");
    let asked = tunnel.asked();
    let is_right = |line: &String| line == &format!("CONNECT {NAME}:443 HTTP/1.1");
    assert!(!asked.is_empty() && asked.iter().all(is_right), "{asked:?}");

    // Another client finds the same image, and by the same authority.
    fs::create_dir(temp.path().join("trusted")).unwrap();
    fs::copy(
        temp.path().join("ca.pem"),
        temp.path().join("trusted/ca.crt"),
    )
    .unwrap();
    let proxy = format!("HTTPS_PROXY={}", tunnel.address());
    let trusted = temp.path().join("trusted");
    let from = format!("docker://{NAME}/hello:{}", version(&project));
    let skopeo = [
        "skopeo",
        "--insecure-policy",
        "inspect",
        "--raw",
        "--cert-dir",
    ];
    let words = ["-u", "NO_PROXY", "-u", "no_proxy", &proxy]
        .into_iter()
        .chain(skopeo);
    let raw = run("env", words.chain([trusted.to_str().unwrap(), &from]));
    let record = project.json("dist/release.json")["image"].clone();
    assert_eq!(
        format!("sha256:{}", hashed(raw.as_bytes())),
        text(&record["digest"])
    );
}

#[test]
fn a_registry_whose_authority_nobody_trusts_gets_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    certificates(temp.path());
    certificates(other.path());
    let server = Server::by_tls(temp.path());
    let tunnel = Tunnel::to(server.port);
    let project = behind(&tunnel, &other.path().join("ca.pem"));
    project
        .run(&["release", "--publish", "-q"])
        .exits(4)
        .says(&format!("to {NAME}: https://{NAME}: "))
        .says("certificate")
        .says("SSL_CERT_FILE");
    assert!(!server.data().join("docker").exists());
}
