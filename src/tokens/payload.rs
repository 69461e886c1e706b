//! The claims of a token.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{Engine, alphabet};
use serde_json::{Map, Value};

use crate::DateTime;
use crate::api::types::{Token, TokenPayload};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

impl TokenPayload {
    /// Decodes the claims of a token. **The signature is not verified**: only the service can do that, so use the claims for
    /// information, never to grant access.
    ///
    /// Only `exp` is required. It may be a number of any spelling, also in quotes; a fraction of a second is dropped, and a
    /// moment before 1970 is read as 0. Every other claim is ignored where it has an unexpected type.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the text is not a JSON Web Token, as an API key is not, or has no readable `exp`. The error
    /// does not quote it.
    ///
    /// ```
    /// use rokka::{Secret, TokenPayload};
    ///
    /// let key = Secret::from("an API key is not a token");
    /// assert!(TokenPayload::decode_unverified(&key).is_err());
    /// ```
    #[doc(alias = "getTokenPayload")]
    #[doc(alias = "rokkaTokenDecode")]
    #[inline]
    pub fn decode_unverified(token: &Secret) -> Result<Self> {
        let refused = || Error::new(ErrorKind::Decode, "not a JSON Web Token");
        let mut parts = token.expose().trim().split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused());
        };
        let json = base64url(payload).ok_or_else(refused)?;
        let claims = serde_json::from_slice(&json).map_err(|_| refused())?;
        Self::from_claims(claims).ok_or_else(|| {
            let text =
                "the token has no readable expiry: its claim `exp` is missing or not a number";
            Error::new(ErrorKind::Decode, text)
        })
    }

    /// Reads the claims, and ignores those of an unexpected type. `None` if `exp` is one of them.
    #[inline]
    fn from_claims(mut claims: Map<String, Value>) -> Option<Self> {
        let exp = seconds(claims.get("exp")?)?;
        claims.insert("exp".to_owned(), exp.into());
        if let Some(lifetime) = claims.get("expt").and_then(seconds) {
            claims.insert("expt".to_owned(), lifetime.into());
        }
        claims.retain(|name, value| {
            let mut alone = Map::new();
            alone.insert("exp".to_owned(), exp.into());
            alone.insert(name.clone(), value.clone());
            serde_json::from_value::<Self>(Value::Object(alone)).is_ok()
        });
        serde_json::from_value(Value::Object(claims)).ok()
    }

    /// When the token expires, by the clock of the service.
    pub fn expires(&self) -> DateTime {
        let moment = UNIX_EPOCH.checked_add(Duration::from_secs(self.exp));
        DateTime::from(moment.unwrap_or(UNIX_EPOCH))
    }

    /// The time until the token expires, by the clock of this computer; zero once it has expired.
    ///
    /// ```no_run
    /// # async fn f(token: rokka::Token) {
    /// println!("{} minutes left", token.payload.time_left().as_secs() / 60);
    /// # }
    /// ```
    #[doc(alias = "getTokenIsValidFor")]
    pub fn time_left(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Duration::from_secs(self.exp).saturating_sub(now.unwrap_or_default())
    }

    /// Whether the token expires within this time, or has expired, by the clock of this computer.
    #[doc(alias = "isTokenExpiring")]
    pub fn is_expiring(&self, within: Duration) -> bool {
        self.time_left() <= within
    }

    /// Whether the token has expired, by the clock of this computer.
    pub fn is_expired(&self) -> bool {
        self.time_left().is_zero()
    }

    /// Whether the token can be exchanged for a new one before it expires.
    #[doc(alias = "rn")]
    pub fn is_renewable(&self) -> bool {
        self.rn
    }

    /// The lifetime that the token was issued with; that of a renewed one cannot be longer.
    #[doc(alias = "expt")]
    pub fn lifetime(&self) -> Option<Duration> {
        self.expt.map(Duration::from_secs)
    }
}

impl Token {
    /// The time until it expires; see [`TokenPayload::time_left`].
    pub fn time_left(&self) -> Duration {
        self.payload.time_left()
    }

    /// Whether it expires within this time; see [`TokenPayload::is_expiring`].
    pub fn is_expiring(&self, within: Duration) -> bool {
        self.payload.is_expiring(within)
    }
}

/// Whole seconds of a number, which may be in quotes; 0 for a negative one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates"
)]
fn seconds(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let whole = text.parse().ok();
    whole.or_else(|| {
        let number: f64 = text.parse().ok()?;
        number.is_finite().then_some(number as u64)
    })
}

