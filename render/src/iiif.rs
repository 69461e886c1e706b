//! URLs of the IIIF image server.

use std::borrow::Cow;

use crate::{Error, Result};

use super::host;
use super::parse::{Shape, Target};
use super::sign::{SigningKey, Terms, is_named, push_parameter};
use super::source::ImageSource;
use super::url::push_format;
use super::value::{push_float, push_number};

/// The longest edge, in pixels, that rokka's IIIF server delivers.
const LONGEST_EDGE: u32 = 2048;

/// A URL of rokka's IIIF image server: a part of an image in a size, or the `info.json` that viewers start from.
///
/// By default it shows the whole image as large as it is delivered, at most 2048 pixels on its longer edge, as `jpg`,
/// by the newest version of the IIIF Image API that rokka has.
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
#[must_use = "an IIIF URL is written by `url()`"]
pub struct IiifUrl {
    base: String,
    hash: ImageSource,
    version: Option<IiifVersion>,
    request: Request,
    query: Vec<String>,
    /// The URL as it was parsed, if it was signed and nothing has changed since.
    signed: Option<String>,
    key: Option<SigningKey>,
    terms: Terms,
}

#[derive(Clone, Debug, PartialEq)]
struct Request {
    info: bool,
    region: IiifRegion,
    size: IiifSize,
    upscale: bool,
    rotation: f64,
    mirrored: bool,
    quality: IiifQuality,
    format: Cow<'static, str>,
}

/// A version of the IIIF Image API.
///
/// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IiifVersion {
    /// 2.1
    V2,
    /// 3.0
    V3,
}

/// The part of the image that is shown.
///
/// Reference: [region](https://iiif.io/api/image/3.0/#41-region).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum IiifRegion {
    /// All of it.
    Full,
    /// A square as large as its shorter edge.
    Square,
    /// A rectangle in pixels, at least 1 by 1.
    Pixels {
        /// Its left edge.
        x: u32,
        /// Its upper edge.
        y: u32,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A rectangle in percent of the image.
    Percent {
        /// Its left edge, 0 up to 100.
        x: f64,
        /// Its upper edge, 0 up to 100.
        y: f64,
        /// Its width, above 0.
        width: f64,
        /// Its height, above 0.
        height: f64,
    },
}

/// The size that the region is shown in, at most 2048 pixels on either edge.
///
/// Reference: [size](https://iiif.io/api/image/3.0/#42-size).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum IiifSize {
    /// As large as it is delivered.
    Max,
    /// This width in pixels.
    Width(u32),
    /// This height in pixels.
    Height(u32),
    /// This width and height in pixels, which may distort it.
    Exact(u32, u32),
    /// Within this width and height in pixels.
    Within(u32, u32),
    /// In percent of the region, above 0; above 100 only with [`IiifUrl::upscale`].
    Percent(f64),
}

/// The colours that the image is shown in.
///
/// Reference: [quality](https://iiif.io/api/image/3.0/#44-quality).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IiifQuality {
    /// The server's choice.
    Default,
    /// All colours.
    Color,
    /// Grayscale.
    Gray,
    /// Black and white.
    Bitonic,
}

/// The parts of an IIIF URL, from [`IiifUrl::components`].
///
/// Reference: [IIIF](https://rokka.io/documentation/guides/rokka-as-iiif-image-server.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IiifComponents<'a> {
    /// The scheme and host it starts with.
    pub base: &'a str,
    /// The organization, which only the hosts of rokka itself tell.
    pub organization: Option<&'a str>,
    /// The hash of the image.
    pub hash: &'a str,
    /// The version of the IIIF Image API; the newest if it is not said.
    pub version: Option<IiifVersion>,
    /// Whether it is the URL of the `info.json`, so that the rest has no meaning.
    pub info: bool,
    /// The part of the image.
    pub region: IiifRegion,
    /// The size of that part.
    pub size: IiifSize,
    /// Whether it may be enlarged.
    pub upscale: bool,
    /// Clockwise, in degrees.
    pub rotation: f64,
    /// Whether it is mirrored before it is rotated.
    pub mirrored: bool,
    /// The colours.
    pub quality: IiifQuality,
    /// The format.
    pub format: &'a str,
}

