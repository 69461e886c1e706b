//! Questions to a person at the terminal.

use std::io::{self, IsTerminal};

use dialoguer::console::Term;
use dialoguer::{Confirm, Password};
use rokka::Secret;

use crate::failure::{Exit, Failure};

/// Returns whether somebody can be asked.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question; returns whether the answer is yes.
pub(crate) async fn confirm(question: &str) -> Result<bool, Failure> {
    let question = question.to_owned();
    ask(move || {
        Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact_on(&Term::stderr())
    })
    .await
}

/// Asks for a text, with a default.
pub(crate) async fn text(question: &str, default: Option<&str>) -> Result<String, Failure> {
    let (question, default) = (question.to_owned(), default.map(str::to_owned));
    ask(move || {
        let mut input = dialoguer::Input::<String>::new()
            .with_prompt(question)
            .allow_empty(true);
        if let Some(default) = default {
            input = input.default(default);
        }
        input.interact_text_on(&Term::stderr())
    })
    .await
    .map(|text| text.trim().to_owned())
}

/// Asks to choose one of several names.
pub(crate) async fn choice(question: &str, names: &[&str]) -> Result<String, Failure> {
    let question = question.to_owned();
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    ask(move || {
        let chosen = dialoguer::Select::new()
            .with_prompt(question)
            .items(&names)
            .default(0)
            .interact_on(&Term::stderr())?;
        Ok(names.into_iter().nth(chosen).unwrap_or_default())
    })
    .await
}

/// Asks for a secret, which is not shown.
pub(crate) async fn secret(question: &str) -> Result<Secret, Failure> {
    let question = question.to_owned();
    let text = ask(move || {
        Password::new()
            .with_prompt(question)
            .allow_empty_password(true)
            .interact_on(&Term::stderr())
    })
    .await?;
    Ok(Secret::from(text.trim()))
}

/// Asks on a thread of its own, so that Ctrl-C ends the program while nobody answers.
async fn ask<T: Send + 'static>(
    question: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let _terminal = Terminal::now();
    match tokio::task::spawn_blocking(question).await {
        Ok(Ok(answer)) => Ok(answer),
        // Ctrl-C, which the terminal reports before the signal arrives.
        Ok(Err(dialoguer::Error::IO(error))) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failure::new("interrupted").with_exit(Exit::Interrupted))
        }
        Ok(Err(dialoguer::Error::IO(error))) => Err(error.into()),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

/// The settings of the terminal, which come back when this is dropped: a question that is not answered leaves it without echo
/// and without a cursor.
struct Terminal {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Terminal {
    fn now() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(io::stdin()).ok(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(settings) = &self.settings {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(io::stdin(), now, settings);
        }
        let _ = Term::stderr().show_cursor();
    }
}
