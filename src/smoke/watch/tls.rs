//! TLS to a service: whom to believe.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore};
use rustls::{SignatureScheme, StreamOwned};

use super::in_time::InTime;

/// As what a service on the loopback proves itself.
const NAME: &str = "localhost";

/// What makes TLS connections.
pub(super) struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// With trust in these certificates, as PEM; without any, whoever answers is believed.
    pub(super) fn new(trusted: Option<&str>) -> io::Result<Self> {
        let provider = Arc::new(rustls_graviola::default_provider());
        let trust: Arc<dyn ServerCertVerifier> = match trusted {
            Some(pem) => Arc::new(Trust::new(pem, &provider)?),
            None => Arc::new(Anyone(Arc::clone(&provider))),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(trust)
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// A connection over another one.
    pub(super) fn over(&self, stream: InTime) -> io::Result<impl Read + Write> {
        let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
        let tls = ClientConnection::new(Arc::clone(&self.config), name);
        Ok(StreamOwned::new(tls.map_err(io::Error::other)?, stream))
    }
}

/// Believes whom the certificates prove, and the certificates themselves: one that signed itself proves a service,
/// too, as in Go.
#[derive(Debug)]
struct Trust {
    known: Vec<CertificateDer<'static>>,
    proof: Arc<WebPkiServerVerifier>,
}

impl Trust {
    fn new(pem: &str, provider: &Arc<CryptoProvider>) -> io::Result<Self> {
        let known: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let known = known.map_err(io::Error::other)?;
        let mut roots = RootCertStore::empty();
        for certificate in &known {
            roots.add(certificate.clone()).map_err(io::Error::other)?;
        }
        let roots = Arc::new(roots);
        let proof = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
        Ok(Self {
            known,
            proof: proof.build().map_err(io::Error::other)?,
        })
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        service: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let proof = &self.proof;
        let proven = proof.verify_server_cert(service, others, name, ocsp, now);
        let is_known = self.known.iter().any(|known| known == service);
        if is_known && proven.as_ref().is_err_and(|error| !is_about_time(error)) {
            let parsed = ParsedCertificate::try_from(service)?;
            verify_server_name(&parsed, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        proven
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        service: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let proof = &self.proof;
        proof.verify_tls12_signature(message, service, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        service: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let proof = &self.proof;
        proof.verify_tls13_signature(message, service, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.proof.supported_verify_schemes()
    }
}

fn is_about_time(error: &rustls::Error) -> bool {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }
        )
    )
}

/// Believes everybody: on a network that nobody else has, it can only be the program.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = self.0.signature_verification_algorithms;
        known.supported_schemes()
    }
}
