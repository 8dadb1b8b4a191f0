//! A registry that keeps what it got of a part when the connection breaks, as the specification allows, which
//! Debian's doesn't: it forgets the whole upload then.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use gobuildx::oci::Digest;

/// What it has.
#[derive(Default)]
pub(crate) struct Kept {
    uploads: Vec<Vec<u8>>,
    blobs: BTreeMap<String, Vec<u8>>,
    manifests: BTreeMap<String, Vec<u8>>,
    /// How many bytes of contents came, in all uploads.
    pub(crate) received: u64,
    /// How many uploads were begun.
    pub(crate) begun: usize,
}

pub(crate) struct Keeping {
    pub(crate) port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Keeping {
    /// One that cuts the first connection after so many bytes of a content.
    pub(crate) fn cutting_after(bytes: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::<Mutex<Kept>>::default();
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // One after the other, and what is wrong with one is no matter of the next.
                let _ = answer(client, &mut shared.lock().unwrap(), bytes);
            }
        });
        Self { port, kept }
    }

    pub(crate) fn kept<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.lock().unwrap())
    }
}

fn answer(client: TcpStream, kept: &mut Kept, cut_after: u64) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
    }
    let path = target.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_upload = path.contains("/uploads/");
    let mut body = Vec::new();
    let left = cut_after.saturating_sub(kept.received);
    let is_cut = method == "PATCH" && left > 0 && length > left;
    reader
        .take(if is_cut { left } else { length })
        .read_to_end(&mut body)?;
    let (status, headers) = match method {
        "POST" => {
            kept.uploads.push(Vec::new());
            kept.begun += 1;
            (
                202,
                format!(
                    "Location: /v2/x/blobs/uploads/{}\r\n",
                    kept.uploads.len() - 1
                ),
            )
        }
        "PATCH" | "GET" if is_upload => {
            kept.received += body.len() as u64;
            let upload = &mut kept.uploads[last.parse::<usize>().unwrap()];
            upload.extend(&body);
            let status = if method == "GET" { 204 } else { 202 };
            let end = upload.len().saturating_sub(1);
            (status, format!("Location: {path}\r\nRange: 0-{end}\r\n"))
        }
        "PUT" if is_upload => {
            let blob = kept.uploads[last.parse::<usize>().unwrap()].clone();
            let digest = Digest::of(&blob).to_string();
            let is_right = target.contains(&digest.replace(':', "%3A"));
            kept.blobs.insert(digest, blob);
            (if is_right { 201 } else { 400 }, String::new())
        }
        "HEAD" => (
            if kept.blobs.contains_key(&last) {
                200
            } else {
                404
            },
            String::new(),
        ),
        "PUT" => {
            kept.manifests.insert(last, body);
            (201, String::new())
        }
        _ => return manifest(&client, kept.manifests.get(&last)),
    };
    if is_cut {
        return client.shutdown(Shutdown::Both);
    }
    let answer =
        format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
    (&client).write_all(answer.as_bytes())
}

fn manifest(mut client: &TcpStream, manifest: Option<&Vec<u8>>) -> io::Result<()> {
    let (status, bytes) = manifest.map_or((404, &[][..]), |bytes| (200, bytes));
    let mut head = String::new();
    write!(
        head,
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    )
    .unwrap();
    client.write_all(head.as_bytes())?;
    client.write_all(bytes)
}