impl IiifUrl {
    /// An image of an organization, by its hash.
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
        Self::from_parts(host::of_organization(organization.as_ref())?, hash.into())
    }

    /// An image on a render host of your own.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); the base as for [`RenderUrl::with_host`](super::RenderUrl::with_host).
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
        Self::from_parts(host::of_base(base.into())?, hash.into())
    }

    fn from_parts(base: String, hash: String) -> Result<Self> {
        Ok(Self {
            base,
            hash: ImageSource::hash(hash).checked()?,
            version: None,
            request: Request {
                info: false,
                region: IiifRegion::Full,
                size: IiifSize::Max,
                upscale: false,
                rotation: 0.0,
                mirrored: false,
                quality: IiifQuality::Default,
                format: Cow::Borrowed("jpg"),
            },
            query: Vec::new(),
            signed: None,
            key: None,
            terms: Terms::default(),
        })
    }

    /// Takes an IIIF URL apart, of an image or of an `info.json`.
    ///
    /// A signed URL that is not changed comes back as it was; any change drops the signature.
    ///
    /// # Errors
    ///
    /// It is not an IIIF URL, or it holds something that cannot be written again.
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
        let refuse = |fault: &str| target.refuse_as("an IIIF URL", fault);
        if target.base.is_empty() {
            return Err(refuse("it has no scheme and host"));
        }
        let path = match target.path.strip_prefix("/_iiif/") {
            Some(path) if matches!(target.shape()?, Shape::Iiif) => path,
            _ => return Err(refuse("it does not start with `/_iiif/`")),
        };
        let (version, path) = match path.split_once('/') {
            Some(("2", rest)) => (Some(IiifVersion::V2), rest),
            Some(("3", rest)) => (Some(IiifVersion::V3), rest),
            _ => (None, path),
        };
        let Some((hash, request)) = path.split_once('/') else {
            return Err(refuse("it has no hash"));
        };
        let mut parsed = Self::from_parts(host::of_base(target.base.to_owned())?, hash.to_owned())?;
        parsed.version = version;
        if request == "info.json" {
            parsed.request.info = true;
        } else {
            parsed.request = Request::parse(request, version).ok_or_else(|| {
                refuse("region, size, rotation, quality and format must follow the hash")
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

    /// Its parts, to look at.
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

    /// Makes it the URL of the `info.json`, which says how the image can be asked for.
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

    /// Asks for this version of the IIIF Image API; the default is the newest, now 3.0.
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

    /// Shows this part of the image; the default is all of it.
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

    /// Shows it in this size; the default is as large as it is delivered.
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

    /// Lets the size be larger than the region has pixels; not in version 2.
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

    /// Rotates it clockwise by this many degrees, 0 to 360; the default is 0.
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

    /// Mirrors it at its vertical axis, before it is rotated.
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

    /// Shows it in these colours; the default is the server's choice.
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

    /// Signs the URL, which organizations with the option `protect_dynamic_stack` need.
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

    /// Makes the signed URL valid until then, rounded up as [`round_up_to`](Self::round_up_to) says.
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
        self.terms.until = Some(until.into());
        self
    }

    /// Rounds the time limit up to a multiple of that many seconds, 300 by default; 1 does not round, 0 is refused.
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
        self.terms.round_up_to = seconds;
        self
    }

    /// Writes the URL.
    ///
    /// # Errors
    ///
    /// A part is beyond its limits; the error names it and the rule.
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
        match &self.key {
            Some(key) => self
                .terms
                .seal(&mut out, start, !self.query.is_empty(), key)?,
            None => self.terms.refuse_without_key()?,
        }
        Ok(out)
    }
}

impl Request {
    fn push(&self, out: &mut String, version: Option<IiifVersion>) -> Result<()> {
        self.push_region(out)?;
        out.push('/');
        if self.upscale && version == Some(IiifVersion::V2) {
            return Err(Error::invalid("IIIF: version 2 has no form for enlarging"));
        }
        self.push_size(out)?;
        out.push('/');
        if !(0.0..=360.0).contains(&self.rotation) {
            return Err(Error::invalid(format!(
                "IIIF rotation `{}`: it must be 0 to 360 degrees",
                self.rotation
            )));
        }
        if self.mirrored {
            out.push('!');
        }
        push_float(out, self.rotation);
        out.push('/');
        out.push_str(match self.quality {
            IiifQuality::Default => "default",
            IiifQuality::Color => "color",
            IiifQuality::Gray => "gray",
            IiifQuality::Bitonic => "bitonic",
        });
        out.push('.');
        push_format(out, &self.format)
    }

    fn push_region(&self, out: &mut String) -> Result<()> {
        match self.region {
            IiifRegion::Full => out.push_str("full"),
            IiifRegion::Square => out.push_str("square"),
            IiifRegion::Pixels {
                x,
                y,
                width,
                height,
            } => {
                if width == 0 || height == 0 {
                    return Err(Error::invalid(format!(
                        "IIIF region of {width} by {height} pixels: it must be at least 1 by 1"
                    )));
                }
                push_list(out, [x, y, width, height].map(f64::from));
            }
            IiifRegion::Percent {
                x,
                y,
                width,
                height,
            } => {
                let inside = |edge| (0.0..100.0).contains(&edge);
                let extent = |edge: f64| edge.is_finite() && edge > 0.0;
                if !inside(x) || !inside(y) || !extent(width) || !extent(height) {
                    return Err(Error::invalid(format!(
                        "IIIF region of {width} by {height} % at {x}, {y} %: it must start within the image and be \
                         larger than 0"
                    )));
                }
                out.push_str("pct:");
                push_list(out, [x, y, width, height]);
            }
        }
        Ok(())
    }

