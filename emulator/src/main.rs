//! The program `rokka-emulator`: a local rokka service for development and for tests in any language.

use std::process::ExitCode;

fn main() -> ExitCode {
    rokka_emulator::program::run()
}
