//! Signing URLs and verifying signatures.

use std::fmt;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use form_urlencoded::byte_serialize;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, Result};

use super::host;
use super::query::{is_named, push_parameter};
use super::steps::step;
use super::target::{Shape, Target};
use crate::escape;

/// The length of a signature: the first hexadecimal digits of the digest.
const SIGNATURE_LENGTH: usize = 16;

/// A signing key of an organization, for the URLs of protected images and stacks.
///
/// Leading and trailing whitespace is trimmed, as a pasted key or one from a file has it. `Debug` redacts the key, and
/// dropping it wipes its memory. rokka's support creates and revokes keys; the details of the
/// [organization](https://rokka.io/documentation/references/organizations.html) list them.
///
/// ```
/// use rokka_render::SigningKey;
///
/// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
/// assert_eq!(format!("{key:?}"), "SigningKey([redacted])");
/// ```
///
/// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
#[derive(Clone)]
pub struct SigningKey(SecretString);

/// The result of verifying a signature, from [`SigningKey::verify`].
///
/// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "only accept a URL that is `Valid`"]
pub enum Verdict {
    /// The signature is correct, and its time limit, if any, has not passed.
    Valid,
    /// The signature is correct, but its time limit has passed.
    Expired,
    /// The signature is incorrect, or its `sigopts` are not supported.
    Invalid,
    /// The URL has no signature.
    Unsigned,
}

impl Verdict {
    /// Returns whether this is [`Valid`](Self::Valid).
    ///
    /// ```
    /// use rokka_render::Verdict;
    ///
    /// assert!(Verdict::Valid.is_valid());
    /// assert!(!Verdict::Expired.is_valid());
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    #[must_use]
    pub fn is_valid(self) -> bool {
        self == Self::Valid
    }
}

impl SigningKey {
    /// Signs a finished URL without a time limit, as [`Signer::sign`] does.
    ///
    /// # Errors
    ///
    /// See [`Signer::sign`].
    ///
    /// ```
    /// use rokka_render::SigningKey;
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let url = key.sign("https://acme.rokka.io/product_card/3f9a21/red-shoe.jpg")?;
    /// assert_eq!(url, "https://acme.rokka.io/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    #[doc(alias = "render.signUrl")]
    #[doc(alias = "signUrl")]
    pub fn sign(&self, url: &str) -> Result<String> {
        sign(self, &SignOptions::default(), url)
    }

    /// Verifies the signature of a received URL, or of its path and query, at the given time.
    ///
    /// The comparison takes constant time. A URL is valid up to and including its time limit. It is
    /// [`Verdict::Invalid`] if its `sigopts` contain anything but `until`, which could not be enforced; if its query
    /// contains or precedes a raw `#`, because clients send no fragment and other readers may take it for a part of the
    /// query that is not signed; or if its host is not in the form that this crate writes.
    ///
    /// ```
    /// use chrono::Utc;
    /// use rokka_render::{SigningKey, Verdict};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let path = "/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277";
    /// assert_eq!(key.verify(path, Utc::now()), Verdict::Valid);
    /// assert_eq!(key.verify("/secret/3f9a21.jpg?sig=df73c1c0cc0e7277", Utc::now()), Verdict::Invalid);
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    pub fn verify(&self, url: &str, now: impl Into<crate::DateTime>) -> Verdict {
        verify(self, url, now.into().to_utc())
    }

    fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// Returns why the key cannot sign, or `None`.
    fn invalid_reason(&self) -> Option<&'static str> {
        let key = self.0.expose_secret();
        if key.is_empty() {
            Some("the signing key is empty: pass a key of the organization")
        } else if !escape::all(key, |byte| !byte.is_ascii_control()) {
            Some("the signing key contains control characters: pass a single key")
        } else {
            None
        }
    }
}

impl From<&str> for SigningKey {
    fn from(key: &str) -> Self {
        Self(SecretString::from(key.trim()))
    }
}

impl From<String> for SigningKey {
    fn from(key: String) -> Self {
        Self::from(SecretString::from(key))
    }
}

impl From<SecretString> for SigningKey {
    fn from(key: SecretString) -> Self {
        Self::from(key.expose_secret())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

/// A signing key with the options of its signatures, for finished URLs.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use rokka_render::{Signer, SigningKey};
///
/// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
/// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
/// let url = Signer::new(&key).until(until).sign("https://acme.rokka.io/product_card/3f9a21.jpg")?;
/// assert!(url.ends_with("&sig=aae6ab26598a7ca4"));
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
#[derive(Clone, Debug)]
#[must_use = "call `sign` to sign a URL"]
pub struct Signer {
    key: SigningKey,
    sign_options: SignOptions,
}

impl Signer {
    /// Returns a signer with this key, without a time limit.
    ///
    /// ```
    /// use rokka_render::{Signer, SigningKey};
    ///
    /// let signer = Signer::new(&SigningKey::from("abcdef"));
    /// assert_eq!(signer.sign("/dynamic/abcdef.jpg")?, "/dynamic/abcdef.jpg?sig=b7789b71b470e458");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    pub fn new(key: &SigningKey) -> Self {
        Self {
            key: key.clone(),
            sign_options: SignOptions::default(),
        }
    }

    /// Sets the time limit of the signed URLs, which [`round_up_to`](Self::round_up_to) rounds up.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use rokka_render::{Signer, SigningKey};
    ///
    /// let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    /// let signer = Signer::new(&SigningKey::from("abcdef")).until(tomorrow);
    /// assert!(signer.sign("/dynamic/abcdef.jpg")?.contains("sigopts=%7B%22until%22%3A%22"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn until(mut self, until: impl Into<crate::DateTime>) -> Self {
        self.sign_options.until = Some(until.into());
        self
    }

