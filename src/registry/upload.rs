//! Sends one content in parts, and goes on where a connection broke.
//!
//! Source: OCI distribution specification v1.1, "Pushing a blob in chunks".

use std::fs::File;

use ureq::http::Method;

use super::auth::Purpose;
use super::client::{Client, Pauses, pause_of, refused};
use super::error::{RegistryFault, may_pass};
use super::journal::Journal;
use super::transport::{Answer, Body, Request};
use super::url::Url;
use crate::oci::Descriptor;

/// How much is sent at once: stores of registries take no parts below 5 MiB.
const CHUNK: u64 = 8 << 20;

/// A content on its way.
pub(super) struct Upload<'a> {
    pub(super) client: &'a Client,
    pub(super) journal: &'a mut Journal,
    pub(super) blob: &'a Descriptor,
    pub(super) file: &'a File,
}

/// Where it goes on.
#[derive(Clone, Debug)]
struct Place {
    url: Url,
    /// How much is there.
    offset: u64,
    /// How much the registry wants at once, at least.
    least: u64,
}

/// How a try ends that doesn't reach the end.
enum Broken {
    /// The same upload may go on.
    Passing(RegistryFault, Option<std::time::Duration>),
    /// The registry knows nothing of this upload any more.
    Lost(RegistryFault),
    /// Nothing helps.
    Final(RegistryFault),
}

impl From<RegistryFault> for Broken {
    fn from(fault: RegistryFault) -> Self {
        if fault.may_pass() {
            Self::Passing(fault, None)
        } else {
            Self::Final(fault)
        }
    }
}

impl Upload<'_> {
    /// Sends it. `on_sent` hears how much of it is there or on its way, which may become less when a connection
    /// breaks.
    pub(super) fn run(mut self, on_sent: &mut dyn FnMut(u64)) -> Result<(), RegistryFault> {
        let mut place = self.begun()?;
        let mut furthest = 0;
        let mut pauses = Pauses::new(self.client.retries());
        loop {
            let (fault, wanted) = match self.go_on(&mut place, on_sent) {
                Ok(()) => {
                    self.forget();
                    return Ok(());
                }
                Err(Broken::Final(fault)) => return Err(fault),
                Err(Broken::Passing(fault, wanted)) => (fault, wanted),
                Err(Broken::Lost(fault)) => {
                    self.forget();
                    place = None;
                    (fault, None)
                }
            };
            let reached = place.as_ref().map_or(0, |place| place.offset);
            if reached > furthest {
                furthest = reached;
                pauses = Pauses::new(self.client.retries());
            }
            if !self.client.pause(&mut pauses, wanted, fault.to_string())? {
                return Err(fault);
            }
            place = match place {
                Some(place) => self.status(&place)?,
                None => None,
            };
        }
    }

    fn forget(&mut self) {
        let repository = self.client.repository();
        self.journal.forget(repository, &self.blob.digest);
    }

    /// What an earlier push has begun.
    fn begun(&mut self) -> Result<Option<Place>, RegistryFault> {
        let repository = self.client.repository();
        let place = self.journal.place(repository, &self.blob.digest);
        let url: Option<Url> = place.and_then(|place| place.parse().ok());
        let Some(url) = url.filter(|url| self.client.may_lead_to(url)) else {
            return Ok(None);
        };
        let is_own = self.client.is_own(&url);
        let place = self.status(&Place {
            url,
            offset: 0,
            least: 0,
        });
        let place = match place {
            Ok(place) => place,
            // The registry itself was asked a moment ago: a store that nobody finds may be gone for good.
            Err(RegistryFault::Unreachable { .. }) if !is_own => None,
            // Another upload leads elsewhere.
            Err(RegistryFault::Led { .. } | RegistryFault::Answer { .. }) => None,
            Err(fault) => return Err(fault),
        };
        if place.is_none() {
            self.forget();
        }
        Ok(place)
    }

    /// How far an upload is; none where the registry doesn't know it any more. A server that is busy, or away, may know
    /// it again later.
    fn status(&self, place: &Place) -> Result<Option<Place>, RegistryFault> {
        let request = Request::new(Method::GET, place.url.clone());
        let answer = self.client.insist(&request, Purpose::Push)?;
        if may_pass(answer.status) {
            return Err(refused(&answer, PROGRESS));
        }
        if !answer.is_success() {
            return Ok(None);
        }
        let Some(offset) = received(&answer).filter(|offset| *offset <= self.blob.size) else {
            return Ok(None);
        };
        let url = moved(&answer, &place.url)?;
        Ok(Some(Place {
            url,
            offset,
            least: place.least,
        }))
    }

    fn go_on(
        &mut self,
        place: &mut Option<Place>,
        on_sent: &mut dyn FnMut(u64),
    ) -> Result<(), Broken> {
        let mut here = match place.take() {
            Some(place) => place,
            None => self.begin()?,
        };
        let ended = self.send(&mut here, on_sent);
        *place = Some(here);
        ended
    }

    fn begin(&mut self) -> Result<Place, Broken> {
        let request = Request::new(Method::POST, self.client.at("blobs/uploads/"));
        let request = request.body(Body::Bytes(Vec::new()));
        let answer = self.client.insist(&request, Purpose::Push)?;
        if answer.status != 202 {
            return Err(Broken::Final(refused(&answer, BEGINNING)));
        }
        let least = answer.header("oci-chunk-min-length");
        let place = Place {
            url: led(&answer, &request.url)?.ok_or(RegistryFault::Answer {
                what: BEGINNING,
                why: "doesn't say where it goes on",
            })?,
            offset: 0,
            least: least.and_then(|least| least.parse().ok()).unwrap_or(0),
        };
        self.note(&place);
        Ok(place)
    }

    fn send(&mut self, place: &mut Place, on_sent: &mut dyn FnMut(u64)) -> Result<(), Broken> {
        while place.offset < self.blob.size {
            self.send_chunk(place, on_sent)?;
        }
        self.finish(place)
    }

    fn send_chunk(
        &mut self,
        place: &mut Place,
        on_sent: &mut dyn FnMut(u64),
    ) -> Result<(), Broken> {
        let start = place.offset;
        let length = CHUNK.max(place.least).min(self.blob.size - start);
        let file = self.file.try_clone().map_err(RegistryFault::File)?;
        let last = start + length - 1;
        let request = Request::new(Method::PATCH, place.url.clone())
            .header("content-type", "application/octet-stream")
            .header("content-range", format!("{start}-{last}"))
            .body(Body::Part {
                file,
                start,
                length,
            });
        let mut on_part = |sent: u64| on_sent(start + sent);
        let answer = self.client.ask(request, Purpose::Push, &mut on_part)?;
        accepted(&answer, CHUNKS)?;
        // What it says that it has counts, not what was sent.
        let offset = received(&answer).unwrap_or(start + length);
        if offset <= start || offset > start + length {
            let why = "says that it has more, or less, than what was sent";
            let what = CHUNKS;
            return Err(Broken::Lost(RegistryFault::Answer { what, why }));
        }
        place.url = moved(&answer, &place.url)?;
        place.offset = offset;
        on_sent(offset);
        self.note(place);
        Ok(())
    }

    fn finish(&self, place: &Place) -> Result<(), Broken> {
        let url = place.url.with("digest", &self.blob.digest.to_string());
        let request = Request::new(Method::PUT, url)
            .header("content-type", "application/octet-stream")
            .body(Body::Bytes(Vec::new()));
        match self.client.ask(request, Purpose::Push, &mut |_| ()) {
            Ok(answer) => accepted(&answer, ENDING),
            // The answer may have been all that was lost.
            Err(fault) if fault.may_pass() => {
                let path = format!("blobs/{}", self.blob.digest);
                if self.client.has(&path, ENDING)? {
                    Ok(())
                } else {
                    Err(Broken::Passing(fault, None))
                }
            }
            Err(fault) => Err(Broken::Final(fault)),
        }
    }

    fn note(&mut self, place: &Place) {
        let repository = self.client.repository();
        let url = place.url.expose();
        self.journal.note(repository, &self.blob.digest, &url);
    }
}

