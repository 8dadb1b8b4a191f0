//! A server that answers as a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a path is answered with.
#[derive(Clone)]
pub enum Answer {
    /// A file.
    File(Vec<u8>),
    /// A file of which less comes than is announced.
    Cut(Vec<u8>, usize),
    /// A length, and nothing of that length.
    Announced(u64),
    /// A length, and nothing until the client goes.
    Silent(u64),
    /// A status without anything.
    Status(u16),
    /// Another address.
    Moved(String),
}

/// A path, and the header that tells who asks for it.
pub type Asked = (String, Option<String>);

/// A server on this machine; paths that it doesn't know are answered with 404.
pub struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn start(answers: BTreeMap<String, Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (answers, noted) = (Arc::new(answers), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, noted) = (Arc::clone(&answers), Arc::clone(&noted));
                thread::spawn(move || answer(stream, &answers, &noted));
            }
        });
        Self { port, asked }
    }

    /// Its address, with user and password.
    pub fn url(&self, user: &str) -> String {
        format!("http://{user}127.0.0.1:{}", self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    answers: &BTreeMap<String, Answer>,
    asked: &Mutex<Vec<Asked>>,
) -> Option<()> {
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    let head: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = head
        .first()?
        .split(' ')
        .nth(1)?
        .strip_prefix('/')?
        .to_owned();
    let user = head.iter().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization")
            .then(|| value.to_owned())
    });
    asked.lock().ok()?.push((path.clone(), user));
    let start =
        |status: u16, more: &str| format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{more}\r\n");
    let length = |length: u64| start(200, &format!("Content-Length: {length}\r\n"));
    let (head, body): (String, &[u8]) = match answers.get(&path) {
        None => (start(404, "Content-Length: 0\r\n"), &[]),
        Some(Answer::Status(status)) => (start(*status, "Content-Length: 0\r\n"), &[]),
        Some(Answer::Moved(to)) => {
            let more = format!("Location: {to}\r\nContent-Length: 0\r\n");
            (start(302, &more), &[])
        }
        Some(Answer::File(bytes)) => (length(bytes.len() as u64), bytes),
        Some(Answer::Cut(bytes, count)) => (length(bytes.len() as u64), &bytes[..*count]),
        Some(Answer::Announced(count) | Answer::Silent(count)) => (length(*count), &[]),
    };
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    if let Some(Answer::Silent(_)) = answers.get(&path) {
        // Until the client goes.
        let mut reader = BufReader::new(&mut stream);
        while reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
            let count = reader.buffer().len();
            reader.consume(count);
        }
    }
    Some(())
}
