//! A command line program: uploads, lists, downloads and deletes images, and prints render URLs.
//!
//! ```text
//! cargo run --example cli upload FILE..       prints a hash and a name for each file
//! cargo run --example cli list [WORD]         lists the images, or those whose name begins with the word
//! cargo run --example cli url STACK HASH..    prints render URLs; sends nothing
//! cargo run --example cli download HASH FILE
//! cargo run --example cli delete HASH..
//! ```
//!
//! `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` name the account. The exit status is 0, 1 if a part of the work failed, and 2 for a
//! wrong command. Results go to the standard output, messages to the standard error, so that programs can be piped.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use futures_util::{StreamExt, TryStreamExt};
use rokka::{Client, Progress, Source, field};

const USAGE: &str =
    "expected upload FILE.., list [WORD], url STACK HASH.., download HASH FILE or delete HASH..";

/// What the program runs with.
struct Cli<'a> {
    rokka: Client,
    organization: String,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// Whether a person watches the standard error.
    is_terminal: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let is_terminal = err.is_terminal();
    let client = match (Client::from_env(), std::env::var("ROKKA_ORGANIZATION")) {
        (Ok(rokka), Ok(organization)) => Ok((rokka, organization)),
        (Err(error), _) => Err(error.to_string()),
        (_, Err(_)) => Err("no organization: set ROKKA_ORGANIZATION".to_owned()),
    };
    let (rokka, organization) = match client {
        Ok(client) => client,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let mut cli = Cli {
        rokka,
        organization,
        out: &mut out,
        err: &mut err,
        is_terminal,
    };
    ExitCode::from(cli.run(&arguments).await)
}

