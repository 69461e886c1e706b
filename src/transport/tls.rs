//! TLS with a provider that is certain to be there.

use crate::error::Result;

/// Sets TLS up, so that no feature set ends in a panic for want of a crypto provider, and so that the provider of the
/// application, if it installed one, is respected without installing one of ours for the whole process.
#[cfg(feature = "__rustls")]
pub(crate) fn set_up(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
    use crate::error::{Error, ErrorKind};
    use rustls_platform_verifier::BuilderVerifierExt;

    let failed = |error: rustls::Error| {
        Error::new(ErrorKind::Configuration, "TLS cannot be set up").with_source(error)
    };
    let provider = provider().ok_or_else(|| {
        Error::new(
            ErrorKind::Configuration,
            "no TLS crypto provider: install one with rustls, or use the feature `rustls` or `rustls-aws-lc`",
        )
    })?;
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(failed)?
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        config.alpn_protocols.push(b"h2".to_vec());
    }
    config.alpn_protocols.push(b"http/1.1".to_vec());
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(feature = "__rustls")]
#[allow(
    clippy::unnecessary_wraps,
    reason = "without a provider feature there may be none"
)]
fn provider() -> Option<std::sync::Arc<rustls::crypto::CryptoProvider>> {
    if let Some(installed) = rustls::crypto::CryptoProvider::get_default() {
        return Some(installed.clone());
    }
    // aws-lc-rs is compiled in only by a feature, so it goes first.
    #[cfg(feature = "rustls-aws-lc")]
    return Some(std::sync::Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ));
    #[cfg(all(feature = "rustls", not(feature = "rustls-aws-lc")))]
    return Some(std::sync::Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc")))]
    None
}

/// Without rustls, reqwest's own choice stands: the operating system's library, or no TLS at all.
#[cfg(not(feature = "__rustls"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature as with rustls"
)]
pub(crate) fn set_up(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
    Ok(builder)
}
