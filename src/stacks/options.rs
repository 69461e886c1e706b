//! The options of a stack.

use serde_json::{Map, Value};

use crate::api::types::StackOptionValues;

use super::rule::{OptionRule, Rule};

macro_rules! options {
    ($(
        $(#[$doc:meta])*
        $method:ident($type:ty) $name:literal $rule:expr, $default:literal;
    )*) => {
        impl StackOptionValues {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $method(self, value: $type) -> Self {
                    self.option($name, value)
                }
            )*
        }

        /// All known options.
        pub(super) const ALL: &[OptionRule] = &[$(
            OptionRule { name: $name, rule: $rule, default: $default },
        )*];
    };
}

/// Options of a stack, such as `jpg.quality` or `autoformat`. The client validates ranges before it sends a
/// stack.
///
/// ```
/// use rokka::StackOptions;
///
/// let options = StackOptions::new().jpg_quality(70).autoformat(true).dpr(2);
/// assert_eq!(options["jpg.quality"], 70);
/// ```
///
/// [Reference](https://rokka.io/documentation/references/stacks.html).
impl StackOptionValues {
    /// Returns no options, which means the defaults of the service.
    ///
    /// ```
    /// assert!(rokka::StackOptions::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets any option by its name, for options without a method; replaces a previous value. `null` means the service's
    /// default.
    ///
    /// ```
    /// let options = rokka::StackOptions::new().option("brand.new", true);
    /// assert_eq!(options["brand.new"], true);
    /// ```
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// Sets the device pixel ratio, 1 to 10 (default: 1): 2 renders twice as large. Rendering fails with 400 if the stack
    /// has no resize.
    ///
    /// ```
    /// assert_eq!(rokka::StackOptions::new().dpr(1.5)["dpr"], 1.5);
    /// ```
    #[must_use]
    pub fn dpr(self, ratio: impl Into<f64>) -> Self {
        self.option("dpr", crate::render::Value::from(ratio.into()).into_json())
    }

    /// Sets regular expressions, one of which the full URL of a remote image must match (default: none).
    ///
    /// ```
    /// let options = rokka::StackOptions::new().remote_fullurl_whitelist(["^https://example\\.org/"]);
    /// assert_eq!(options["remote_fullurl_whitelist"][0], "^https://example\\.org/");
    /// ```
    #[must_use]
    pub fn remote_fullurl_whitelist<U: Into<String>>(
        self,
        patterns: impl IntoIterator<Item = U>,
    ) -> Self {
        let patterns = patterns
            .into_iter()
            .map(|pattern| Value::from(pattern.into()));
        self.option("remote_fullurl_whitelist", patterns.collect::<Vec<_>>())
    }
}

impl IntoIterator for StackOptionValues {
    type Item = (String, Value);
    type IntoIter = serde_json::map::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        Map::into_iter(self.0)
    }
}

/// The option with a generic setter.
const DPR: OptionRule = OptionRule {
    name: "dpr",
    rule: Rule::Number(1.0, 10.0),
    default: "1",
};

const WHITELIST: OptionRule = OptionRule {
    name: "remote_fullurl_whitelist",
    rule: Rule::Strings,
    default: "null",
};

/// The options with handwritten setters.
pub(super) const SPECIAL: &[OptionRule] = &[DPR, WHITELIST];

