//! The settings as options of reqwest, which makes the configuration itself.

use secrecy::ExposeSecret;

use super::texts::{BAD_IDENTITY, BAD_ROOT, NO_ROOT};
use super::{ClientCertificate, TlsSettings, unusable};
use crate::error::Result;

/// Hands the certificates to reqwest.
pub(super) fn set(
    mut http: reqwest::ClientBuilder,
    settings: &TlsSettings,
) -> Result<reqwest::ClientBuilder> {
    let mut roots = Vec::new();
    for text in &settings.roots {
        let found = reqwest::Certificate::from_pem_bundle(text)
            .map_err(|error| unusable(BAD_ROOT).with_source(error))?;
        if found.is_empty() {
            return Err(unusable(NO_ROOT));
        }
        roots.extend(found);
    }
    if settings.only_these {
        http = http.tls_certs_only(roots);
    } else if !roots.is_empty() {
        http = http.tls_certs_merge(roots);
    }
    if let Some(certificate) = &settings.client_certificate {
        let identity =
            identity(certificate).map_err(|error| unusable(BAD_IDENTITY).with_source(error))?;
        http = http.identity(identity);
    }
    Ok(http)
}

#[cfg(feature = "__rustls")]
fn identity(certificate: &ClientCertificate) -> reqwest::Result<reqwest::Identity> {
    let ClientCertificate { chain, key } = certificate;
    reqwest::Identity::from_pem(&[chain, &b"\n"[..], key.expose_secret()].concat())
}

/// The operating systems' libraries take keys as PKCS#8 only.
#[cfg(not(feature = "__rustls"))]
fn identity(certificate: &ClientCertificate) -> reqwest::Result<reqwest::Identity> {
    let ClientCertificate { chain, key } = certificate;
    reqwest::Identity::from_pkcs8_pem(chain, key.expose_secret())
}
