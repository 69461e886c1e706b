//! The options of a stack.

use serde_json::{Map, Value};

use crate::api::types::StackOptionValues;

macro_rules! options {
    ($(
        $(#[$doc:meta])*
        $method:ident($type:ty) $name:literal;
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

        /// The options with setters of this macro.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$($name),*];
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

options! {
    /// Sets a stack that runs before this one (default: none); its output is stored. Its name consists of letters,
    /// digits, `-` and `_`.
    basestack(impl Into<String> + Into<Value>) "basestack";
    /// Returns the original file unchanged (default: no). Excludes operations and other options.
    source_file(bool) "source_file";
    /// Requires signed URLs (default: no). Overwriting cannot protect a stack that is not protected.
    protected(bool) "protected";
    /// Sets how much effort the service spends on smaller files, 0 to 10 (default: 5, in older catalogues 4).
    #[doc(alias = "optim.quality")]
    optim_quality(u8) "optim.quality";
    /// Disables optimizations that reduce the file size (default: no).
    #[doc(alias = "optim.disable_all")]
    optim_disable_all(bool) "optim.disable_all";
    /// Optimizes files before the first response (default: no, afterwards). For development only.
    #[doc(alias = "optim.immediate")]
    optim_immediate(bool) "optim.immediate";
    /// Known from a recorded catalogue only (default: no).
    #[doc(alias = "optim.ttl_shared")]
    optim_ttl_shared(bool) "optim.ttl_shared";
    /// Quality of JPEG, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5).
    #[doc(alias = "jpg.quality")]
    jpg_quality(u8) "jpg.quality";
    /// Quality of WebP, 1 to 100 (default: 80, and 10 less where `dpr` is above 1.5); 100 is lossless.
    #[doc(alias = "webp.quality")]
    webp_quality(u8) "webp.quality";
    /// Quality of HEIF, 1 to 100 (default: 40).
    #[doc(alias = "heif.quality")]
    heif_quality(u8) "heif.quality";
    /// Quality of AVIF, 1 to 100 (default: 45).
    #[doc(alias = "avif.quality")]
    avif_quality(u8) "avif.quality";
    /// Quality of JPEG XL, 1 to 100 (default: 70).
    #[doc(alias = "jxl.quality")]
    jxl_quality(u8) "jxl.quality";
    /// Quality of GIF, 1 to 100 (default: 70, in older catalogues 60).
    #[doc(alias = "gif.quality")]
    gif_quality(u8) "gif.quality";
    /// Quality of JPEG 2000, 1 to 100 (default: 40).
    #[doc(alias = "jp2.quality")]
    jp2_quality(u8) "jp2.quality";
    /// Quality of AV1, 1 to 100 (default: 70, in older catalogues 50).
    #[doc(alias = "av1.quality")]
    av1_quality(u8) "av1.quality";
    /// Quality of `WebM`, 1 to 100 (default: 50).
    #[doc(alias = "webm.quality")]
    webm_quality(u8) "webm.quality";
    /// Quality of MP4, 1 to 100 (default: 50).
    #[doc(alias = "mp4.quality")]
    mp4_quality(u8) "mp4.quality";
    /// Quality of PNG with a reduced palette, 10 to 100 (default: 98); 100 keeps all colors.
    #[doc(alias = "pngquant.quality")]
    pngquant_quality(u8) "pngquant.quality";
    /// Compression level of PNG, 0 to 9 (default: 7).
    #[doc(alias = "png.compression_level")]
    png_compression_level(u8) "png.compression_level";
    /// Interlacing of files (default: [`Interlacing::Plane`]).
    #[doc(alias = "interlacing.mode")]
    interlacing_mode(Interlacing) "interlacing.mode";
    /// Dots per inch to write into PNG and TIFF, 10 to 5000, together with
    /// [`optim_disable_all`](Self::optim_disable_all).
    dpi(u16) "dpi";
    /// Lets the service choose a smaller format that the browser supports (default: no).
    autoformat(bool) "autoformat";
    /// Formats that [`autoformat`](Self::autoformat) excludes, separated by commas (default: none): `webp`,
    /// `avif`, `lossless_to_lossy`, `lossy_to_lossless`, `lossy_to_lossless_if_bigger`, `svg`, `svg_to_png`.
    #[doc(alias = "autoformat.exclude")]
    autoformat_exclude(impl Into<String> + Into<Value>) "autoformat.exclude";
    /// Formats that [`autoformat`](Self::autoformat) includes too (default: none): `avif`.
    #[doc(alias = "autoformat.include")]
    autoformat_include(impl Into<String> + Into<Value>) "autoformat.include";
    /// Color that replaces transparency, as hexadecimal digits.
    #[doc(alias = "transparency.color")]
    transparency_color(impl Into<String> + Into<Value>) "transparency.color";
    /// Color that replaces transparency in JPEG, as hexadecimal digits (default: `FFFFFF`).
    #[doc(alias = "jpg.transparency.color")]
    jpg_transparency_color(impl Into<String> + Into<Value>) "jpg.transparency.color";
    /// The format of a JPEG with a transparent picture (default: [`TransparentJpg::False`], a JPEG).
    #[doc(alias = "jpg.transparency.autoformat")]
    jpg_transparency_autoformat(TransparentJpg) "jpg.transparency.autoformat";
    /// Replaces transparency in JPEG with a color (default: no).
    #[doc(alias = "jpg.transparency.convert")]
    jpg_transparency_convert(bool) "jpg.transparency.convert";
    /// Allows the full URL of a remote image (default: no).
    remote_fullurl_allow(bool) "remote_fullurl_allow";
    /// The prefix of the URLs of remote images (default: none); starts with `https://` or `http://`.
    remote_basepath(impl Into<String> + Into<Value>) "remote_basepath";
    /// Whether browsers display or download a file (default: [`ContentDisposition::Inline`]).
    content_disposition(ContentDisposition) "content_disposition";
    /// The frame of a video, as `HH:MM:SS` (default: none).
    timestamp(impl Into<String> + Into<Value>) "timestamp";
    /// Frames per second of a GIF from a video, 1 to 25 (default: 10).
    fps(u8) "fps";
    /// Smallest width in pixels of the videos in an `m3u` list, 0 to 6000.
    min_video_width(u16) "min_video_width";
    /// Smallest height in pixels of the videos in an `m3u` list, 0 to 2200.
    min_video_height(u16) "min_video_height";
    /// Resolution of a rendered PDF in dots per inch, 10 to 1000 (default: 200, and twice that below 1000 pixels of width).
    #[doc(alias = "pdf.dpi")]
    pdf_dpi(u16) "pdf.dpi";
    /// The page of a PDF, 1 to 1000 (default: 1).
    #[doc(alias = "pdf.page")]
    pdf_page(u16) "pdf.page";
    /// Pages of a PDF, for [`Client::render_upload`](crate::Client::render_upload) only: `all`, or numbers and ranges
    /// such as `1,3,5..7`, at most 50.
    #[doc(alias = "pdf.pages")]
    pdf_pages(impl Into<String> + Into<Value>) "pdf.pages";
    /// Reports the rendering time in the response. Known from a recorded catalogue only.
    timing_origin(bool) "timing_origin";
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
            #[cfg(test)]
            pub(super) const WORDS: &'static [&'static str] = &[$($word),*];

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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ContentDisposition, Interlacing, NAMES, TransparentJpg};
    use crate::render::rules::{Rule, STACK_OPTIONS};

    #[test]
    fn every_option_has_a_setter_and_a_rule() {
        let known: BTreeSet<_> = STACK_OPTIONS.iter().map(|option| option.name).collect();
        let by_hand = ["dpr", "remote_fullurl_whitelist"];
        let setters: BTreeSet<_> = NAMES.iter().chain(&by_hand).copied().collect();
        assert_eq!(known, setters);
    }

    #[test]
    fn the_keywords_of_the_types_are_those_of_the_rules() {
        for (name, words) in [
            ("interlacing.mode", Interlacing::WORDS),
            ("jpg.transparency.autoformat", TransparentJpg::WORDS),
            ("content_disposition", ContentDisposition::WORDS),
        ] {
            let option = STACK_OPTIONS.iter().find(|option| option.name == name);
            match option.unwrap().rule {
                Rule::Words(known) => assert_eq!(known, words, "{name}"),
                other => panic!("{name} has {other:?}"),
            }
        }
    }
}
