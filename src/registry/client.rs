//! Talks to one repository of a registry: says who asks, and asks again where that may help.

use std::cell::RefCell;
use std::time::Duration;

use ureq::http::Method;

use super::auth::{Asking, Purpose};
use super::credentials::{Credentials, Logins};
use super::error::{RegistryFault, may_pass};
use super::said::Said;
use super::transport::{Answer, Request, Transport};
use super::url::{Origin, Url};
use crate::host::Host;
use crate::oci::Repository;
use crate::process::Cancel;
use crate::secret::{Secret, conceal};

/// No server is waited for longer between two questions, whatever it says.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How often, and after which time, the same is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often at most.
    pub most: u32,
    /// The first pause; each next one is twice as long.
    pub pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            most: 4,
            pause: Duration::from_secs(1),
        }
    }
}

/// Something is asked again a little later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Why: what the registry answered, or that it didn't.
    pub why: String,
    /// When.
    pub pause: Duration,
}

/// Who talks to a repository.
pub struct Client {
    transport: Transport,
    logins: Logins,
    repository: Repository,
    origin: Origin,
    retries: Retries,
    on_waiting: Box<dyn Fn(&Waiting)>,
    who: RefCell<Who>,
}

/// What is known of who asks.
#[derive(Default)]
struct Who {
    credentials: Option<Credentials>,
    /// What convinced the registry the last time.
    header: Option<Secret>,
}

impl Client {
    /// One that heeds the user's environment, and ends with a stop.
    #[must_use]
    pub fn new(repository: &Repository, host: &Host, cancel: &Cancel) -> Self {
        Self {
            transport: Transport::new(&host.env, cancel),
            logins: Logins::of(host),
            origin: Origin::of(repository.registry()),
            repository: repository.clone(),
            retries: Retries::default(),
            on_waiting: Box::new(|_| ()),
            who: RefCell::default(),
        }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn retrying(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// The same, and somebody hears of each pause.
    #[must_use]
    pub fn on_waiting(mut self, hear: impl Fn(&Waiting) + 'static) -> Self {
        self.on_waiting = Box::new(hear);
        self
    }

    /// The repository.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    pub(super) fn retries(&self) -> Retries {
        self.retries
    }

    /// Whether the registry may lead to an address.
    pub(super) fn may_lead_to(&self, url: &Url) -> bool {
        self.origin.may_lead_to(url.origin())
    }

    /// Whether an address is the registry's own.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == &self.origin
    }

    /// An address below the repository's.
    pub(super) fn at(&self, path: &str) -> Url {
        self.origin
            .at(format!("/v2/{}/{path}", self.repository.path()))
    }

    /// Asks once, or twice if the registry wants to know who does. Whatever it answers then is returned, unless it
    /// doesn't believe.
    pub(super) fn ask(
        &self,
        request: Request,
        purpose: Purpose,
        on_sent: &mut dyn FnMut(u64),
    ) -> Result<Answer, RegistryFault> {
        // Who asks is no matter of others, such as a store that uploads are led to.
        let is_own = self.is_own(&request.url);
        let again = request.again().map_err(RegistryFault::File)?;
        let tried = self.who.borrow().header.clone().filter(|_| is_own);
        let answer = self.transport.ask(
            Request {
                authorization: tried,
                ..request
            },
            on_sent,
        )?;
        if answer.status != 401 || !self.is_own(&answer.url) {
            return Ok(answer);
        }
        let header = self.convincing(&answer, purpose)?;
        self.who.borrow_mut().header = Some(header.clone());
        let answer = self.transport.ask(
            Request {
                authorization: Some(header),
                ..again
            },
            on_sent,
        )?;
        if answer.status == 401 {
            self.who.borrow_mut().header = None;
            let who = self.who.borrow();
            return Err(RegistryFault::Unauthorized {
                was_told: who.credentials != Some(Credentials::Nobody),
                said: Said::of(&answer.body),
            });
        }
        Ok(answer)
    }

    fn convincing(&self, refusal: &Answer, purpose: Purpose) -> Result<Secret, RegistryFault> {
        let credentials = self.credentials()?;
        let asking = Asking {
            transport: &self.transport,
            origin: &self.origin,
            repository: self.repository.path(),
            purpose,
            credentials: &credentials,
        };
        asking.header(refusal)
    }

    fn credentials(&self) -> Result<Credentials, RegistryFault> {
        if let Some(known) = self.who.borrow().credentials.clone() {
            return Ok(known);
        }
        let found = self
            .logins
            .find(&self.repository, self.transport.cancel())?;
        conceal(found.secret())?;
        self.who.borrow_mut().credentials = Some(found.clone());
        Ok(found)
    }

    /// Asks, and again while the server is busy or can't be reached. It is asked only for what may happen twice.
    pub(super) fn insist(
        &self,
        request: &Request,
        purpose: Purpose,
    ) -> Result<Answer, RegistryFault> {
        let mut pauses = Pauses::new(self.retries);
        loop {
            let again = request.again().map_err(RegistryFault::File)?;
            match self.ask(again, purpose, &mut |_| ()) {
                Ok(answer) if may_pass(answer.status) => {
                    let why = format!("status {}", answer.status);
                    if !self.pause(&mut pauses, pause_of(&answer), why)? {
                        return Ok(answer);
                    }
                }
                Err(fault) if fault.may_pass() => {
                    if !self.pause(&mut pauses, None, fault.to_string())? {
                        return Err(fault);
                    }
                }
                ended => return ended,
            }
        }
    }

    /// Waits before something is tried again; whether it should be.
    pub(super) fn pause(
        &self,
        pauses: &mut Pauses,
        wanted: Option<Duration>,
        why: String,
    ) -> Result<bool, RegistryFault> {
        let Some(pause) = pauses.next(wanted) else {
            return Ok(false);
        };
        (self.on_waiting)(&Waiting { why, pause });
        match self.transport.cancel().wait(pause) {
            None => Ok(true),
            Some(reason) => Err(RegistryFault::Cancelled(reason)),
        }
    }

    /// Whether there is something at an address below the repository's.
    pub(super) fn has(&self, path: &str, what: &'static str) -> Result<bool, RegistryFault> {
        let request = Request::new(Method::HEAD, self.at(path));
        let answer = self.insist(&request, Purpose::Push)?;
        match answer.status {
            200 => Ok(true),
            404 => Ok(false),
            _ => Err(refused(&answer, what)),
        }
    }
}

/// The pauses between tries.
pub(super) struct Pauses {
    left: u32,
    next: Duration,
}

impl Pauses {
    pub(super) fn new(retries: Retries) -> Self {
        Self {
            left: retries.most,
            next: retries.pause,
        }
    }

    /// The next one; none where it was tried often enough.
    fn next(&mut self, wanted: Option<Duration>) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let pause = wanted.unwrap_or(self.next).min(LONGEST_PAUSE);
        self.next = self.next.saturating_mul(2);
        Some(pause)
    }
}

/// How long a busy server wants to be left alone, if it says so in seconds.
pub(super) fn pause_of(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Why an answer isn't the one that was wanted.
pub(super) fn refused(answer: &Answer, what: &'static str) -> RegistryFault {
    let said = Said::of(&answer.body);
    match answer.status {
        401 => RegistryFault::Unauthorized {
            was_told: true,
            said,
        },
        403 => RegistryFault::Forbidden(said),
        404 => RegistryFault::Missing {
            what: "such repository, or no such thing in it".to_owned(),
            said,
        },
        status => RegistryFault::Refused { what, status, said },
    }
}