options! {
    /// Sets a stack that runs before this one (default: none); its output is stored. Its name consists of letters,
    /// digits, `-` and `_`.
    basestack(impl Into<String> + Into<Value>) "basestack" Rule::Stack, "null";
    /// Returns the original file unchanged (default: no). Excludes operations and other options.
    source_file(bool) "source_file" Rule::Bool, "false";
    /// Requires signed URLs (default: no). Overwriting cannot protect a stack that is not protected.
    protected(bool) "protected" Rule::Bool, "false";
    /// Sets how much effort the service spends on smaller files, 0 to 10 (default: 5, in older catalogues 4).
    #[doc(alias = "optim.quality")]
    optim_quality(u8) "optim.quality" Rule::Integer(0, 10), "5";
    /// Disables optimizations that reduce the file size (default: no).
    #[doc(alias = "optim.disable_all")]
    optim_disable_all(bool) "optim.disable_all" Rule::Bool, "false";
    /// Optimizes files before the first response (default: no, afterwards). For development only.
    #[doc(alias = "optim.immediate")]
    optim_immediate(bool) "optim.immediate" Rule::Bool, "false";
    /// Known from a recorded catalogue only (default: no).
    #[doc(alias = "optim.ttl_shared")]
    optim_ttl_shared(bool) "optim.ttl_shared" Rule::Bool, "false";
    /// Quality of JPEG, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5).
    #[doc(alias = "jpg.quality")]
    jpg_quality(u8) "jpg.quality" Rule::Integer(1, 100), "80";
    /// Quality of WebP, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5); 100 is lossless.
    #[doc(alias = "webp.quality")]
    webp_quality(u8) "webp.quality" Rule::Integer(1, 100), "80";
    /// Quality of HEIF, 1 to 100 (default: 40).
    #[doc(alias = "heif.quality")]
    heif_quality(u8) "heif.quality" Rule::Integer(1, 100), "40";
    /// Quality of AVIF, 1 to 100 (default: 45).
    #[doc(alias = "avif.quality")]
    avif_quality(u8) "avif.quality" Rule::Integer(1, 100), "45";
    /// Quality of JPEG XL, 1 to 100 (default: 70).
    #[doc(alias = "jxl.quality")]
    jxl_quality(u8) "jxl.quality" Rule::Integer(1, 100), "70";
    /// Quality of GIF, 1 to 100 (default: 70, in older catalogues 60).
    #[doc(alias = "gif.quality")]
    gif_quality(u8) "gif.quality" Rule::Integer(1, 100), "70";
    /// Quality of JPEG 2000, 1 to 100 (default: 40).
    #[doc(alias = "jp2.quality")]
    jp2_quality(u8) "jp2.quality" Rule::Integer(1, 100), "40";
    /// Quality of AV1, 1 to 100 (default: 70, in older catalogues 50).
    #[doc(alias = "av1.quality")]
    av1_quality(u8) "av1.quality" Rule::Integer(1, 100), "70";
    /// Quality of `WebM`, 1 to 100 (default: 50).
    #[doc(alias = "webm.quality")]
    webm_quality(u8) "webm.quality" Rule::Integer(1, 100), "50";
    /// Quality of MP4, 1 to 100 (default: 50).
    #[doc(alias = "mp4.quality")]
    mp4_quality(u8) "mp4.quality" Rule::Integer(1, 100), "50";
    /// Quality of PNG with a reduced palette, 10 to 100 (default: 98); 100 keeps all colors.
    #[doc(alias = "pngquant.quality")]
    pngquant_quality(u8) "pngquant.quality" Rule::Integer(10, 100), "98";
    /// Compression level of PNG, 0 to 9 (default: 7).
    #[doc(alias = "png.compression_level")]
    png_compression_level(u8) "png.compression_level" Rule::Integer(0, 9), "7";
    /// Interlacing of files (default: [`Interlacing::Plane`]).
    #[doc(alias = "interlacing.mode")]
    interlacing_mode(Interlacing) "interlacing.mode" Rule::Words(Interlacing::WORDS), "\"plane\"";
    /// Dots per inch to write into PNG and TIFF, 10 to 5000, together with
    /// [`optim_disable_all`](Self::optim_disable_all).
    dpi(u16) "dpi" Rule::Integer(10, 5_000), "";
    /// Lets the service choose a smaller format that the browser supports (default: no).
    autoformat(bool) "autoformat" Rule::Bool, "false";
    /// Formats that [`autoformat`](Self::autoformat) excludes, separated by commas (default: none): `webp`,
    /// `avif`, `lossless_to_lossy`, `lossy_to_lossless`, `lossy_to_lossless_if_bigger`, `svg`, `svg_to_png`.
    #[doc(alias = "autoformat.exclude")]
    autoformat_exclude(impl Into<String> + Into<Value>) "autoformat.exclude" Rule::Text, "null";
    /// Formats that [`autoformat`](Self::autoformat) includes too (default: none): `avif`.
    #[doc(alias = "autoformat.include")]
    autoformat_include(impl Into<String> + Into<Value>) "autoformat.include" Rule::Text, "null";
    /// Color that replaces transparency, as hexadecimal digits.
    #[doc(alias = "transparency.color")]
    transparency_color(impl Into<String> + Into<Value>) "transparency.color" Rule::Color, "";
    /// Color that replaces transparency in JPEG, as hexadecimal digits (default: `FFFFFF`).
    #[doc(alias = "jpg.transparency.color")]
    jpg_transparency_color(impl Into<String> + Into<Value>) "jpg.transparency.color" Rule::Color, "\"FFFFFF\"";
    /// The format of a JPEG with a transparent picture (default: [`TransparentJpg::False`], a JPEG).
    #[doc(alias = "jpg.transparency.autoformat")]
    jpg_transparency_autoformat(TransparentJpg) "jpg.transparency.autoformat" Rule::Words(TransparentJpg::WORDS), "\"false\"";
    /// Replaces transparency in JPEG with a color (default: no).
    #[doc(alias = "jpg.transparency.convert")]
    jpg_transparency_convert(bool) "jpg.transparency.convert" Rule::Bool, "false";
    /// Allows the full URL of a remote image (default: no).
    remote_fullurl_allow(bool) "remote_fullurl_allow" Rule::Bool, "null";
    /// The prefix of the URLs of remote images (default: none); starts with `https://` or `http://`.
    remote_basepath(impl Into<String> + Into<Value>) "remote_basepath" Rule::Url, "null";
    /// Whether browsers display or download a file (default: [`ContentDisposition::Inline`]).
    content_disposition(ContentDisposition) "content_disposition" Rule::Words(ContentDisposition::WORDS), "\"inline\"";
    /// The frame of a video, as `HH:MM:SS` (default: none).
    timestamp(impl Into<String> + Into<Value>) "timestamp" Rule::Time, "null";
    /// Frames per second of a GIF from a video, 1 to 25 (default: 10).
    fps(u8) "fps" Rule::Integer(1, 25), "10";
    /// Smallest width in pixels of the videos in an `m3u` list, 0 to 6000.
    min_video_width(u16) "min_video_width" Rule::Integer(0, 6_000), "";
    /// Smallest height in pixels of the videos in an `m3u` list, 0 to 2200.
    min_video_height(u16) "min_video_height" Rule::Integer(0, 2_200), "";
    /// Resolution of a rendered PDF in dots per inch, 10 to 1000 (default: 200, and twice that below 1000 pixels of width).
    #[doc(alias = "pdf.dpi")]
    pdf_dpi(u16) "pdf.dpi" Rule::Integer(10, 1_000), "200";
    /// The page of a PDF, 1 to 1000 (default: 1).
    #[doc(alias = "pdf.page")]
    pdf_page(u16) "pdf.page" Rule::Integer(1, 1_000), "1";
    /// Pages of a PDF, for [`Client::render_upload`](crate::Client::render_upload) only: `all`, or numbers and ranges
    /// such as `1,3,5..7`, at most 50.
    #[doc(alias = "pdf.pages")]
    pdf_pages(impl Into<String> + Into<Value>) "pdf.pages" Rule::Text, "";
    /// Reports the rendering time in the response. Known from a recorded catalogue only.
    timing_origin(bool) "timing_origin" Rule::Bool, "null";
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),*];

            /// Returns the keyword that the service uses.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl From<$name> for Value {
            fn from(word: $name) -> Self {
                Self::from(word.as_str())
            }
        }
    };
}

words! {
    /// The interlacing of files.
    Interlacing {
        /// Not at all.
        None = "none",
        /// By lines.
        Line = "line",
        /// By planes.
        Plane = "plane",
        /// In separate files.
        Partition = "partition",
    }
}

words! {
    /// The format of a JPEG with a transparent picture.
    TransparentJpg {
        /// The best format.
        True = "true",
        /// JPEG.
        False = "false",
        /// PNG.
        Png = "png",
        /// WebP.
        Webp = "webp",
    }
}

words! {
    /// What browsers do with a file.
    ContentDisposition {
        /// They display it.
        Inline = "inline",
        /// They download it.
        Attachment = "attachment",
    }
}
