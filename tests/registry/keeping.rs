//! A registry that keeps what it got of a part when the connection breaks, as the specification allows, which
//! Debian's doesn't: it forgets the whole upload then.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use gobuildx::oci::Digest;

use super::proxy::{Seen, read_head};

/// What it has.
#[derive(Default)]
pub(crate) struct Kept {
    uploads: Vec<Vec<u8>>,
    blobs: BTreeSet<String>,
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
                let _ = answer(&client, &mut shared.lock().unwrap(), bytes);
            }
        });
        Self { port, kept }
    }

    pub(crate) fn kept<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.lock().unwrap())
    }
}

fn answer(mut client: &TcpStream, kept: &mut Kept, cut_after: u64) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let (_, seen, length) = read_head(&mut reader)?;
    let left = cut_after.saturating_sub(kept.received);
    let is_cut = seen.method == "PATCH" && left > 0 && length > left;
    let mut body = Vec::new();
    let taken = if is_cut { left } else { length };
    reader.take(taken).read_to_end(&mut body)?;
    let answer = kept.answer(&seen, body);
    if is_cut {
        return client.shutdown(Shutdown::Both);
    }
    let head = format!(
        "HTTP/1.1 {} X\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.headers,
        answer.body.len()
    );
    client.write_all(head.as_bytes())?;
    client.write_all(&answer.body)
}

struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

fn plain(status: u16, headers: String) -> Answer {
    Answer {
        status,
        headers,
        body: Vec::new(),
    }
}

impl Kept {
    fn answer(&mut self, seen: &Seen, body: Vec<u8>) -> Answer {
        let last = seen.path.rsplit('/').next().unwrap().to_owned();
        let is_upload = seen.path.contains("/uploads/");
        match seen.method.as_str() {
            "POST" => {
                self.uploads.push(Vec::new());
                self.begun += 1;
                let number = self.uploads.len() - 1;
                plain(202, format!("Location: /v2/x/blobs/uploads/{number}\r\n"))
            }
            "PATCH" | "GET" if is_upload => {
                self.received += body.len() as u64;
                let upload = &mut self.uploads[last.parse::<usize>().unwrap()];
                upload.extend(&body);
                let status = if seen.method == "GET" { 204 } else { 202 };
                let end = upload.len().saturating_sub(1);
                plain(status, format!("Range: 0-{end}\r\n"))
            }
            "PUT" if is_upload => {
                let blob = self.uploads[last.parse::<usize>().unwrap()].clone();
                let digest = Digest::of(&blob).to_string();
                let is_right = seen.query.contains(&digest.replace(':', "%3A"));
                self.blobs.insert(digest);
                plain(if is_right { 201 } else { 400 }, String::new())
            }
            "HEAD" if self.blobs.contains(&last) => plain(200, String::new()),
            "PUT" => {
                self.manifests.insert(last, body);
                plain(201, String::new())
            }
            _ => match self.manifests.get(&last) {
                Some(body) => Answer {
                    body: body.clone(),
                    ..plain(200, String::new())
                },
                None => plain(404, String::new()),
            },
        }
    }
}
