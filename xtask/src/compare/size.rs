//! Counts lines of code.

use std::path::Path;

use anyhow::{Context, Result};

/// The comments of a language.
struct Style {
    line: &'static str,
    block: (&'static str, &'static str),
}

fn style(path: &Path) -> Option<Style> {
    let (line, block) = match path.extension()?.to_str()? {
        "rs" | "ts" => ("//", ("/*", "*/")),
        "py" => ("#", ("\"\"\"", "\"\"\"")),
        "rb" => ("#", ("=begin", "=end")),
        _ => return None,
    };
    Some(Style { line, block })
}

/// Counts the lines of a file, or of all files in a folder, that are neither empty nor start as comments.
pub(crate) fn lines(path: &Path) -> Result<usize> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| path.display().to_string())?;
        let mut sum = 0;
        for entry in entries {
            sum += lines(&entry?.path())?;
        }
        return Ok(sum);
    }
    let Some(style) = style(path) else {
        return Ok(0);
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(count(&text, &style))
}

fn count(text: &str, style: &Style) -> usize {
    let mut inside = false;
    let mut sum = 0;
    let (open, close) = style.block;
    for line in without_tests(text).lines().map(str::trim) {
        if inside {
            inside = !line.contains(close);
        } else if let Some(rest) = line.strip_prefix(open) {
            inside = !rest.contains(close);
        } else if !line.is_empty() && !line.starts_with(style.line) {
            sum += 1;
        }
    }
    sum
}

/// Returns a Rust file without its tests, which are its last module.
fn without_tests(text: &str) -> &str {
    let Some((code, rest)) = text.split_once("\n#[cfg(test)]\n") else {
        return text;
    };
    let next = rest.lines().find(|line| !line.starts_with("#["));
    match next {
        Some(line) if line.starts_with("mod ") => code,
        _ => text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn counts_neither_blank_lines_nor_comments() {
        for (file, text, wanted) in [
            (
                "a.rs",
                "//! Doc\n\nfn f() {} // x\n/* a\nb */\n    /** one */\nlet x = \"/*\";\n",
                2,
            ),
            (
                "b.rs",
                "fn f() {}\n\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    fn g() {}\n}\n",
                1,
            ),
            (
                "a.py",
                "# x\ndef f():\n    \"\"\"Doc\n\n    more\n    \"\"\"\n    \"\"\"one\"\"\"\n    return 1\n",
                2,
            ),
            ("a.rb", "=begin\nclass X\n=end\nclass Y # y\nend\n", 2),
            ("a.ts", "/**\n * x\n */\nconst x = 1;\n// y\n", 1),
        ] {
            let style = style(Path::new(file)).unwrap();
            assert_eq!(count(text, &style), wanted, "{file}");
        }
    }

    #[test]
    fn other_files_are_not_code() {
        assert!(style(Path::new("a.md")).is_none());
    }
}
