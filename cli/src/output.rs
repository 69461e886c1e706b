//! What a command prints: tables for a person, plain lines for a pipe, JSON Lines for a program. Results go to standard output,
//! everything else to standard error.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Row};
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arguments::{Color, Global};
use crate::failure::Failure;
use crate::sent::{Line, Sent};

/// Rows that have their widths in common.
const BLOCK: usize = 500;

/// Spaces between the columns of a table.
const GAP: u16 = 2;

/// The room that a column behind the first one has at least, if it needs it and its heading needs no more.
const OTHER_COLUMN: u16 = 7;

/// Columns that a terminal has at least. Lines break in a narrower one.
const NARROWEST: usize = 20;

const HEADING: Style = Style::new().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Prints results to standard output, and messages to standard error.
#[derive(Debug)]
pub struct Output {
    /// Whether results are JSON Lines.
    pub json: bool,
    /// Whether a person reads standard output.
    pub terminal: bool,
    /// Whether a person watches standard error, so that progress is shown there.
    pub watched: bool,
    quiet: bool,
    colors: Streams,
    /// What the service sent, to be printed with `--json`.
    sent: Option<Arc<Sent>>,
    out: RefCell<BufWriter<Stdout>>,
    progress: MultiProgress,
}

/// What the service sends, decoded.
pub(crate) trait Model: Serialize + DeserializeOwned + PartialEq {}

impl<T: Serialize + DeserializeOwned + PartialEq> Model for T {}

/// Whether each stream has colors.
#[derive(Debug)]
struct Streams {
    out: bool,
    err: bool,
}

impl Output {
    /// Returns what prints as the arguments say.
    pub fn new(global: &Global) -> Self {
        let (terminal, watched) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let colored = |is_terminal| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                is_terminal
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
            }
        };
        let watched = watched && !global.quiet;
        let target = if watched {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            json: global.json,
            terminal: terminal && !global.json,
            watched,
            quiet: global.quiet,
            colors: Streams {
                out: colored(terminal),
                err: colored(io::stderr().is_terminal()),
            },
            sent: global.json.then(Arc::default),
            out: RefCell::new(BufWriter::with_capacity(64 * 1024, io::stdout())),
            progress: MultiProgress::with_draw_target(target),
        }
    }

    /// What keeps the responses of the service, if they are printed.
    pub(crate) fn sent(&self) -> Option<Arc<Sent>> {
        self.sent.clone()
    }

    /// Prints an object that the service sent: with `--json` as it was sent, else the line or lines that `plain` makes of it.
    pub(crate) fn service_object<T: Model>(
        &self,
        value: &T,
        plain: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            return self.service_line(value);
        }
        self.line(plain(value))
    }

    /// Prints an object as the service sent it, as a line of JSON.
    pub(crate) fn service_line<T: Model>(&self, value: &T) -> Result<(), Failure> {
        self.service_line_without(value, &[])
    }

    /// The same without the members of these names, which nobody asked for.
    pub(crate) fn service_line_without<T: Model>(
        &self,
        value: &T,
        without: &[&str],
    ) -> Result<(), Failure> {
        match self.text_of(value) {
            Some(text) => self.json_line(&Line::new(&text, without)),
            None => self.json_line(value),
        }
    }

    /// Returns an object as the service sent it.
    pub(crate) fn service_value<T: Model>(&self, value: &T) -> Result<Value, Failure> {
        Ok(match self.text_of(value) {
            Some(text) => serde_json::from_str(text.get())?,
            None => serde_json::to_value(value)?,
        })
    }

    /// Returns the text that a value was decoded from.
    fn text_of<T: Model>(&self, value: &T) -> Option<Box<RawValue>> {
        self.sent.as_ref()?.take(value)
    }

    /// Prints an object of this program: a line of JSON with `--json`, else the line or lines that `plain` makes of it.
    pub fn object<T: Serialize>(
        &self,
        value: &T,
        plain: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            return self.json_line(value);
        }
        self.line(plain(value))
    }

    /// Prints a line of JSON.
    pub fn json_line<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Prints a line, or several.
    pub fn line(&self, text: impl Display) -> Result<(), Failure> {
        self.write(format!("{text}\n").as_bytes())
    }

    /// Writes bytes to standard output, such as a picture.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let write = || {
            let mut out = self.out.borrow_mut();
            out.write_all(bytes)?;
            // A person sees a result at once, a pipe takes it in pieces.
            if self.terminal { out.flush() } else { Ok(()) }
        };
        let written = if self.terminal && self.watched {
            self.progress.suspend(write)
        } else {
            write()
        };
        written.map_err(to_standard_output)
    }

    /// Hands what is still buffered to the system.
    pub fn flush(&self) -> Result<(), Failure> {
        self.out.borrow_mut().flush().map_err(to_standard_output)
    }

    /// Returns a table: aligned columns on a terminal, values between tabs in a pipe. With `--json`, print objects instead.
    pub fn table(&self, headings: &[&str]) -> Table<'_> {
        Table {
            output: self,
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            rows: Vec::new(),
            widths: Vec::new(),
        }
    }

    /// Prints a message, unless `--quiet` is set.
    pub fn note(&self, message: impl Display) {
        if !self.quiet {
            self.message(&shown(&message.to_string()));
        }
    }

    /// Prints a warning, also with `--quiet`.
    pub fn warn(&self, message: impl Display) {
        let word = self.error_style("warning:", WARNING);
        self.message(&format!("{word} {}", shown(&message.to_string())));
    }

    /// Prints why the command fails, and what to do.
    pub fn failure(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        let word = self.error_style("error:", ERROR);
        self.message(&format!("{word} {}", shown(&failure.message)));
        if let Some(hint) = &failure.hint {
            let word = self.error_style("hint:", HINT);
            self.message(&format!("{word} {}", shown(hint)));
        }
    }

    /// Prints one item's failure among many.
    pub fn item_failure(&self, item: &str, failure: &Failure) {
        let word = self.error_style("failed:", ERROR);
        self.message(&format!(
            "{word} {}: {}",
            shown(item),
            shown(&failure.message)
        ));
    }

    /// The lines of progress, which messages must not tear.
    pub fn progress(&self) -> &MultiProgress {
        &self.progress
    }

    /// Returns text in a style, if standard output has colors.
    pub fn styled(&self, text: &str, style: Style) -> String {
        styled(text, style, self.colors.out)
    }

    fn error_style(&self, text: &str, style: Style) -> String {
        styled(text, style, self.colors.err)
    }

    fn message(&self, message: &str) {
        // A result that is printed before a message is seen before it.
        let _ = self.out.borrow_mut().flush();
        self.progress.suspend(|| {
            let _ = writeln!(io::stderr(), "{message}");
        });
    }

    /// The columns of the terminal.
    pub fn width(&self) -> usize {
        usize::from(dialoguer::console::Term::stdout().size().1).max(NARROWEST)
    }
}