    /// Rounds the time limit up to a multiple of this many seconds, so that caches see fewer URLs.
    ///
    /// The default is 300. 1 disables rounding; 0 is an error.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use rokka_render::{Signer, SigningKey};
    ///
    /// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    /// let signer = Signer::new(&SigningKey::from("abcdef")).until(until).round_up_to(7200);
    /// assert!(signer.sign("/dynamic/abcdef.jpg")?.contains("T12%3A00%3A00.000Z"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn round_up_to(mut self, seconds: u32) -> Self {
        self.sign_options.round_up_to = seconds;
        self
    }

    /// Keeps the filename of the URL and includes it in the signature.
    ///
    /// ```
    /// use rokka_render::{Signer, SigningKey};
    ///
    /// let signer = Signer::new(&SigningKey::from("EXAMPLEsigningKey0123456789abcd")).keep_filename();
    /// assert_eq!(
    ///     signer.sign("/product_card/3f9a21/red-shoe.jpg")?,
    ///     "/product_card/3f9a21/red-shoe.jpg?sig=99a015f07a7822b3",
    /// );
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    pub fn keep_filename(mut self) -> Self {
        self.sign_options.keep_filename = true;
        self
    }

    /// Signs a URL of an image, an album or the IIIF server, or its path and query.
    ///
    /// Removes the filename of an image unless [`keep_filename`](Self::keep_filename) is set, and an earlier signature
    /// with its `sigopts`. Other query parameters keep their bytes, except that a parameter with bytes that are not
    /// allowed in a URL is encoded again. The returned URL is exactly what the signature covers.
    ///
    /// # Errors
    ///
    /// The URL is not a render URL, the key is empty, or the time limit is not within the years 1970 to 9999.
    ///
    /// ```
    /// use rokka_render::{Signer, SigningKey};
    ///
    /// let signer = Signer::new(&SigningKey::from("EXAMPLEsigningKey0123456789abcd"));
    /// let url = signer.sign("https://acme.rokka.io/product_card/3f9a21.jpg?sig=0123456789abcdef")?;
    /// assert_eq!(url, "https://acme.rokka.io/product_card/3f9a21.jpg?sig=df73c1c0cc0e7277");
    /// assert!(signer.sign("https://acme.rokka.io/about.html").is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    #[doc(alias = "render.signUrlWithOptions")]
    #[doc(alias = "signUrlWithOptions")]
    pub fn sign(&self, url: &str) -> Result<String> {
        sign(&self.key, &self.sign_options, url)
    }
}

fn sign(key: &SigningKey, options: &SignOptions, url: &str) -> Result<String> {
    let target = Target::split(url)?;
    let mut out = String::with_capacity(url.len() + 128);
    out.push_str(target.base);
    let start = out.len();
    match target.shape()? {
        Shape::Image(image) if image.filename.is_some() && !options.keep_filename => {
            escape::push_url_part(&mut out, image.through_image);
            out.push('.');
            out.push_str(image.format);
        }
        _ => escape::push_url_part(&mut out, target.path),
    }
    let mut has_query = false;
    for parameter in target.parameters() {
        if is_named(parameter, "sig") || is_named(parameter, "sigopts") {
            continue;
        }
        out.push(if has_query { '&' } else { '?' });
        has_query = true;
        push_parameter(&mut out, parameter)?;
    }
    options.append_signature(&mut out, start, has_query, key)?;
    if let Some(fragment) = target.fragment {
        out.push('#');
        escape::push_url_part(&mut out, fragment);
    }
    Ok(out)
}

/// The options of a signature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignOptions {
    pub(crate) until: Option<crate::DateTime>,
    pub(crate) round_up_to: u32,
    pub(crate) keep_filename: bool,
}

impl Default for SignOptions {
    fn default() -> Self {
        Self {
            until: None,
            round_up_to: 300,
            keep_filename: false,
        }
    }
}