/// Decodes base64 of the alphabet for URLs, or of the ordinary one, with or without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        NO_PAD.with_decode_allow_trailing_bits(true),
    );
    let text = text.trim_end_matches('=');
    let text = text.replace('+', "-").replace('/', "_");
    LENIENT.decode(text).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn base64_of_either_alphabet_is_read() {
        assert_eq!(base64url("").unwrap(), b"");
        assert_eq!(base64url("Zg").unwrap(), b"f");
        assert_eq!(base64url("Zm8=").unwrap(), b"fo");
        assert_eq!(base64url("Zm9v").unwrap(), b"foo");
        assert_eq!(base64url("-_-_").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(base64url("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(base64url("Z"), None);
        assert_eq!(base64url("Z m8"), None);
    }

    #[test]
    fn a_payload_is_read_without_a_check_of_the_signature() {
        // {"id":"u","exp":4102444800,"expt":600,"rn":true,"x":1}
        let token =
            "e30.eyJpZCI6InUiLCJleHAiOjQxMDI0NDQ4MDAsImV4cHQiOjYwMCwicm4iOnRydWUsIngiOjF9.c2ln";
        let payload = TokenPayload::decode_unverified(&Secret::from(token)).unwrap();
        assert_eq!((payload.exp, payload.is_renewable()), (4_102_444_800, true));
        assert_eq!(payload.lifetime(), Some(Duration::from_secs(600)));
        assert_eq!(payload.expires().to_string(), "2100-01-01T00:00:00Z");
        assert_eq!(payload.extra.get("x"), Some(&1.into()));
        assert!(!payload.is_expired() && !payload.is_expiring(Duration::from_secs(3600)));
        for other in ["", "a.b", "a.b.c", "a.b.c.d", "a..c"] {
            let error = TokenPayload::decode_unverified(&Secret::from(other)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
        }
    }

    #[test]
    fn a_token_of_long_ago_has_no_time_left() {
        let payload: TokenPayload =
            serde_json::from_value(serde_json::json!({"id": "u", "exp": 1})).unwrap();
        assert!(payload.is_expired() && payload.is_expiring(Duration::ZERO));
        assert_eq!(payload.time_left(), Duration::ZERO);
    }

    #[test]
    fn only_the_end_is_required_and_odd_claims_are_ignored() {
        let read = |claims: &str| {
            let payload = GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD).encode(claims);
            TokenPayload::decode_unverified(&Secret::from(format!("e30.{payload}.c2ln")))
        };
        for (exp, expected) in [
            ("4102444800", 4_102_444_800),
            ("4102444800.0", 4_102_444_800),
            ("4102444800.75", 4_102_444_800),
            ("4.1024448e9", 4_102_444_800),
            (r#""4102444800""#, 4_102_444_800),
            (r#"" 4102444800.5 ""#, 4_102_444_800),
            ("-5", 0),
            ("-0.5", 0),
            ("1e300", u64::MAX),
            ("18446744073709551616", u64::MAX),
        ] {
            let payload = read(&format!(r#"{{"exp":{exp}}}"#)).unwrap();
            assert_eq!(payload.exp, expected, "{exp}");
            assert_eq!(payload.id, None);
            assert!(!payload.is_renewable() && payload.lifetime().is_none());
        }
        for refused in ["null", "true", "[]", "{}", r#""""#, r#""soon""#, r#""inf""#] {
            let error = read(&format!(r#"{{"exp":{refused}}}"#)).unwrap_err();
            assert!(error.message().contains("`exp`"), "{error}");
        }
        assert!(
            read(r#"{"id":"u"}"#)
                .unwrap_err()
                .message()
                .contains("`exp`")
        );
        assert!(
            read("[1]")
                .unwrap_err()
                .message()
                .contains("JSON Web Token")
        );
        // Claims of other issuers, and known ones of other types.
        let payload = read(
            r#"{"exp":1,"nbf":0.5,"iat":"x","aud":["a","b"],"sub":null,"expt":"600","rn":{},"mfa":[],"ips":7,"id":{}}"#,
        );
        let payload = payload.unwrap();
        assert_eq!(payload.lifetime(), Some(Duration::from_secs(600)));
        assert_eq!((payload.rn, payload.mfa, payload.id), (false, false, None));
        assert!(payload.ips.is_empty());
        assert_eq!(
            payload.extra.get("aud"),
            Some(&serde_json::json!(["a", "b"]))
        );
        assert_eq!(payload.extra.get("sub"), Some(&Value::Null));
        // What is null is what is missing.
        let payload = read(r#"{"exp":1,"id":null,"expt":null,"ips":null,"rn":null,"mfa":null}"#);
        assert_eq!(payload.unwrap().lifetime(), None);
    }
}
