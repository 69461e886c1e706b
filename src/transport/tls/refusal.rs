//! Connections that TLS refuses for good, whatever the number of attempts.

use std::error::Error as StdError;

/// Why TLS refused a connection, in the words of an error, if an error of reqwest says so.
#[cfg(feature = "__rustls")]
pub(crate) fn refusal(error: &(dyn StdError + 'static)) -> Option<String> {
    use rustls::{CertificateError, Error};

    use super::super::failure::inner;

    let mut causes = std::iter::successors(Some(error), |cause| (*cause).source());
    let error = causes.find_map(inner::<Error>)?;
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => Some(
            "the certificate of the server comes from an unknown authority: if it is that of your network, trust it with \
             `ClientBuilder::root_certificate_pem`"
                .to_owned(),
        ),
        Error::InvalidCertificate(reason) => {
            Some(format!("the certificate of the server is refused: {reason}"))
        }
        Error::AlertReceived(alert) if is_final(*alert) => Some(format!(
            "the server refuses the TLS connection ({alert:?}): if it asks for a client certificate, set an accepted one with \
             `ClientBuilder::client_certificate`"
        )),
        Error::NoCertificatesPresented
        | Error::UnsupportedNameType
        | Error::PeerIncompatible(_)
        | Error::NoApplicationProtocol => Some(format!("no TLS connection is possible: {error}")),
        // A broken message is as good as a broken connection.
        _ => None,
    }
}

/// Whether a server that says so would say it again.
#[cfg(feature = "__rustls")]
fn is_final(alert: rustls::AlertDescription) -> bool {
    use rustls::AlertDescription as Alert;

    matches!(
        alert,
        Alert::HandshakeFailure
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::ProtocolVersion
            | Alert::InsufficientSecurity
            | Alert::UnrecognisedName
            | Alert::NoApplicationProtocol
    )
}

/// The operating systems' libraries do not tell refusals from broken connections.
#[cfg(not(feature = "__rustls"))]
pub(crate) fn refusal(_: &(dyn StdError + 'static)) -> Option<String> {
    None
}