impl SignOptions {
    /// Appends `sigopts` and the signature of everything from `start` on.
    pub(crate) fn append_signature(
        &self,
        out: &mut String,
        start: usize,
        mut has_query: bool,
        key: &SigningKey,
    ) -> Result<()> {
        if let Some(reason) = key.invalid_reason() {
            return Err(Error::invalid(reason));
        }
        if let Some(until) = &self.until {
            let json = format!("{{\"until\":\"{}\"}}", self.format_until(until)?);
            out.push_str(if has_query { "&sigopts=" } else { "?sigopts=" });
            out.extend(byte_serialize(json.as_bytes()));
            has_query = true;
        }
        let mut hasher = Sha256::new();
        hasher.update(out.as_bytes().get(start..).unwrap_or_default());
        let signature = finish_signature(hasher, key);
        out.push_str(if has_query { "&sig=" } else { "?sig=" });
        out.push_str(std::str::from_utf8(&signature).unwrap_or_default());
        Ok(())
    }

    pub(crate) fn check_unsigned(&self) -> Result<()> {
        if self.until.is_some() {
            return Err(Error::invalid(
                "a time limit needs a signature: call `sign` with a signing key",
            ));
        }
        Ok(())
    }

    /// Returns the rounded time limit as text.
    fn format_until(&self, until: &crate::DateTime) -> Result<String> {
        let until = until
            .to_utc()
            .ok_or_else(|| Error::invalid(format!("time limit {until:?}: it is not a date")))?;
        if self.round_up_to == 0 {
            return Err(Error::invalid(
                "`round_up_to(0)`: it must be at least 1 second, which disables rounding",
            ));
        }
        let out_of_range = || {
            Error::invalid(format!(
                "time limit {until}: it must be within the years 1970 to 9999"
            ))
        };
        let part = i64::from(!until.timestamp_subsec_nanos().is_multiple_of(1_000_000));
        let step = match self.round_up_to {
            1 => 1,
            seconds => i64::from(seconds) * 1000,
        };
        let moment = until.timestamp_millis().checked_add(part);
        let rounded = moment.and_then(|moment| match moment.rem_euclid(step) {
            0 => Some(moment),
            rest => moment.checked_add(step - rest),
        });
        let limit = rounded
            .and_then(DateTime::from_timestamp_millis)
            .filter(|limit| (1970..=9999).contains(&limit.year()))
            .ok_or_else(out_of_range)?;
        Ok(limit.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Returns the signature of the data hashed so far.
fn finish_signature(mut hasher: Sha256, key: &SigningKey) -> [u8; SIGNATURE_LENGTH] {
    hasher.update(b":");
    hasher.update(key.bytes());
    let digest = hasher.finalize();
    let mut text = [0; SIGNATURE_LENGTH];
    for (digits, byte) in text.chunks_exact_mut(2).zip(digest) {
        if let [high, low] = digits {
            *high = digit(byte >> 4);
            *low = digit(byte & 15);
        }
    }
    text
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' - 10 + value,
    }
}

fn verify(key: &SigningKey, url: &str, now: Option<DateTime<Utc>>) -> Verdict {
    if key.invalid_reason().is_some() {
        return Verdict::Invalid;
    }
    let Some((path, query)) = url.split_once('?') else {
        return Verdict::Unsigned;
    };
    if path.contains('#') {
        // The question mark is part of the fragment.
        return Verdict::Unsigned;
    }
    if query.contains('#') {
        return Verdict::Invalid;
    }
    let Some(path) = received_path(path) else {
        return Verdict::Invalid;
    };
    let mut hasher = Sha256::new();
    hasher.update(path);
    let mut separator = "?";
    let mut signature = None;
    let mut sigopts = None;
    for parameter in query.split('&') {
        step(parameter.len() + 1);
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name == "sig" {
            if signature.replace(value).is_some() {
                return Verdict::Invalid;
            }
            continue;
        }
        if name == "sigopts" && sigopts.replace(value).is_some() {
            return Verdict::Invalid;
        }
        hasher.update(separator);
        hasher.update(parameter);
        separator = "&";
    }
    let Some(signature) = signature else {
        return Verdict::Unsigned;
    };
    let expected = finish_signature(hasher, key);
    if !bool::from(expected.as_slice().ct_eq(signature.as_bytes())) {
        return Verdict::Invalid;
    }
    match sigopts.map(parse_sigopts) {
        None => Verdict::Valid,
        Some(Some(until)) if now.is_some_and(|now| now <= until) => Verdict::Valid,
        Some(Some(_)) => Verdict::Expired,
        Some(None) => Verdict::Invalid,
    }
}

/// Returns the path of a URL without a query, or of a path.
fn received_path(url: &str) -> Option<&str> {
    if url.starts_with('/') {
        return Some(url);
    }
    let (_, rest) = url.split_once("://")?;
    let start = url.len() - rest.len() + rest.find('/')?;
    let (base, path) = url.split_at_checked(start)?;
    host::is_base(base).then_some(path)
}

/// Parses the time limit in `sigopts`; `None` if they contain anything else.
pub(crate) fn parse_sigopts(text: &str) -> Option<DateTime<Utc>> {
    let json = escape::decode_query(text).ok()?;
    let options: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).ok()?;
    if options.len() != 1 {
        return None;
    }
    let until = DateTime::parse_from_rfc3339(options.get("until")?.as_str()?).ok()?;
    Some(until.with_timezone(&Utc))
}
