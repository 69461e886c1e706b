//! The signals that end the program.
//!
//! A thread of its own waits for them, so that they also end a program that waits for a keyring or a file system.

use std::process;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::failure::Exit;

/// How long the program may take to end by itself after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// Returns what waits for a signal that ends the program; the thread is there before it is awaited. A second signal ends the
/// program at once, as does a long wait after the first.
pub(crate) fn listen() -> impl Future<Output = Exit> {
    let (sender, received) = oneshot::channel();
    let listen = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else {
            return;
        };
        runtime.block_on(async {
            let exit = signal().await;
            let _ = sender.send(exit);
            tokio::select! {
                _ = signal() => {}
                () = tokio::time::sleep(GRACE) => {}
            }
            process::exit(exit as i32);
        });
    };
    let thread = thread::Builder::new()
        .name("signals".to_owned())
        .spawn(listen);
    async {
        match (thread, received.await) {
            (Ok(_), Ok(exit)) => exit,
            // The system ends the program by itself then.
            _ => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
async fn signal() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};

    let wait = async |kind| match signal(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(_) => std::future::pending().await,
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => Exit::Interrupted,
        () = wait(SignalKind::terminate()) => Exit::Terminated,
    }
}

#[cfg(not(unix))]
async fn signal() -> Exit {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Exit::Interrupted
}