impl Cli<'_> {
    /// Runs a command; returns the exit status.
    async fn run(&mut self, arguments: &[String]) -> u8 {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let done = match *arguments {
            ["upload", ref files @ ..] if !files.is_empty() => self.upload(files).await,
            ["list"] => self.list("").await,
            ["list", word] => self.list(word).await,
            ["url", stack, ref hashes @ ..] => self.url(stack, hashes),
            ["download", hash, file] => self.download(hash, file).await,
            ["delete", ref hashes @ ..] if !hashes.is_empty() => self.delete(hashes).await,
            _ => {
                let _ = writeln!(self.err, "{USAGE}");
                return 2;
            }
        };
        match done {
            Ok(0) => 0,
            Ok(_) => 1,
            Err(error) => {
                // `{error}` of an API error names the operation, the status and the message of the service.
                let _ = writeln!(self.err, "{error}");
                1
            }
        }
    }

    /// Uploads files; returns how many failed.
    async fn upload(&mut self, files: &[&str]) -> Result<usize, Box<dyn Error>> {
        let images = self.rokka.source_images(&self.organization)?;
        let sources: Vec<_> = files.iter().map(Source::path).collect();
        let progress = Progress::new();
        let mut uploads = images.bulk().upload(sources).progress(&progress);
        let mut failed = 0;
        while let Some(item) = uploads.next().await {
            if self.is_terminal {
                write!(self.err, "\r{} bytes sent\r", progress.now().bytes)?;
            }
            match item.result {
                Ok(image) => writeln!(self.out, "{} {}", image.hash, image.name)?,
                Err(error) => {
                    failed += 1;
                    writeln!(self.err, "{}: {error}", item.id)?;
                }
            }
        }
        Ok(failed)
    }

    async fn list(&mut self, word: &str) -> Result<usize, Box<dyn Error>> {
        let images = self.rokka.source_images(&self.organization)?;
        let mut search = images.search();
        if !word.is_empty() {
            search = search.filter(field::NAME.starts_with(word));
        }
        let mut found = search.stream();
        while let Some(image) = found.try_next().await? {
            writeln!(self.out, "{} {:>10} {}", image.hash, image.size, image.name)?;
        }
        Ok(0)
    }

    fn url(&mut self, stack: &str, hashes: &[&str]) -> Result<usize, Box<dyn Error>> {
        for hash in hashes {
            let url = self.rokka.render(&self.organization, *hash)?;
            writeln!(self.out, "{}", url.stack(stack).url()?)?;
        }
        Ok(0)
    }

    async fn download(&mut self, hash: &str, file: &str) -> Result<usize, Box<dyn Error>> {
        let images = self.rokka.source_images(&self.organization)?;
        let bytes = images.download(hash).to_file(file).await?;
        writeln!(self.err, "{bytes} bytes")?;
        Ok(0)
    }

    async fn delete(&mut self, hashes: &[&str]) -> Result<usize, Box<dyn Error>> {
        let images = self.rokka.source_images(&self.organization)?;
        let hashes: Vec<String> = hashes.iter().map(|&hash| hash.to_owned()).collect();
        let mut deletions = images.bulk().delete(hashes);
        let mut failed = 0;
        while let Some(item) = deletions.next().await {
            if let Err(error) = item.result {
                failed += 1;
                writeln!(self.err, "{}: {error}", item.id)?;
            }
        }
        Ok(failed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rokka::testing::{Emulator, EmulatorExt};

    use super::*;

    /// Runs a command; returns the exit status and what went to both outputs.
    async fn run(emulator: &Emulator, arguments: &[&str]) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut cli = Cli {
            rokka: emulator.client().unwrap(),
            organization: "acme".to_owned(),
            out: &mut out,
            err: &mut err,
            is_terminal: false,
        };
        let arguments: Vec<_> = arguments.iter().map(|&word| word.to_owned()).collect();
        let status = cli.run(&arguments).await;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status, text(out), text(err))
    }

    #[tokio::test]
    async fn every_command_does_its_work() {
        let emulator = Emulator::start().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cat.txt");
        std::fs::write(&file, "a cat").unwrap();
        let file = file.to_str().unwrap();

        let (status, out, err) = run(&emulator, &["upload", file]).await;
        assert_eq!((status, err.as_str()), (0, ""));
        let (hash, name) = out.trim().split_once(' ').unwrap();
        assert_eq!(name, "cat.txt");

        let (_, out, _) = run(&emulator, &["list", "ca"]).await;
        assert_eq!(out, format!("{hash} {:>10} cat.txt\n", 5));
        assert_eq!(run(&emulator, &["list", "dog"]).await.1, "");

        let (_, out, _) = run(&emulator, &["url", "thumb", hash]).await;
        assert!(out.ends_with(&format!("/thumb/{hash}.jpg\n")), "{out}");

        let copy = folder.path().join("copy.txt");
        let (status, _, err) = run(&emulator, &["download", hash, copy.to_str().unwrap()]).await;
        assert_eq!((status, err.as_str()), (0, "5 bytes\n"));
        assert_eq!(std::fs::read(copy).unwrap(), b"a cat");

        assert_eq!(run(&emulator, &["delete", hash]).await.0, 0);
        assert_eq!(run(&emulator, &["list"]).await.1, "");
    }

    #[tokio::test]
    async fn failures_have_a_status_and_a_message() {
        let emulator = Emulator::start().await;
        for wrong in [&[][..], &["upload"], &["paint"], &["download", "3f9a21"]] {
            let (status, out, err) = run(&emulator, wrong).await;
            assert_eq!((status, out.as_str()), (2, ""), "{wrong:?}");
            assert!(err.contains("expected upload"), "{err}");
        }
        let (status, _, err) = run(&emulator, &["upload", "missing.png"]).await;
        assert_eq!(status, 1);
        assert!(err.starts_with("missing.png: "), "{err}");
        let (status, _, err) = run(&emulator, &["delete", "3f9a21"]).await;
        assert_eq!(status, 1);
        assert!(err.contains("404"), "{err}");
        let (status, _, err) = run(&emulator, &["url", "a/b", "3f9a21"]).await;
        assert_eq!(status, 1);
        assert!(err.contains("a/b"), "{err}");
    }
}
