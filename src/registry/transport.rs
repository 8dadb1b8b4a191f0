//! One request, and its answer.
//!
//! A thread of its own waits for the server, so that a stop doesn't.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use ureq::http::{HeaderMap, Method, Request as HttpRequest};
use ureq::{Agent, SendBody};

use super::url::Url;
use crate::fetch::{Address, GLANCE, PATIENCE, WebProxies, agent, words};
use crate::host::Environment;
use crate::process::{Cancel, Reason};
use crate::secret::Secret;

/// More than any manifest: registries take 4 MiB.
const LARGEST: u64 = 8 << 20;
/// How many times an answer may lead elsewhere.
const REDIRECTS: usize = 5;

/// What is asked.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Only the server itself gets it, none that it leads to.
    pub(super) authorization: Option<Secret>,
    pub(super) body: Body,
}

/// What is sent.
#[derive(Debug)]
pub(super) enum Body {
    /// Nothing, and no length.
    None,
    /// Few bytes.
    Bytes(Vec<u8>),
    /// A part of a file.
    Part { file: File, start: u64, length: u64 },
}

impl Body {
    /// The same once more.
    fn again(&self) -> io::Result<Self> {
        Ok(match self {
            Self::None => Self::None,
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Part {
                file,
                start,
                length,
            } => Self::Part {
                file: file.try_clone()?,
                start: *start,
                length: *length,
            },
        })
    }
}

impl Request {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            authorization: None,
            body: Body::None,
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The same once more.
    pub(super) fn again(&self) -> io::Result<Self> {
        Ok(Self {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            authorization: self.authorization.clone(),
            body: self.body.again()?,
        })
    }
}

/// What is answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Where it came from.
    pub(super) url: Url,
}

impl Answer {
    /// The value of a header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub(super) fn headers<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let values = self.headers.get_all(name).into_iter();
        values.filter_map(|value| value.to_str().ok())
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// Nobody answers, or not as servers do.
    Unreachable { url: Url, silence: Silence },
    /// It leads elsewhere in a way that isn't followed.
    Led { url: Url, why: &'static str },
    /// A setting of the user's can't be followed.
    WebProxy { variable: &'static str },
    /// Everything is being stopped.
    Cancelled(Reason),
}

/// Why nothing is heard of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// Nobody listens there.
    #[error("{0}")]
    Refused(String),
    /// Anything else, as the system says it.
    #[error("{0}")]
    Broken(String),
}

impl Silence {
    fn of(reason: &dyn Display) -> Self {
        Self::Broken(reason.to_string())
    }
}

impl From<ureq::Error> for Silence {
    fn from(error: ureq::Error) -> Self {
        match &error {
            ureq::Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused => {
                Self::Refused(words(&error))
            }
            _ => Self::Broken(words(&error)),
        }
    }
}

impl From<io::Error> for Silence {
    fn from(error: io::Error) -> Self {
        Self::of(&error)
    }
}

/// Who asks servers.
pub(super) struct Transport {
    agent: Agent,
    proxies: WebProxies,
    cancel: Cancel,
}

enum Event {
    /// So many bytes of the body are on their way.
    Sent(u64),
    Answered(Result<Answer, Silence>),
}

impl Transport {
    pub(super) fn new(env: &Environment, cancel: &Cancel) -> Self {
        Self {
            agent: agent(),
            proxies: WebProxies::of(env),
            cancel: cancel.clone(),
        }
    }

    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Asks, and follows where answers lead that only ask for something. `on_sent` hears how many bytes of the body were
    /// handed on, again and again.
    pub(super) fn ask(
        &self,
        request: Request,
        on_sent: &mut dyn FnMut(u64),
    ) -> Result<Answer, NoAnswer> {
        let is_question = matches!(request.method, Method::GET | Method::HEAD);
        let mut request = request;
        for _ in 0..=REDIRECTS {
            let next = request
                .again()
                .map_err(|error| broken(&request.url, &error))?;
            let answer = self.ask_once(request, on_sent)?;
            let leads = is_question && matches!(answer.status, 301 | 302 | 303 | 307 | 308);
            let Some(location) = answer.header("location").filter(|_| leads) else {
                return Ok(answer);
            };
            request = led(next, location)?;
        }
        Err(NoAnswer::Led {
            url: request.url,
            why: "it leads from one place to the next without end",
        })
    }

    fn ask_once(&self, request: Request, on_sent: &mut dyn FnMut(u64)) -> Result<Answer, NoAnswer> {
        let url = request.url.clone();
        let (sender, events) = channel();
        let agent = self.agent.clone();
        let proxy = self.proxy(&url)?;
        let failed = sender.clone();
        let spawned = thread::Builder::new().spawn(move || {
            let answered = answered(&agent, proxy, request, &sender);
            // Nobody may listen any more.
            let _ = sender.send(Event::Answered(answered));
        });
        if let Err(error) = spawned {
            let _ = failed.send(Event::Answered(Err(error.into())));
        }
        drop(failed);
        self.wait(&url, &events, on_sent)
    }