    fn push_size(&self, out: &mut String) -> Result<()> {
        let edge = |pixels: u32| {
            if (1..=LONGEST_EDGE).contains(&pixels) {
                Ok(u64::from(pixels))
            } else {
                Err(Error::invalid(format!(
                    "IIIF size of {pixels} pixels: an edge must be 1 to {LONGEST_EDGE} pixels"
                )))
            }
        };
        if self.upscale {
            // A caret cannot stand in a URL as it is.
            out.push_str("%5E");
        }
        match self.size {
            IiifSize::Max => out.push_str("max"),
            IiifSize::Width(width) => {
                push_number(out, edge(width)?);
                out.push(',');
            }
            IiifSize::Height(height) => {
                out.push(',');
                push_number(out, edge(height)?);
            }
            IiifSize::Exact(width, height) | IiifSize::Within(width, height) => {
                if matches!(self.size, IiifSize::Within(..)) {
                    out.push('!');
                }
                push_number(out, edge(width)?);
                out.push(',');
                push_number(out, edge(height)?);
            }
            IiifSize::Percent(percent) => {
                let most = if self.upscale { f64::MAX } else { 100.0 };
                if !(percent > 0.0 && percent <= most) {
                    return Err(Error::invalid(format!(
                        "IIIF size of {percent} %: it must be above 0, and above 100 only with `upscale`"
                    )));
                }
                out.push_str("pct:");
                push_float(out, percent);
            }
        }
        Ok(())
    }

    fn parse(text: &str, version: Option<IiifVersion>) -> Option<Self> {
        let mut parts = text.split('/');
        let (region, size) = (parts.next()?, parts.next()?);
        let (rotation, rest) = (parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (quality, format) = rest.split_once('.')?;
        let carets = ["%5E", "%5e", "^"];
        let upscaled = carets.iter().find_map(|caret| size.strip_prefix(caret));
        let mirrored = rotation.strip_prefix('!');
        Some(Self {
            info: false,
            region: parse_region(region)?,
            size: parse_size(upscaled.unwrap_or(size), version)?,
            upscale: upscaled.is_some(),
            rotation: parse_number(mirrored.unwrap_or(rotation))?,
            mirrored: mirrored.is_some(),
            quality: match quality {
                "default" => IiifQuality::Default,
                "color" => IiifQuality::Color,
                "gray" => IiifQuality::Gray,
                "bitonic" => IiifQuality::Bitonic,
                _ => return None,
            },
            format: Cow::Owned(format.to_ascii_lowercase()),
        })
    }
}

fn push_list(out: &mut String, numbers: [f64; 4]) {
    for (at, number) in numbers.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_float(out, number);
    }
}

/// A number without a sign or an exponent.
fn parse_number(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.parse().ok().filter(|_| text.bytes().all(plain))
}

fn parse_pixels(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

fn parse_region(text: &str) -> Option<IiifRegion> {
    match text {
        "full" => return Some(IiifRegion::Full),
        "square" => return Some(IiifRegion::Square),
        _ => {}
    }
    let percent = text.strip_prefix("pct:");
    let mut numbers = percent.unwrap_or(text).split(',');
    let mut next = || numbers.next();
    let (x, y, width, height) = (next()?, next()?, next()?, next()?);
    if next().is_some() {
        return None;
    }
    Some(if percent.is_some() {
        IiifRegion::Percent {
            x: parse_number(x)?,
            y: parse_number(y)?,
            width: parse_number(width)?,
            height: parse_number(height)?,
        }
    } else {
        IiifRegion::Pixels {
            x: parse_pixels(x)?,
            y: parse_pixels(y)?,
            width: parse_pixels(width)?,
            height: parse_pixels(height)?,
        }
    })
}

fn parse_size(text: &str, version: Option<IiifVersion>) -> Option<IiifSize> {
    // Version 2 still has `full`, which version 3 took away.
    if text == "max" || (text == "full" && version == Some(IiifVersion::V2)) {
        return Some(IiifSize::Max);
    }
    if let Some(percent) = text.strip_prefix("pct:") {
        return parse_number(percent).map(IiifSize::Percent);
    }
    let within = text.strip_prefix('!');
    let (width, height) = within.unwrap_or(text).split_once(',')?;
    Some(match (width, height, within) {
        (width, "", None) => IiifSize::Width(parse_pixels(width)?),
        ("", height, None) => IiifSize::Height(parse_pixels(height)?),
        (width, height, None) => IiifSize::Exact(parse_pixels(width)?, parse_pixels(height)?),
        (width, height, Some(_)) => IiifSize::Within(parse_pixels(width)?, parse_pixels(height)?),
    })
}
