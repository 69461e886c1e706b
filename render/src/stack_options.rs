//! The rules of stack options.

use crate::Value;

use super::rule::{OptionRule, Rule};

macro_rules! options {
    ($($name:literal $rule:expr, $default:literal;)*) => {
        /// All known options.
        pub const STACK_OPTIONS: &[OptionRule] = &[$(
            OptionRule { name: $name, rule: $rule, default: $default },
        )*];

        /// Returns whether the value of an option is valid, as its rule in [`STACK_OPTIONS`] says, or the option unknown.
        /// Compares with constants only, because every URL is checked.
        #[inline(never)]
        pub(crate) fn admit(option: &str, value: &Value) -> bool {
            $(
                if option == $name {
                    return $rule.admits(value);
                }
            )*
            true
        }
    };
}

// The options that most URLs have come first.
options! {
    "dpr" Rule::Number(1.0, 10.0), "1";
    "jpg.quality" Rule::Integer(1, 100), "80";
    "autoformat" Rule::Bool, "false";
    "webp.quality" Rule::Integer(1, 100), "80";
    "avif.quality" Rule::Integer(1, 100), "45";
    "basestack" Rule::Stack, "null";
    "source_file" Rule::Bool, "false";
    "protected" Rule::Bool, "false";
    "optim.quality" Rule::Integer(0, 10), "5";
    "optim.disable_all" Rule::Bool, "false";
    "optim.immediate" Rule::Bool, "false";
    "optim.ttl_shared" Rule::Bool, "false";
    "heif.quality" Rule::Integer(1, 100), "40";
    "jxl.quality" Rule::Integer(1, 100), "70";
    "gif.quality" Rule::Integer(1, 100), "70";
    "jp2.quality" Rule::Integer(1, 100), "40";
    "av1.quality" Rule::Integer(1, 100), "70";
    "webm.quality" Rule::Integer(1, 100), "50";
    "mp4.quality" Rule::Integer(1, 100), "50";
    "pngquant.quality" Rule::Integer(10, 100), "98";
    "png.compression_level" Rule::Integer(0, 9), "7";
    "interlacing.mode" Rule::Words(&["none", "line", "plane", "partition"]), "\"plane\"";
    "dpi" Rule::Integer(10, 5_000), "";
    "autoformat.exclude" Rule::Text, "null";
    "autoformat.include" Rule::Text, "null";
    "transparency.color" Rule::Color, "";
    "jpg.transparency.color" Rule::Color, "\"FFFFFF\"";
    "jpg.transparency.autoformat" Rule::Words(&["true", "false", "png", "webp"]), "\"false\"";
    "jpg.transparency.convert" Rule::Bool, "false";
    "remote_fullurl_allow" Rule::Bool, "null";
    "remote_basepath" Rule::Url, "null";
    "content_disposition" Rule::Words(&["inline", "attachment"]), "\"inline\"";
    "timestamp" Rule::Time, "null";
    "fps" Rule::Integer(1, 25), "10";
    "min_video_width" Rule::Integer(0, 6_000), "";
    "min_video_height" Rule::Integer(0, 2_200), "";
    "pdf.dpi" Rule::Integer(10, 1_000), "200";
    "pdf.page" Rule::Integer(1, 1_000), "1";
    "pdf.pages" Rule::Text, "";
    "timing_origin" Rule::Bool, "null";
    "remote_fullurl_whitelist" Rule::Strings, "null";
}