fn accepted(answer: &Answer, what: &'static str) -> Result<(), Broken> {
    if answer.is_success() {
        return Ok(());
    }
    let fault = refused(answer, what);
    Err(match answer.status {
        400 | 404 | 410 | 416 => Broken::Lost(fault),
        _ if fault.may_pass() => Broken::Passing(fault, pause_of(answer)),
        _ => Broken::Final(fault),
    })
}

const BEGINNING: &str = "the beginning of an upload";
const CHUNKS: &str = "a part of an upload";
const PROGRESS: &str = "the question how far an upload is";
const ENDING: &str = "the end of an upload";

/// Where an upload goes on, if an answer tells it.
fn led(answer: &Answer, from: &Url) -> Result<Option<Url>, RegistryFault> {
    let Some(location) = answer.header("location") else {
        return Ok(None);
    };
    let url = from.join(location).ok();
    let url = url.filter(|url| from.origin().may_lead_to(url.origin()));
    url.map(Some).ok_or(RegistryFault::Answer {
        what: BEGINNING,
        why: "leads to what is no address with https",
    })
}

/// The same, or where it was already.
fn moved(answer: &Answer, from: &Url) -> Result<Url, RegistryFault> {
    Ok(led(answer, from)?.unwrap_or_else(|| from.clone()))
}

/// How much a registry says that it has: `0-1023` is 1024 bytes. It can't say that it has nothing but by the same
/// words as for one byte.
fn received(answer: &Answer) -> Option<u64> {
    bytes_in(answer.header("range")?)
}

fn bytes_in(range: &str) -> Option<u64> {
    let range = range.trim().trim_start_matches("bytes=");
    let (start, end) = range.split_once('-')?;
    let end: u64 = end.parse().ok()?;
    match (start, end) {
        ("0", 0) => Some(0),
        ("0", end) => end.checked_add(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_has_is_read_of_either_form() {
        for (range, expected) in [
            ("0-1023", Some(1024)),
            ("bytes=0-9", Some(10)),
            ("0-0", Some(0)),
            ("5-9", None),
            ("0-", None),
            ("", None),
            ("0-18446744073709551615", None),
        ] {
            assert_eq!(bytes_in(range), expected, "{range}");
        }
    }
}
