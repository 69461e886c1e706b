//! Options of a stack.

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

        /// Every option that is known.
        pub(super) const ALL: &[OptionRule] = &[$(
            OptionRule { name: $name, rule: $rule, default: $default },
        )*];
    };
}

/// Options of a stack, such as `jpg.quality` or `autoformat`. Ranges are checked before a stack is sent.
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
    /// No options: the service's defaults.
    ///
    /// ```
    /// assert!(rokka::StackOptions::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets any option by its name, for what has no method here; the same one again replaces it. `null` stands for the
    /// service's default.
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

    /// The pixels of the device per pixel of the picture, 1 to 10 (default: 1): 2 renders twice as large. Without a
    /// resize in the stack itself rendering is a 400.
    ///
    /// ```
    /// assert_eq!(rokka::StackOptions::new().dpr(1.5)["dpr"], 1.5);
    /// ```
    #[must_use]
    pub fn dpr(self, ratio: impl Into<f64>) -> Self {
        self.option("dpr", crate::render::Value::from(ratio.into()).into_json())
    }

    /// Regular expressions of the URLs that remote images may have, where their whole URL is allowed (default: none).
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

/// The option with a setter of its own type.
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

/// Those with setters of their own shape.
pub(super) const SPECIAL: &[OptionRule] = &[DPR, WHITELIST];

