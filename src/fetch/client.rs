//! Asks servers, and reads folders as if they were some.
//!
//! A thread of its own reads what comes, so that a stop doesn't wait for a server.

use std::fs::File;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use super::address::{Address, Scheme};
use super::agent::{GLANCE, PATIENCE, agent, words};
use super::error::FetchError;
use super::web_proxy::WebProxies;
use crate::host::Environment;
use crate::process::Cancel;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How much may wait to be taken.
const WAITING: usize = 16;

/// Takes what comes.
pub trait Sink {
    /// It starts to come; how much, if that is told.
    fn begin(&mut self, _length: Option<u64>) {}

    /// The next bytes.
    ///
    /// # Errors
    /// When they can't be kept.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Who asks servers.
pub struct Client {
    agent: OnceLock<ureq::Agent>,
    proxies: WebProxies,
    cancel: Cancel,
}

/// What the thread tells.
enum Event {
    Answer { status: u16, length: Option<u64> },
    Bytes(Vec<u8>),
    Broken(String),
    End,
}

impl Client {
    /// One that heeds the environment, and ends with a stop.
    #[must_use]
    pub fn new(env: &Environment, cancel: &Cancel) -> Self {
        Self {
            agent: OnceLock::new(),
            proxies: WebProxies::of(env),
            cancel: cancel.clone(),
        }
    }

    /// A small file.
    ///
    /// # Errors
    /// When it can't be had whole, or is larger than the limit.
    pub fn bytes(&self, address: &Address, limit: u64) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        self.get(address, limit, &mut bytes)?;
        Ok(bytes)
    }

    /// A file, to whoever takes it.
    ///
    /// # Errors
    /// When it can't be had whole, or is larger than the limit.
    pub fn get(
        &self,
        address: &Address,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<(), FetchError> {
        let (sender, events) = sync_channel(WAITING);
        match address.scheme() {
            Scheme::File => {
                let path = address.file();
                thread::spawn(move || ended(&sender, read_file(&path, &sender)));
            }
            Scheme::Http | Scheme::Https => {
                let request = self.request(address)?;
                thread::spawn(move || ended(&sender, read_answer(request, &sender)));
            }
        }
        Taking {
            address,
            limit,
            got: 0,
            length: None,
        }
        .take_all(&events, sink, &self.cancel)
    }

    fn request(
        &self,
        address: &Address,
    ) -> Result<ureq::RequestBuilder<ureq::typestate::WithoutBody>, FetchError> {
        let request = self.agent().get(address.to_string());
        let request = request
            .config()
            .proxy(self.proxies.between(address)?)
            .https_only(address.scheme() == Scheme::Https)
            .build();
        Ok(match address.authorization() {
            Some(value) => request.header("Authorization", value),
            None => request,
        })
    }

    fn agent(&self) -> &ureq::Agent {
        self.agent.get_or_init(agent)
    }
}

/// Tells how it ended; nobody may listen any more.
fn ended(sender: &SyncSender<Event>, end: Result<(), String>) {
    let _ = sender.send(match end {
        Ok(()) => Event::End,
        Err(reason) => Event::Broken(reason),
    });
}

fn read_file(path: &std::path::Path, sender: &SyncSender<Event>) -> Result<(), String> {
    let answer = |status, length| drop(sender.send(Event::Answer { status, length }));
    let metadata = match path.metadata() {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Err("it is no file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            answer(404, None);
            return Ok(());
        }
        Err(error) => return Err(error.to_string()),
    };
    let file = File::open(path).map_err(|error| error.to_string())?;
    answer(200, Some(metadata.len()));
    pass_on(file, sender)
}

fn read_answer(
    request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    sender: &SyncSender<Event>,
) -> Result<(), String> {
    let response = request.call().map_err(|error| words(&error))?;
    let status = response.status().as_u16();
    let body = response.into_body();
    let length = body.content_length();
    let _ = sender.send(Event::Answer { status, length });
    if status == 200 {
        pass_on(body.into_reader(), sender)?;
    }
    Ok(())
}

fn pass_on(mut bytes: impl Read, sender: &SyncSender<Event>) -> Result<(), String> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match bytes.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                let read = chunk.get(..count).unwrap_or_default();
                if sender.send(Event::Bytes(read.to_vec())).is_err() {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// A file on its way.
struct Taking<'a> {
    address: &'a Address,
    limit: u64,
    got: u64,
    length: Option<u64>,
}

impl Taking<'_> {
    fn take_all(
        &mut self,
        events: &Receiver<Event>,
        sink: &mut dyn Sink,
        cancel: &Cancel,
    ) -> Result<(), FetchError> {
        let mut last = Instant::now();
        loop {
            if let Some(reason) = cancel.reason() {
                return Err(FetchError::Cancelled(reason));
            }
            match events.recv_timeout(GLANCE) {
                Ok(Event::End) => return self.end(),
                Ok(event) => {
                    self.take(event, sink)?;
                    last = Instant::now();
                }
                Err(RecvTimeoutError::Timeout) if last.elapsed() < PATIENCE => {}
                Err(RecvTimeoutError::Timeout) => {
                    return Err(FetchError::Stalled {
                        address: self.address.clone(),
                        seconds: PATIENCE.as_secs(),
                    });
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.unreachable("the connection ended".to_owned()));
                }
            }
        }
    }

    fn take(&mut self, event: Event, sink: &mut dyn Sink) -> Result<(), FetchError> {
        let address = || self.address.clone();
        match event {
            Event::Answer {
                status: 200,
                length,
            } => {
                if length.is_some_and(|length| length > self.limit) {
                    return Err(self.too_large());
                }
                self.length = length;
                sink.begin(length);
            }
            Event::Answer {
                status: 404 | 410, ..
            } => return Err(FetchError::Missing(address())),
            Event::Answer { status, .. } => {
                let address = address();
                return Err(FetchError::Status { address, status });
            }
            Event::Bytes(bytes) => {
                self.got += bytes.len() as u64;
                if self.got > self.limit {
                    return Err(self.too_large());
                }
                let address = self.address;
                sink.take(&bytes).map_err(|error| FetchError::Write {
                    address: address.clone(),
                    error,
                })?;
            }
            Event::Broken(reason) => {
                // What came may be what there is of a file that was cut.
                self.end()?;
                return Err(self.unreachable(reason));
            }
            Event::End => {}
        }
        Ok(())
    }

    /// Whether all came that was announced.
    fn end(&self) -> Result<(), FetchError> {
        match self.length {
            Some(expected) if expected != self.got => Err(FetchError::Truncated {
                address: self.address.clone(),
                got: self.got,
                expected,
            }),
            _ => Ok(()),
        }
    }

    fn too_large(&self) -> FetchError {
        FetchError::TooLarge {
            address: self.address.clone(),
            limit: self.limit,
        }
    }

    fn unreachable(&self, reason: String) -> FetchError {
        let address = self.address.clone();
        FetchError::Unreachable { address, reason }
    }
}
