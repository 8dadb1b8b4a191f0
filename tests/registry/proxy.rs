//! Stands before a registry, notes what is asked, and cuts connections when it is told to.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request that came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Without its query.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) range: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) host: String,
    /// Its body, where it isn't passed on.
    pub(crate) body: String,
    /// How many bytes of its body were passed on.
    pub(crate) passed: u64,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is passed on, and so is its answer.
    Passes,
    /// So many bytes of its body are passed on, then both ends are cut.
    Cut(u64),
    /// It is passed on, and its answer isn't.
    AnswerLost,
    /// It is answered at once.
    Answered(Reply),
}

/// An answer: its status, a header, and its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) header: String,
    pub(crate) body: String,
}

type Decide = dyn Fn(&Seen, usize) -> Fate + Send + Sync;

/// A proxy that decides by what is asked, and by how many requests of that method came before.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Proxy {
    pub(crate) fn before(
        upstream: u16,
        decide: impl Fn(&Seen, usize) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let decide: Arc<Decide> = Arc::new(decide);
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (noted, decide) = (Arc::clone(&noted), Arc::clone(&decide));
                // Each connection is one request: the answer says that it is closed.
                thread::spawn(move || serve(&client, upstream, &noted, &*decide));
            }
        });
        Self { port, seen }
    }

    /// All that came so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Forgets what came so far.
    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }
}

fn serve(
    client: &TcpStream,
    upstream: u16,
    noted: &Mutex<Vec<Seen>>,
    decide: &Decide,
) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let (head, mut seen, length) = read_head(&mut reader)?;
    let fate = {
        let mut all = noted.lock().unwrap();
        let before = all.iter().filter(|one| one.method == seen.method).count();
        let fate = decide(&seen, before);
        seen.passed = match fate {
            Fate::Cut(bytes) => bytes.min(length),
            Fate::Answered(_) => 0,
            Fate::Passes | Fate::AnswerLost => length,
        };
        if matches!(fate, Fate::Answered(_)) {
            let mut body = Vec::new();
            reader.by_ref().take(length).read_to_end(&mut body)?;
            seen.body = String::from_utf8_lossy(&body).into_owned();
        }
        all.push(seen.clone());
        fate
    };
    if let Fate::Answered(Reply {
        status,
        header,
        body,
    }) = fate
    {
        let end = if header.is_empty() { "" } else { "\r\n" };
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{header}{end}\r\n{body}",
            body.len()
        );
        return (&mut &*client).write_all(answer.as_bytes());
    }
    let mut server = TcpStream::connect(("127.0.0.1", upstream))?;
    server.write_all(head.as_bytes())?;
    io::copy(&mut reader.by_ref().take(seen.passed), &mut server)?;
    match fate {
        Fate::Cut(_) => {
            server.shutdown(Shutdown::Both)?;
            client.shutdown(Shutdown::Both)
        }
        Fate::AnswerLost => {
            io::copy(&mut server, &mut io::sink())?;
            client.shutdown(Shutdown::Both)
        }
        Fate::Passes | Fate::Answered(_) => io::copy(&mut server, &mut &*client).map(drop),
    }
}

/// The head of a request as it is passed on, what is noted of it, and how long its body is.
pub(crate) fn read_head(reader: &mut BufReader<&TcpStream>) -> io::Result<(String, Seen, u64)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut seen = Seen {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        range: None,
        authorization: None,
        host: String::new(),
        body: String::new(),
        passed: 0,
    };
    let mut head = line.clone();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-range" => seen.range = Some(value.to_owned()),
            "authorization" => seen.authorization = Some(value.to_owned()),
            "host" => value.clone_into(&mut seen.host),
            "connection" => continue,
            _ => {}
        }
        head.push_str(&header);
    }
    head.push_str("Connection: close\r\n\r\n");
    Ok((head, seen, length))
}
