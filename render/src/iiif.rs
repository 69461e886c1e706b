//! URLs of the IIIF image server.

use std::borrow::Cow;

use crate::Result;

use super::host;
use super::iiif_request::{IiifQuality, IiifRegion, IiifSize, IiifVersion, Request};
use super::query::{is_named, push_parameter};
use super::sign::{SignOptions, SigningKey};
use super::source::ImageSource;
use super::target::{Shape, Target};

/// Builds a URL of rokka's IIIF image server: of a region of an image in a size, or of the `info.json` for viewers.
///
/// The default is the whole image as `jpg` in the largest size that the server delivers, at most 2048 pixels on the
/// longer edge, by the newest version of the IIIF Image API that rokka supports.
///
/// ```
/// use rokka_render::{IiifRegion, IiifSize, IiifUrl};
///
/// let url = IiifUrl::new("acme", "3f9a21")?
///     .region(IiifRegion::Pixels { x: 100, y: 0, width: 512, height: 512 })
///     .size(IiifSize::Width(256))
///     .url()?;
/// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/100,0,512,512/256,/0/default.jpg");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html),
/// [image requests](https://iiif.io/api/image/3.0/#4-image-requests).
#[derive(Clone, Debug)]
#[must_use = "call `url` to build the URL"]
pub struct IiifUrl {
    base: String,
    hash: ImageSource,
    version: Option<IiifVersion>,
    request: Request,
    query: Vec<String>,
    /// The parsed URL, if it is signed and unchanged.
    signed: Option<String>,
    key: Option<SigningKey>,
    sign_options: SignOptions,
}

/// The parts of an IIIF URL, from [`IiifUrl::components`].
///
/// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IiifComponents<'a> {
    /// The scheme and host, such as `https://acme.rokka.io`.
    pub base: &'a str,
    /// The organization; `None` unless the host is one of rokka's.
    pub organization: Option<&'a str>,
    /// The hash of the image.
    pub hash: &'a str,
    /// The version of the IIIF Image API; `None` stands for the newest.
    pub version: Option<IiifVersion>,
    /// Whether this is the URL of the `info.json`, for which the fields below have no meaning.
    pub info: bool,
    /// The region of the image.
    pub region: IiifRegion,
    /// The size of the region.
    pub size: IiifSize,
    /// Whether the size may exceed that of the region.
    pub upscale: bool,
    /// The clockwise rotation in degrees.
    pub rotation: f64,
    /// Whether the image is mirrored before it is rotated.
    pub mirrored: bool,
    /// The colours.
    pub quality: IiifQuality,
    /// The format.
    pub format: &'a str,
}

impl IiifUrl {
    /// Starts the URL of an image, by its hash, on the render host of an organization.
    ///
    /// # Errors
    ///
    /// The organization is not lower-case letters, digits and `-`, or the hash is not 6 to 40 hexadecimal digits.
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/0/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn new(organization: impl AsRef<str>, hash: impl Into<String>) -> Result<Self> {
        Self::from_parts(
            host::base_for_organization(organization.as_ref())?,
            hash.into(),
        )
    }

