//! The configuration of rustls that the crate makes itself.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use secrecy::ExposeSecret;

use super::texts::{BAD_IDENTITY, BAD_ROOT, NO_ROOT};
use super::{ClientCertificate, TlsSettings, unusable};
use crate::error::{Error, Result};

/// The configuration of these settings.
pub(super) fn new(settings: &TlsSettings) -> Result<ClientConfig> {
    let failed = |error: rustls::Error| unusable("TLS cannot be set up").with_source(error);
    let provider = match CryptoProvider::get_default() {
        Some(installed) => installed.clone(),
        None => Arc::new(own_provider()?),
    };
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let roots = roots(&settings.roots)?;
    let config = if settings.only_these {
        // Without those of the operating system, which take some milliseconds to load.
        let mut trusted = RootCertStore::empty();
        for root in roots {
            trusted.add(root).map_err(malformed)?;
        }
        config.with_root_certificates(trusted)
    } else {
        let verifier = if roots.is_empty() {
            Verifier::new(provider).map_err(failed)?
        } else {
            with_extra(roots, provider)?
        };
        config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
    };
    let config = match &settings.client_certificate {
        None => config.with_no_client_auth(),
        Some(certificate) => {
            let (chain, key) = identity(certificate)?;
            config
                .with_client_auth_cert(chain, key)
                .map_err(|error| unusable(BAD_IDENTITY).with_source(error))?
        }
    };
    Ok(with_protocols(config))
}

/// Offers the versions of HTTP that the crate speaks, unless the configuration offers some.
pub(super) fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    if config.alpn_protocols.is_empty() {
        if cfg!(feature = "http2") {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
    }
    config
}

/// Installs our provider for the process if the application has installed none: reqwest takes no other, and panics without
/// one.
pub(super) fn install_provider() -> Result<()> {
    if CryptoProvider::get_default().is_none() {
        // Fails if another thread was faster, which is as good.
        own_provider()?.install_default().ok();
    }
    Ok(())
}

/// The provider that the features of this crate choose. aws-lc-rs is compiled in only by a feature, so it goes first.
#[cfg(feature = "rustls-aws-lc")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a provider feature there is none"
)]
fn own_provider() -> Result<CryptoProvider> {
    Ok(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(all(feature = "rustls", not(feature = "rustls-aws-lc")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a provider feature there is none"
)]
fn own_provider() -> Result<CryptoProvider> {
    Ok(rustls::crypto::ring::default_provider())
}

#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc")))]
fn own_provider() -> Result<CryptoProvider> {
    Err(unusable(
        "no TLS crypto provider: install one with rustls, or use the feature `rustls` or `rustls-aws-lc`",
    ))
}

/// The verifier of the operating system, which trusts these too.
#[cfg(not(target_os = "android"))]
fn with_extra(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier> {
    Verifier::new_with_extra_roots(roots, provider).map_err(malformed)
}

#[cfg(target_os = "android")]
fn with_extra(_: Vec<CertificateDer<'static>>, _: Arc<CryptoProvider>) -> Result<Verifier> {
    Err(unusable(
        "Android's certificate verifier takes no further root certificates: install them in the system, or trust no others with \
         `ClientBuilder::root_certificates_only`",
    ))
}

fn roots(texts: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for text in texts {
        let before = roots.len();
        for root in CertificateDer::pem_slice_iter(text) {
            roots.push(root.map_err(|error| unusable(NO_ROOT).with_source(error))?);
        }
        if roots.len() == before {
            return Err(unusable(NO_ROOT));
        }
    }
    Ok(roots)
}

fn malformed(error: rustls::Error) -> Error {
    unusable(BAD_ROOT).with_source(error)
}

fn identity(
    certificate: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let refused = |error| unusable(BAD_IDENTITY).with_source(error);
    let chain = CertificateDer::pem_slice_iter(&certificate.chain)
        .collect::<Result<Vec<_>, _>>()
        .map_err(refused)?;
    let key = PrivateKeyDer::from_pem_slice(certificate.key.expose_secret()).map_err(refused)?;
    if chain.is_empty() {
        return Err(unusable(BAD_IDENTITY));
    }
    Ok((chain, key))
}
