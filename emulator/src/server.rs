//! The listeners of an emulator, and the threads behind them.

use std::future::{Future as _, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::{oneshot, watch};

use super::connection::{Connection, Switches};
use super::exchange;
use super::service::{Host, Service};

/// A running server on a thread of its own, which ends when it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the listeners from any thread, with a runtime or without.
    pub(crate) fn start(
        service: &Arc<Service>,
        listeners: Vec<(TcpListener, Host)>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let service = service.clone();
        let serve = move || {
            runtime.block_on(async {
                let service = service;
                // The end of the runtime ends connections at once.
                let (_stop, stopping) = watch::channel(false);
                for (listener, host) in listeners {
                    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                        tokio::spawn(accept(listener, host, service.clone(), stopping.clone()));
                    }
                }
                // Dropped or sent, the sender ends the server.
                let _ = stopped.await;
            });
            // Ends the connections; an upload that is being hashed ends by itself.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new()
            .name("rokka-emulator".to_owned())
            .spawn(serve)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The ports are closed when it has ended. A panic there has been printed.
            let _ = thread.join();
        }
    }
}

/// Accepts connections for ever. They end after the request in progress when `stopping` changes.
pub(crate) async fn accept(
    listener: tokio::net::TcpListener,
    host: Host,
    service: Arc<Service>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                let is_local = client.ip().to_canonical().is_loopback();
                let switches = Arc::new(Switches::default());
                let connection = Connection::new(stream, switches.clone());
                let (host, service, stopping) = (host.clone(), service.clone(), stopping.clone());
                tokio::spawn(serve(
                    connection, host, service, is_local, switches, stopping,
                ));
            }
            // Too many open files, for example: connections end, and then it goes on.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(
    connection: Connection,
    host: Host,
    service: Arc<Service>,
    is_local: bool,
    switches: Arc<Switches>,
    mut stopping: watch::Receiver<bool>,
) {
    let respond = service_fn(|request| {
        exchange::respond(
            service.clone(),
            host.clone(),
            is_local,
            switches.clone(),
            request,
        )
    });
    let io = TokioIo::new(connection);
    #[cfg(feature = "http2")]
    let builder =
        hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
    #[cfg(not(feature = "http2"))]
    let builder = hyper::server::conn::http1::Builder::new();
    let mut connection = pin!(builder.serve_connection(io, respond));
    let mut stop = pin!(stopping.changed());
    let mut is_told = false;
    let end = poll_fn(|context| {
        if !is_told && stop.as_mut().poll(context).is_ready() {
            is_told = true;
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(context)
    });
    // An error is the end of the connection, which the client sees.
    let _ = end.await;
}

/// A port that is bound and does not listen: nobody else gets it, and connections are refused.
pub(crate) struct ReservedPort(Socket);

impl ReservedPort {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        // Connections of a former listener may still be closing. On Windows the option would share the port.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        Ok(Self(socket))
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        let address = self.0.local_addr()?.as_socket();
        address.ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
    }

    pub(crate) fn listen(self) -> io::Result<TcpListener> {
        self.0.listen(1024)?;
        let listener = TcpListener::from(self.0);
        listener.set_nonblocking(true)?;
        Ok(listener)
    }
}
