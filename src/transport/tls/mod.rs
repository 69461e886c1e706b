//! TLS: the certificates that a client trusts and shows, with a crypto provider that is certain to be there.

#[cfg(feature = "__rustls")]
mod config;
#[cfg(any(feature = "__rustls", feature = "native-tls"))]
mod options;
mod refusal;

use secrecy::SecretSlice;

use crate::error::{Error, ErrorKind, Result};

pub(crate) use refusal::refusal;

/// The TLS settings of a client.
#[derive(Default)]
pub(crate) struct TlsSettings {
    /// Root certificates as PEM, several in one text or not.
    pub(crate) roots: Vec<Vec<u8>>,
    /// Whether the root certificates of the operating system are not trusted.
    pub(crate) only_these: bool,
    pub(crate) client_certificate: Option<ClientCertificate>,
    /// A whole configuration, instead of ours.
    #[cfg(feature = "__rustls")]
    pub(crate) config: Option<Box<rustls::ClientConfig>>,
}

/// A certificate that the client shows, with the chain to its authority, and its private key, both as PEM.
#[cfg_attr(
    not(any(feature = "__rustls", feature = "native-tls")),
    expect(dead_code, reason = "refused where there is no TLS")
)]
pub(crate) struct ClientCertificate {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: SecretSlice<u8>,
}

impl TlsSettings {
    /// Whether something is set that only our own configuration, or TLS at all, has an effect for.
    #[cfg(any(feature = "__rustls", not(feature = "native-tls")))]
    fn has_certificates(&self) -> bool {
        !self.roots.is_empty() || self.client_certificate.is_some()
    }

    /// Sets TLS up, so that no feature set ends in a panic for want of a crypto provider.
    ///
    /// The crate makes a configuration of its own, with the provider of the application if it installed one, and without
    /// installing one of ours for the whole process. reqwest ignores its own TLS options beside such a configuration, so where
    /// the caller has them `changed`, reqwest makes the configuration.
    #[cfg(feature = "__rustls")]
    pub(crate) fn set_up(
        self,
        http: reqwest::ClientBuilder,
        changed: bool,
    ) -> Result<reqwest::ClientBuilder> {
        if self.config.is_some() && self.has_certificates() {
            return Err(unusable(
                "`ClientBuilder::tls_config` brings its own certificates: add the others to it",
            ));
        }
        match self.config {
            Some(config) => Ok(http.tls_backend_preconfigured(config::with_protocols(*config))),
            None if changed => {
                config::install_provider()?;
                options::set(http.tls_backend_rustls(), &self)
            }
            None => Ok(http.tls_backend_preconfigured(config::new(&self)?)),
        }
    }

    /// Hands the settings to reqwest, whose TLS is the operating system's.
    #[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
    pub(crate) fn set_up(
        self,
        http: reqwest::ClientBuilder,
        _changed: bool,
    ) -> Result<reqwest::ClientBuilder> {
        options::set(http, &self)
    }

    /// Refuses settings that need TLS, which this build does not have.
    #[cfg(not(any(feature = "__rustls", feature = "native-tls")))]
    pub(crate) fn set_up(
        self,
        http: reqwest::ClientBuilder,
        _changed: bool,
    ) -> Result<reqwest::ClientBuilder> {
        if self.has_certificates() {
            return Err(unusable(
                "certificates need TLS, which this build does not have: enable the feature `rustls`, `rustls-aws-lc`, \
                 `rustls-no-provider` or `native-tls` of rokka",
            ));
        }
        Ok(http)
    }
}

/// An error of the settings.
fn unusable(text: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, text)
}

/// The texts of errors that both ways to TLS have.
#[cfg(any(feature = "__rustls", feature = "native-tls"))]
mod texts {
    pub(super) const NO_ROOT: &str =
        "a root certificate is not PEM: expected `-----BEGIN CERTIFICATE-----`";
    pub(super) const BAD_ROOT: &str = "a root certificate cannot be used: it is malformed";
    pub(super) const BAD_IDENTITY: &str = "the client certificate cannot be used: the certificate must be PEM, with its chain behind it, and the key \
         the PEM of its private key, not encrypted";
}
