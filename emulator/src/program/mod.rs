//! The program: arguments, the text that it prints, and its end.

mod arguments;

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::arguments::Arguments;
use crate::emulator::bind_port;
use crate::server::{self, ReservedPort};
use crate::service::{Host, Service};
use crate::start_error::StartError;

/// How long the requests in progress may take when the program ends.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the program to its end.
pub fn run() -> ExitCode {
    let arguments = Arguments::read();
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "rokka-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: Arguments) -> Result<(), StartError> {
    let ports = bind(&arguments.addresses, arguments.port)?;
    let cannot = |error: io::Error| StartError::new(format!("cannot serve: {error}"));
    let first = ports.first().map(ReservedPort::address);
    let port = first
        .transpose()
        .map_err(cannot)?
        .map_or(0, |address| address.port());
    let shown = (arguments.shows_api_key, arguments.shows_signing_key);
    let service = Arc::new(Service::new(arguments.settings)?);
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(cannot)?;
    let end = runtime.block_on(async {
        let (stop, stopping) = watch::channel(false);
        let mut accepting = Vec::new();
        for port in ports {
            let listener = tokio::net::TcpListener::from_std(port.listen()?)?;
            let accept = server::accept(listener, Host::Api, service.clone(), stopping.clone());
            accepting.push(tokio::spawn(accept));
        }
        drop(stopping);
        let signal = Signals::listen()?;
        introduce(&service, port, shown);
        signal.received().await;
        for task in accepting {
            task.abort();
        }
        // Fails when there is no connection.
        let _ = stop.send(true);
        let _ = tokio::time::timeout(GRACE, stop.closed()).await;
        Ok(())
    });
    runtime.shutdown_background();
    end.map_err(cannot)
}

/// Binds the port on each address. Only the first address must exist on this machine.
fn bind(addresses: &[IpAddr], port: u16) -> Result<Vec<ReservedPort>, StartError> {
    let mut ports: Vec<ReservedPort> = Vec::new();
    for address in addresses {
        let port = match ports.first().map(ReservedPort::address) {
            Some(Ok(first)) => first.port(),
            _ => port,
        };
        let target = SocketAddr::new(*address, port);
        match ReservedPort::bind(target) {
            Ok(port) => ports.push(port),
            Err(error) if !ports.is_empty() && error.kind() != io::ErrorKind::AddrInUse => {}
            Err(_) => ports.push(bind_port(target)?),
        }
    }
    Ok(ports)
}

/// The signals that end the program.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps)]
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn received(mut self) {
        std::future::poll_fn(|context| {
            let terminated = self.terminate.poll_recv(context).is_ready();
            if terminated || self.interrupt.poll_recv(context).is_ready() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }

    #[cfg(not(unix))]
    async fn received(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Prints where the emulator is and how to use it. Nobody may be reading, which is no reason to end.
fn introduce(service: &Service, port: u16, shown: (bool, bool)) {
    for note in &service.notes {
        let _ = writeln!(io::stderr(), "rokka-emulator: {note}");
    }
    let _ = io::stdout().write_all(introduction(service, port, shown).as_bytes());
    let _ = io::stdout().flush();
}

fn introduction(
    service: &Service,
    port: u16,
    (shows_api_key, shows_signing_key): (bool, bool),
) -> String {
    let settings = &service.settings;
    let first = settings.first_organization();
    let mut lines = vec![
        format!("rokka-emulator {}", env!("CARGO_PKG_VERSION")),
        format!("  API          http://localhost:{port}"),
    ];
    lines.push(format!(
        "  page         http://localhost:{port} in a browser"
    ));
    for name in service.organizations() {
        let key = service.signing_key(&name).unwrap_or_default();
        let key = if name == first && !shows_signing_key {
            "the one you passed"
        } else {
            &key
        };
        lines.push(format!("  renderings   http://{name}.localhost:{port}"));
        lines.push(format!(
            "               http://localhost:{port}/_emulator/render/{name}"
        ));
        lines.push(format!("               signing key: {key}"));
    }
    lines.push(format!("  control      http://localhost:{port}/_emulator"));
    lines.push(match &settings.data_folder {
        Some(folder) => format!("  data         {}", folder.display()),
        None => "  data         in memory; --data keeps it".to_owned(),
    });
    let (key, shown) = if shows_api_key {
        (settings.api_key.as_str(), settings.api_key.as_str())
    } else {
        ("the one you passed", "$ROKKA_EMULATOR_API_KEY")
    };
    lines.push(format!("  API key      {key}"));
    lines.push(format!(
        "Try it:\n  curl -H \"Api-Key: {shown}\" http://localhost:{port}/sourceimages/{first}"
    ));
    lines.push("Ready. Ctrl-C ends it.\n".to_owned());
    lines.join("\n")
}
