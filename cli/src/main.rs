//! The program `rokka`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rokka_cli::main()
}