    fn wait(
        &self,
        url: &Url,
        events: &Receiver<Event>,
        on_sent: &mut dyn FnMut(u64),
    ) -> Result<Answer, NoAnswer> {
        let mut last = Instant::now();
        loop {
            if let Some(reason) = self.cancel.reason() {
                return Err(NoAnswer::Cancelled(reason));
            }
            match events.recv_timeout(GLANCE) {
                Ok(Event::Sent(bytes)) => {
                    on_sent(bytes);
                    last = Instant::now();
                }
                Ok(Event::Answered(answered)) => {
                    return answered.map_err(|silence| NoAnswer::Unreachable {
                        url: url.clone(),
                        silence,
                    });
                }
                // The thread has limits of its own for each part of the way; together they are longer.
                Err(RecvTimeoutError::Timeout) if last.elapsed() < PATIENCE * 4 => {}
                Err(_) => return Err(broken(url, &"it doesn't go on")),
            }
        }
    }

    fn proxy(&self, url: &Url) -> Result<Option<ureq::Proxy>, NoAnswer> {
        use crate::fetch::FetchError;
        let address: Address = match url.origin().to_string().parse() {
            Ok(address) => address,
            Err(_) => return Ok(None),
        };
        self.proxies.between(&address).map_err(|error| match error {
            FetchError::WebProxy { variable } => NoAnswer::WebProxy { variable },
            error => broken(url, &error),
        })
    }
}

fn broken(url: &Url, reason: &dyn Display) -> NoAnswer {
    NoAnswer::Unreachable {
        url: url.clone(),
        silence: Silence::of(reason),
    }
}

/// The same question at the place that an answer leads to. Another server hears nothing of who asks, and none is
/// asked in the open that wasn't before.
fn led(request: Request, location: &str) -> Result<Request, NoAnswer> {
    let url = request.url.join(location);
    let url = url.map_err(|error| broken(&request.url, &error))?;
    if !request.url.origin().may_lead_to(url.origin()) {
        return Err(NoAnswer::Led {
            url: request.url,
            why: "it leads to an address without https",
        });
    }
    let is_same = url.origin() == request.url.origin();
    Ok(Request {
        authorization: request.authorization.filter(|_| is_same),
        url,
        ..request
    })
}

/// How a request gets to its server.
struct Way<'a> {
    agent: &'a Agent,
    proxy: Option<ureq::Proxy>,
    is_https: bool,
}

impl Way<'_> {
    fn run<B: ureq::AsSendBody>(
        self,
        request: HttpRequest<B>,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let config = self.agent.configure_request(request);
        let config = config.proxy(self.proxy).https_only(self.is_https);
        let config = config.max_redirects(0).max_redirects_will_error(false);
        self.agent.run(config.build())
    }
}

fn answered(
    agent: &Agent,
    proxy: Option<ureq::Proxy>,
    request: Request,
    sender: &Sender<Event>,
) -> Result<Answer, Silence> {
    let Request {
        method,
        url,
        headers,
        authorization,
        body,
    } = request;
    let is_head = method == Method::HEAD;
    let mut builder = HttpRequest::builder().method(method).uri(url.expose());
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    if let Some(authorization) = authorization {
        builder = builder.header("authorization", authorization.expose());
    }
    let no_address = |_| Silence::of(&"its address can't be asked");
    let way = Way {
        agent,
        proxy,
        is_https: url.origin().is_https(),
    };
    let response = match body_of(body, sender)? {
        None => way.run(builder.body(()).map_err(no_address)?),
        Some((body, length)) => {
            let builder = builder.header("content-length", length);
            way.run(builder.body(body).map_err(no_address)?)
        }
    };
    let (parts, body) = response?.into_parts();
    let mut bytes = Vec::new();
    if !is_head {
        let mut reader = body.into_reader().take(LARGEST + 1);
        reader.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(Silence::of(
                &"its answer is larger than what registries keep",
            ));
        }
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: bytes,
        url,
    })
}

/// What is sent, and how long it is.
fn body_of(body: Body, sender: &Sender<Event>) -> io::Result<Option<(SendBody<'static>, u64)>> {
    Ok(match body {
        Body::None => None,
        Body::Bytes(bytes) => {
            let length = bytes.len() as u64;
            Some((SendBody::from_owned_reader(io::Cursor::new(bytes)), length))
        }
        Body::Part {
            mut file,
            start,
            length,
        } => {
            file.seek(SeekFrom::Start(start))?;
            let counted = Counted {
                inner: file.take(length),
                sent: 0,
                sender: sender.clone(),
            };
            Some((SendBody::from_owned_reader(counted), length))
        }
    })
}

/// Tells how much was read of it.
struct Counted<R> {
    inner: R,
    sent: u64,
    sender: Sender<Event>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sent += count as u64;
        // Nobody listens after a stop: then nothing more is sent, either.
        let told = self.sender.send(Event::Sent(self.sent));
        told.map_err(|_| io::Error::other("stopped"))?;
        Ok(count)
    }
}
