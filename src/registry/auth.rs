//! Tells a registry who asks, in the way that it wants.
//!
//! Nothing is told before a registry asks. It is told to that registry alone, and to whoever it names for
//! tokens; that has to be by TLS, unless the registry itself is on this machine.
//!
//! Source: RFC 7617; "Token Authentication Specification" and "Oauth2 Token Authentication" of Docker's registry.

use data_encoding::BASE64;
use serde::Deserialize;
use ureq::http::Method;
use zeroize::Zeroizing;

use super::challenge::{Bearer, Challenge, challenge};
use super::credentials::Credentials;
use super::error::RegistryFault;
use super::said::Said;
use super::transport::{Answer, Body, Request, Transport};
use super::url::{Origin, Url, encoded};
use crate::secret::{Secret, conceal};

/// What a token is for, where the registry doesn't say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To look.
    Pull,
    /// To look and to send.
    Push,
}

impl Purpose {
    fn actions(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "pull,push",
        }
    }
}

/// Who asks, where, and what for.
pub(super) struct Asking<'a> {
    pub(super) transport: &'a Transport,
    pub(super) origin: &'a Origin,
    pub(super) repository: &'a str,
    pub(super) purpose: Purpose,
    pub(super) credentials: &'a Credentials,
}

/// The answer of whoever gives tokens.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Asking<'_> {
    /// The header that answers a registry which wants to know who asks.
    pub(super) fn header(&self, refusal: &Answer) -> Result<Secret, RegistryFault> {
        let unauthorized = |was_told| RegistryFault::Unauthorized {
            was_told,
            said: Said::of(&refusal.body),
        };
        let wanted = challenge(refusal.headers("www-authenticate"));
        match (wanted, self.credentials) {
            (_, Credentials::Bearer(token)) => header("Bearer", token),
            (Some(Challenge::Bearer(wanted)), _) => header("Bearer", &self.token(&wanted)?),
            (Some(Challenge::Basic), Credentials::Password { user, password }) => {
                basic(user, password)
            }
            (Some(Challenge::Basic), _) => Err(unauthorized(false)),
            (None, credentials) => Err(unauthorized(*credentials != Credentials::Nobody)),
        }
    }

    fn token(&self, wanted: &Bearer) -> Result<Secret, RegistryFault> {
        let what = "the question who asks";
        let answer_fault = |why| RegistryFault::Answer { what, why };
        let realm: Url = wanted
            .realm
            .parse()
            .map_err(|_| answer_fault("names no address for tokens"))?;
        if !self.origin.may_lead_to(realm.origin()) {
            return Err(RegistryFault::Realm);
        }
        let server = realm.to_string();
        let request = self.question(realm, wanted)?;
        let answer = self.transport.ask(request, &mut |_| ())?;
        if !answer.is_success() {
            return Err(RegistryFault::Token {
                server,
                status: answer.status,
                said: Said::of(&answer.body),
            });
        }
        let token: Option<Token> = serde_json::from_slice(&answer.body).ok();
        let token = token.and_then(|token| token.token.or(token.access_token));
        let is_token = |token: &String| {
            let is_word = |byte: u8| byte.is_ascii_graphic();
            !token.is_empty() && token.bytes().all(is_word)
        };
        let token = token.filter(is_token);
        token
            .map(Secret::from)
            .ok_or_else(|| answer_fault("leads to no token"))
    }

    fn question(&self, realm: Url, wanted: &Bearer) -> Result<Request, RegistryFault> {
        let scope = self.scope(wanted);
        let service = wanted.service.as_deref();
        if let Credentials::Identity(token) = self.credentials {
            let service = service.unwrap_or_default();
            let form = [
                ("grant_type", b"refresh_token".as_slice()),
                ("service", service.as_bytes()),
                ("client_id", b"gobuildx"),
                ("scope", scope.as_bytes()),
                ("refresh_token", token.expose()),
            ];
            let pairs = form.map(|(name, value)| format!("{name}={}", encoded(value)));
            return Ok(Request::new(Method::POST, realm)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::Bytes(pairs.join("&").into_bytes())));
        }
        let realm = service.map_or(realm.clone(), |service| realm.with("service", service));
        let mut request = Request::new(Method::GET, realm.with("scope", &scope));
        if let Credentials::Password { user, password } = self.credentials {
            request.authorization = Some(basic(user, password)?);
        }
        Ok(request)
    }

    /// What the token is for. What the registry wants for one question may be too little for the next.
    fn scope(&self, wanted: &Bearer) -> String {
        let own = format!("repository:{}:{}", self.repository, self.purpose.actions());
        match &wanted.scope {
            Some(scope) if !scope.starts_with(&format!("repository:{}:", self.repository)) => {
                format!("{own} {scope}")
            }
            _ => own,
        }
    }
}

fn basic(user: &str, password: &Secret) -> Result<Secret, RegistryFault> {
    let both = Zeroizing::new([user.as_bytes(), b":", password.expose()].concat());
    header("Basic", &Secret::from(BASE64.encode(&both)))
}

/// A header whose secret is shown nowhere from now on: not even where a server repeats it without what stands before it.
fn header(scheme: &str, secret: &Secret) -> Result<Secret, RegistryFault> {
    let header = [scheme.as_bytes(), b" ", secret.expose()].concat();
    conceal([secret])?;
    Ok(Secret::from(header))
}
