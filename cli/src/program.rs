//! The way of a command: arguments, context, run, exit status.

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use clap_complete::env::CompleteEnv;

use crate::arguments::Arguments;
use crate::commands::{self, Command};
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    CompleteEnv::with_factory(Arguments::command).complete();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
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
    let work = async {
        commands::run(command, context).await?;
        context.output.flush()
    };
    let done = tokio::select! {
        done = work => done,
        exit = signal() => {
            let message = context.interruption().unwrap_or_else(|| "interrupted".to_owned());
            // What was printed stays, if it can be written.
            let _ = context.output.flush();
            return Err(Failure::new(message).with_exit(exit));
        }
    };
    match done {
        Err(failure) => {
            let _ = context.output.flush();
            Err(context.explain(failure).await)
        }
        Ok(()) => Ok(()),
    }
}

/// Waits for a signal that ends the program.
#[cfg(unix)]
async fn signal() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};

    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            // The system ends the program by itself then.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => Exit::Interrupted,
        () = wait(SignalKind::terminate()) => Exit::Terminated,
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn signal() -> Exit {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Exit::Interrupted
}