    /// Starts the URL of an image on a custom render host.
    ///
    /// # Errors
    ///
    /// The hash is invalid as for [`new`](Self::new), or the base as for
    /// [`RenderUrl::with_host`](super::RenderUrl::with_host).
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::with_host("https://images.example.com", "3f9a21")?.info().url()?;
    /// assert_eq!(url, "https://images.example.com/_iiif/3f9a21/info.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn with_host(base: impl Into<String>, hash: impl Into<String>) -> Result<Self> {
        Self::from_parts(host::canonical_base(base.into())?, hash.into())
    }

    fn from_parts(base: String, hash: String) -> Result<Self> {
        Ok(Self {
            base,
            hash: ImageSource::hash(hash).checked()?,
            version: None,
            request: Request::default(),
            query: Vec::new(),
            signed: None,
            key: None,
            sign_options: SignOptions::default(),
        })
    }

    /// Parses an IIIF URL, of an image or of an `info.json`.
    ///
    /// An unchanged signed URL builds the same URL; any change removes the signature.
    ///
    /// # Errors
    ///
    /// The text is not an IIIF URL, or a part of it is beyond its limits, see [`url`](Self::url).
    ///
    /// ```
    /// use rokka_render::{IiifSize, IiifUrl};
    ///
    /// let url = IiifUrl::parse("https://acme.rokka.io/_iiif/3/3f9a21/square/256,/0/default.jpg")?;
    /// assert_eq!(url.components().size, IiifSize::Width(256));
    /// assert_eq!(url.info().url()?, "https://acme.rokka.io/_iiif/3/3f9a21/info.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn parse(url: impl AsRef<str>) -> Result<Self> {
        let target = Target::split(url.as_ref())?;
        let error = |reason: &str| target.error_as("an IIIF URL", reason);
        if target.base.is_empty() {
            return Err(error("it has no scheme and host"));
        }
        let path = match target.path.strip_prefix("/_iiif/") {
            Some(path) if matches!(target.shape()?, Shape::Iiif) => path,
            _ => return Err(error("it does not start with `/_iiif/`")),
        };
        let (version, path) = match path.split_once('/') {
            Some(("2", rest)) => (Some(IiifVersion::V2), rest),
            Some(("3", rest)) => (Some(IiifVersion::V3), rest),
            _ => (None, path),
        };
        let Some((hash, request)) = path.split_once('/') else {
            return Err(error("it has no hash"));
        };
        let mut parsed = Self::from_parts(
            host::canonical_base(target.base.to_owned())?,
            hash.to_owned(),
        )?;
        parsed.version = version;
        if request == "info.json" {
            parsed.request.info = true;
        } else {
            parsed.request = Request::parse(request, version).ok_or_else(|| {
                error("region, size, rotation, quality and format must follow the hash")
            })?;
        }
        let mut signed = false;
        for parameter in target.parameters() {
            if is_named(parameter, "sig") || is_named(parameter, "sigopts") {
                signed = true;
            } else {
                let mut other = String::with_capacity(parameter.len());
                push_parameter(&mut other, parameter)?;
                parsed.query.push(other);
            }
        }
        parsed.url()?;
        parsed.signed = signed.then(|| target.text.to_owned());
        Ok(parsed)
    }

    /// Returns the parts of the URL.
    ///
    /// ```
    /// use rokka_render::{IiifRegion, IiifUrl};
    ///
    /// let url = IiifUrl::parse("https://acme.rokka.io/_iiif/3f9a21/square/max/0/gray.png")?;
    /// assert_eq!(url.components().region, IiifRegion::Square);
    /// assert_eq!(url.components().organization, Some("acme"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    #[must_use]
    pub fn components(&self) -> IiifComponents<'_> {
        IiifComponents {
            base: &self.base,
            organization: host::organization(&self.base),
            hash: self.hash.as_hash().unwrap_or_default(),
            version: self.version,
            info: self.request.info,
            region: self.request.region,
            size: self.request.size,
            upscale: self.request.upscale,
            rotation: self.request.rotation,
            mirrored: self.request.mirrored,
            quality: self.request.quality,
            format: &self.request.format,
        }
    }

    /// Selects the `info.json`, which describes the image and the supported requests.
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.info().url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/info.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn info(self) -> Self {
        self.changed(|request| request.info = true)
    }

    fn changed(mut self, change: impl FnOnce(&mut Request)) -> Self {
        self.signed = None;
        self.request.info = false;
        change(&mut self.request);
        self
    }

    /// Sets the version of the IIIF Image API; the default is the newest, 3.0.
    ///
    /// ```
    /// use rokka_render::{IiifUrl, IiifVersion};
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.version(IiifVersion::V2).info().url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/2/3f9a21/info.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn version(mut self, version: IiifVersion) -> Self {
        self.signed = None;
        self.version = Some(version);
        self
    }

    /// Sets the region of the image; the default is all of it.
    ///
    /// ```
    /// use rokka_render::{IiifRegion, IiifUrl};
    ///
    /// let half = IiifRegion::Percent { x: 0.0, y: 0.0, width: 50.0, height: 100.0 };
    /// let url = IiifUrl::new("acme", "3f9a21")?.region(half).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/pct:0,0,50,100/max/0/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [region](https://iiif.io/api/image/3.0/#41-region).
    pub fn region(self, region: IiifRegion) -> Self {
        self.changed(|request| request.region = region)
    }

    /// Sets the size; the default is the largest that the server delivers.
    ///
    /// ```
    /// use rokka_render::{IiifSize, IiifUrl};
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.size(IiifSize::Within(600, 400)).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/!600,400/0/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [size](https://iiif.io/api/image/3.0/#42-size).
    pub fn size(self, size: IiifSize) -> Self {
        self.changed(|request| request.size = size)
    }

    /// Allows a size larger than the region; version 2 does not support it.
    ///
    /// ```
    /// use rokka_render::{IiifSize, IiifUrl};
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.size(IiifSize::Width(2000)).upscale().url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/%5E2000,/0/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [size](https://iiif.io/api/image/3.0/#42-size).
    pub fn upscale(self) -> Self {
        self.changed(|request| request.upscale = true)
    }

    /// Rotates the image clockwise by this many degrees, 0 to 360; the default is 0.
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.rotation(22.5).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/22.5/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [rotation](https://iiif.io/api/image/3.0/#43-rotation).
    pub fn rotation(self, degrees: impl Into<f64>) -> Self {
        let degrees = degrees.into();
        self.changed(|request| request.rotation = degrees)
    }

    /// Mirrors the image at its vertical axis before the rotation.
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.mirrored().rotation(90).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/!90/default.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [rotation](https://iiif.io/api/image/3.0/#43-rotation).
    pub fn mirrored(self) -> Self {
        self.changed(|request| request.mirrored = true)
    }

    /// Sets the colours; the default is the server's choice.
    ///
    /// ```
    /// use rokka_render::{IiifQuality, IiifUrl};
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.quality(IiifQuality::Gray).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/0/gray.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [quality](https://iiif.io/api/image/3.0/#44-quality).
    pub fn quality(self, quality: IiifQuality) -> Self {
        self.changed(|request| request.quality = quality)
    }

    /// Sets the format, such as `jpg` (the default), `png` or `webp`: 2 to 5 letters and digits.
    ///
    /// ```
    /// use rokka_render::IiifUrl;
    ///
    /// let url = IiifUrl::new("acme", "3f9a21")?.format("png").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/0/default.png");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [format](https://iiif.io/api/image/3.0/#45-format).
    pub fn format(self, format: impl Into<Cow<'static, str>>) -> Self {
        self.changed(|request| request.format = format.into())
    }

    /// Signs the URL, as organizations with the option `protect_dynamic_stack` require.
    ///
    /// ```
    /// use rokka_render::{IiifUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let url = IiifUrl::new("acme", "3f9a21")?.sign(&key).url()?;
    /// assert_eq!(url, "https://acme.rokka.io/_iiif/3f9a21/full/max/0/default.jpg?sig=23903bc2f1006e03");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html#protecting-the-dynamic-stack).
    pub fn sign(mut self, key: &SigningKey) -> Self {
        self.signed = None;
        self.key = Some(key.clone());
        self
    }

    /// Sets the time limit of the signed URL, which [`round_up_to`](Self::round_up_to) rounds up.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use rokka_render::{IiifUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    /// let url = IiifUrl::new("acme", "3f9a21")?.sign(&key).until(until).url()?;
    /// assert!(url.ends_with("&sig=c370a5c5800cf0c1"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn until(mut self, until: impl Into<crate::DateTime>) -> Self {
        self.signed = None;
        self.sign_options.until = Some(until.into());
        self
    }

    /// Rounds the time limit up to a multiple of this many seconds.
    ///
    /// The default is 300. 1 disables rounding; 0 is an error.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use rokka_render::{IiifUrl, SigningKey};
    ///
    /// let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
    /// let until = Utc.with_ymd_and_hms(2031, 3, 1, 10, 2, 11).unwrap();
    /// let url = IiifUrl::new("acme", "3f9a21")?.sign(&key).until(until).round_up_to(1).url()?;
    /// assert!(url.contains("T10%3A02%3A11.000Z"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [time limits](https://rokka.io/documentation/references/protected-images-and-stacks.html#doing-a-time-limited-signed-url).
    pub fn round_up_to(mut self, seconds: u32) -> Self {
        self.signed = None;
        self.sign_options.round_up_to = seconds;
        self
    }

    /// Builds the URL.
    ///
    /// # Errors
    ///
    /// A part is beyond its limits; the error names the value and the rule.
    ///
    /// ```
    /// use rokka_render::{IiifSize, IiifUrl};
    ///
    /// assert!(IiifUrl::new("acme", "3f9a21")?.size(IiifSize::Width(4000)).url().is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
    pub fn url(&self) -> Result<String> {
        if let Some(signed) = &self.signed {
            return Ok(signed.clone());
        }
        let mut out = String::with_capacity(192);
        out.push_str(&self.base);
        let start = out.len();
        out.push_str(match self.version {
            None => "/_iiif/",
            Some(IiifVersion::V2) => "/_iiif/2/",
            Some(IiifVersion::V3) => "/_iiif/3/",
        });
        self.hash.push(&mut out);
        out.push('/');
        if self.request.info {
            out.push_str("info.json");
        } else {
            self.request.push(&mut out, self.version)?;
        }
        for (number, parameter) in self.query.iter().enumerate() {
            out.push(if number == 0 { '?' } else { '&' });
            out.push_str(parameter);
        }
        let has_query = !self.query.is_empty();
        match &self.key {
            Some(key) => self
                .sign_options
                .append_signature(&mut out, start, has_query, key)?,
            None => self.sign_options.check_unsigned()?,
        }
        Ok(out)
    }
}