fn to_standard_output(error: io::Error) -> Failure {
    let is_pipe = error.kind() == io::ErrorKind::BrokenPipe;
    let failure = Failure::from(error);
    if is_pipe {
        failure
    } else {
        failure.about("cannot write to standard output")
    }
}

fn styled(text: &str, style: Style, colored: bool) -> String {
    if colored {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// Returns text as a terminal may get it: a name in the service can contain escape sequences.
pub(crate) fn shown(text: &str) -> String {
    let control = |character: char| character.is_control() && character != '\n';
    if text.contains(control) {
        text.chars()
            .map(|character| {
                if control(character) {
                    '\u{fffd}'
                } else {
                    character
                }
            })
            .collect()
    } else {
        text.to_owned()
    }
}

/// Returns text as a cell: one line, and no tabs.
pub(crate) fn cell(text: &str) -> String {
    let control = |character: char| character.is_control();
    if text.contains(control) {
        text.replace(control, " ")
    } else {
        text.to_owned()
    }
}

/// Rows of values, which are printed in blocks so that a list of any length takes little memory.
#[derive(Debug)]
#[must_use = "`finish` prints the rows that are left"]
pub struct Table<'a> {
    output: &'a Output,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The widths of the columns so far. Empty before the first block.
    widths: Vec<u16>,
}

impl Table<'_> {
    /// Adds a row.
    pub fn row<C: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = C>,
    ) -> Result<(), Failure> {
        let cells = cells.into_iter().map(|text| cell(text.as_ref()));
        if !self.output.terminal {
            let line: Vec<_> = cells.collect();
            return self.output.line(line.join("\t"));
        }
        self.rows.push(cells.collect());
        if self.rows.len() >= BLOCK {
            return self.print();
        }
        Ok(())
    }

    /// Prints the rows that are left. A table without rows prints nothing.
    pub fn finish(mut self) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.print()
    }

    fn print(&mut self) -> Result<(), Failure> {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        let width = u16::try_from(self.output.width()).unwrap_or(u16::MAX);
        table.set_width(width);
        let first = self.widths.is_empty();
        if first {
            table.set_header(&self.headings);
        }
        table.add_rows(self.rows.drain(..).map(Row::from));
        // The first column has the ids, which are copied, so it is not broken unless the others need the room.
        let widths = table.column_max_content_widths();
        let mut widths = widths.iter().map(|widest| widest.saturating_add(GAP));
        let ids = widths.next().unwrap_or_default();
        let headings = self.headings.iter().skip(1).map(String::len);
        let least = headings.map(|length| u16::try_from(length).unwrap_or(u16::MAX));
        let least = least.map(|length| length.max(OTHER_COLUMN).saturating_add(GAP));
        let others = widths
            .zip(least)
            .map(|(needed, least)| needed.min(least))
            .fold(0, u16::saturating_add);
        if ids.saturating_add(others) <= width
            && let Some(column) = table.column_mut(0)
        {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        let text = table.lines().map(|line| line.trim_end().to_owned());
        let mut lines: Vec<String> = text.collect();
        self.widths = table.column_max_content_widths();
        if let Some(heading) = lines.first_mut().filter(|_| first) {
            *heading = self.output.styled(heading, HEADING);
        }
        self.output.line(lines.join("\n"))
    }
}
