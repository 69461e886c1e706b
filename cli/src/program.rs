//! The way of a command: arguments, context, run, exit status.

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use clap_complete::env::CompleteEnv;

use crate::arguments::{Arguments, Global};
use crate::commands::{self, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::{local, signals};

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    CompleteEnv::with_factory(Arguments::command).complete();
    let arguments = match commands::emulator::first(std::env::args_os()) {
        Some(args) => Arguments {
            global: Global::default(),
            command: Command::Emulator(args),
        },
        None => match Arguments::try_parse_from(local::joined(std::env::args_os())) {
            Ok(arguments) => arguments,
            Err(error) => {
                let _ = error.print();
                return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
            }
        },
    };
    let context = Context::new(arguments.global);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(arguments.command, &context));
            // A file system that does not respond must not keep the program.
            runtime.shutdown_timeout(Duration::from_millis(200));
            done
        }
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            context.output.failure(&failure);
            failure.exit.into()
        }
    }
}

/// Runs a command until it is done or a signal ends it. What is in progress is dropped then, which removes unfinished files.
async fn run(command: Command, context: &Context) -> Result<(), Failure> {
    let signal = signals::listen();
    let done = tokio::select! {
        done = commands::run(command, context) => done,
        exit = signal => {
            let message = context.interruption().unwrap_or_else(|| "interrupted".to_owned());
            Err(Failure::new(message).with_exit(exit))
        }
    };
    let done = match (done, context.output.flush()) {
        (Ok(()), flushed) => flushed,
        (Err(failure), _) => Err(context.explain(failure).await),
    };
    context.close().await;
    done
}