options! {
    /// A stack that runs before this one (default: none); its output is stored. Its name is letters, digits, `-`
    /// and `_`.
    basestack(impl Into<String> + Into<Value>) "basestack" Rule::Stack, "null";
    /// Gives the original as it is (default: no). Then there can be no operations and no other options.
    source_file(bool) "source_file" Rule::Bool, "false";
    /// Whether its URLs have to be signed (default: no). A stack that is not protected cannot become so by overwriting.
    protected(bool) "protected" Rule::Bool, "false";
    /// How much the service works on smaller files, 0 to 10 (default: 5, in older catalogues 4).
    #[doc(alias = "optim.quality")]
    optim_quality(u8) "optim.quality" Rule::Integer(0, 10), "5";
    /// Leaves out what makes files smaller (default: no).
    #[doc(alias = "optim.disable_all")]
    optim_disable_all(bool) "optim.disable_all" Rule::Bool, "false";
    /// Makes files smaller before the first answer (default: no, afterwards). For development only.
    #[doc(alias = "optim.immediate")]
    optim_immediate(bool) "optim.immediate" Rule::Bool, "false";
    /// Known from a recorded catalogue only (default: no).
    #[doc(alias = "optim.ttl_shared")]
    optim_ttl_shared(bool) "optim.ttl_shared" Rule::Bool, "false";
    /// Quality of JPEG, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5).
    #[doc(alias = "jpg.quality")]
    jpg_quality(u8) "jpg.quality" Rule::Integer(1, 100), "80";
    /// Quality of WebP, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5); 100 is without loss.
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
    /// Quality of PNG with few colours, 10 to 100 (default: 98); 100 keeps all colours.
    #[doc(alias = "pngquant.quality")]
    pngquant_quality(u8) "pngquant.quality" Rule::Integer(10, 100), "98";
    /// How much PNG is packed, 0 to 9 (default: 7).
    #[doc(alias = "png.compression_level")]
    png_compression_level(u8) "png.compression_level" Rule::Integer(0, 9), "7";
    /// How files are interlaced (default: [`Interlacing::Plane`]).
    #[doc(alias = "interlacing.mode")]
    interlacing_mode(Interlacing) "interlacing.mode" Rule::Words(Interlacing::WORDS), "\"plane\"";
    /// Dots per inch to write into PNG and TIFF, 10 to 5000, together with
    /// [`optim_disable_all`](Self::optim_disable_all).
    dpi(u16) "dpi" Rule::Integer(10, 5_000), "";
    /// Lets the service choose a smaller format that the browser takes (default: no).
    autoformat(bool) "autoformat" Rule::Bool, "false";
    /// Formats that [`autoformat`](Self::autoformat) leaves out, with commas between them (default: none): `webp`,
    /// `avif`, `lossless_to_lossy`, `lossy_to_lossless`, `lossy_to_lossless_if_bigger`, `svg`, `svg_to_png`.
    #[doc(alias = "autoformat.exclude")]
    autoformat_exclude(impl Into<String> + Into<Value>) "autoformat.exclude" Rule::Text, "null";
    /// Formats that [`autoformat`](Self::autoformat) takes too (default: none): `avif`.
    #[doc(alias = "autoformat.include")]
    autoformat_include(impl Into<String> + Into<Value>) "autoformat.include" Rule::Text, "null";
    /// Colour in the place of transparency, as hexadecimal digits.
    #[doc(alias = "transparency.color")]
    transparency_color(impl Into<String> + Into<Value>) "transparency.color" Rule::Color, "";
    /// Colour in the place of transparency in JPEG, as hexadecimal digits (default: `FFFFFF`).
    #[doc(alias = "jpg.transparency.color")]
    jpg_transparency_color(impl Into<String> + Into<Value>) "jpg.transparency.color" Rule::Color, "\"FFFFFF\"";
    /// Which format a JPEG becomes whose picture is transparent (default: [`TransparentJpg::False`], a JPEG).
    #[doc(alias = "jpg.transparency.autoformat")]
    jpg_transparency_autoformat(TransparentJpg) "jpg.transparency.autoformat" Rule::Words(TransparentJpg::WORDS), "\"false\"";
    /// Whether transparency becomes a colour in JPEG (default: no).
    #[doc(alias = "jpg.transparency.convert")]
    jpg_transparency_convert(bool) "jpg.transparency.convert" Rule::Bool, "false";
    /// Whether remote images may be named by their whole URL (default: no).
    remote_fullurl_allow(bool) "remote_fullurl_allow" Rule::Bool, "null";
    /// What the URLs of remote images start with (default: none): `https://` or `http://` and more.
    remote_basepath(impl Into<String> + Into<Value>) "remote_basepath" Rule::Url, "null";
    /// Whether browsers show a file or store it (default: [`ContentDisposition::Inline`]).
    content_disposition(ContentDisposition) "content_disposition" Rule::Words(ContentDisposition::WORDS), "\"inline\"";
    /// The frame of a video, as `HH:MM:SS` (default: none).
    timestamp(impl Into<String> + Into<Value>) "timestamp" Rule::Time, "null";
    /// Frames a second where a video becomes a GIF, 1 to 25 (default: 10).
    fps(u8) "fps" Rule::Integer(1, 25), "10";
    /// Smallest width in pixels of the videos in an `m3u` list, 0 to 6000.
    min_video_width(u16) "min_video_width" Rule::Integer(0, 6_000), "";
    /// Smallest height in pixels of the videos in an `m3u` list, 0 to 2200.
    min_video_height(u16) "min_video_height" Rule::Integer(0, 2_200), "";
    /// Dots per inch at which a PDF is drawn, 10 to 1000 (default: 200, and twice that below 1000 pixels of width).
    #[doc(alias = "pdf.dpi")]
    pdf_dpi(u16) "pdf.dpi" Rule::Integer(10, 1_000), "200";
    /// The page of a PDF, 1 to 1000 (default: 1).
    #[doc(alias = "pdf.page")]
    pdf_page(u16) "pdf.page" Rule::Integer(1, 1_000), "1";
    /// Pages of a PDF, for [`Client::render_upload`](crate::Client::render_upload) only: `all`, or numbers and ranges
    /// such as `1,3,5..7`, at most 50.
    #[doc(alias = "pdf.pages")]
    pdf_pages(impl Into<String> + Into<Value>) "pdf.pages" Rule::Text, "";
    /// Whether the answer names the time that rendering took. Known from a recorded catalogue only.
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

            /// The word as the service spells it.
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
    /// How files are interlaced.
    Interlacing {
        /// Not at all.
        None = "none",
        /// By lines.
        Line = "line",
        /// By planes.
        Plane = "plane",
        /// In files of their own.
        Partition = "partition",
    }
}

words! {
    /// Which format a JPEG becomes whose picture is transparent.
    TransparentJpg {
        /// The best one.
        True = "true",
        /// It stays a JPEG.
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
        /// They show it.
        Inline = "inline",
        /// They store it.
        Attachment = "attachment",
    }
}
