//! How servers are talked to: whom to believe, how long to wait, what is told of what went wrong.

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long nothing may come.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How long one file may take.
const LONGEST: Duration = Duration::from_hours(1);
/// How often a stop is looked for.
pub(crate) const GLANCE: Duration = Duration::from_millis(100);

/// Who asks servers. It stands behind no proxy unless a request says so, and takes any status for an answer.
pub(crate) fn agent() -> ureq::Agent {
    let provider = Arc::new(rustls_graviola::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(system_certificates())
        .unversioned_rustls_crypto_provider(provider);
    let config = ureq::Agent::config_builder()
        .tls_config(tls.build())
        .proxy(None)
        .http_status_as_error(false)
        .user_agent(concat!("gobuildx/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_per_read(Some(PATIENCE))
        .timeout_per_write(Some(PATIENCE))
        .timeout_global(Some(LONGEST));
    ureq::Agent::new_with_config(config.build())
}

/// Those that this system trusts, or that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. Where there are none, no
/// server with TLS is believed.
fn system_certificates() -> RootCerts {
    let loaded = rustls_native_certs::load_native_certs();
    let certificates = loaded
        .certs
        .iter()
        .map(|it| Certificate::from_der(it).to_owned());
    RootCerts::new_with_certs(&certificates.collect::<Vec<_>>())
}

/// What went wrong. An address that a server leads to may have secrets in it.
pub(crate) fn words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            "it leads to what is no address".to_owned()
        }
        ureq::Error::RequireHttpsOnly(_) => "it leads to an address without https".to_owned(),
        error => error.to_string(),
    }
}
