//! TLS in front of a server without it, with certificates of an authority of its own. Needs no other part of the tests, so
//! that the benchmarks have it too.

#![cfg_attr(
    not(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider",
        feature = "native-tls"
    )),
    allow(dead_code, unused_imports)
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncWriteExt, copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate authority.
pub(crate) struct Authority {
    /// Its certificate, as PEM.
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { pem, issuer }
    }

    /// A certificate for servers of this machine.
    pub(crate) fn server(&self) -> Identity {
        self.issue(&["127.0.0.1", "localhost"], "server", 4000)
    }

    /// A certificate for servers of another machine.
    pub(crate) fn server_elsewhere(&self) -> Identity {
        self.issue(&["elsewhere.example.com"], "server", 4000)
    }

    /// A certificate for servers of this machine whose time is over.
    pub(crate) fn expired_server(&self) -> Identity {
        self.issue(&["127.0.0.1", "localhost"], "server", 2001)
    }

    pub(crate) fn client(&self, name: &str) -> Identity {
        self.issue(&[], name, 4000)
    }

    fn issue(&self, hosts: &[&str], name: &str, until: i32) -> Identity {
        let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let purpose = if hosts.is_empty() {
            ExtendedKeyUsagePurpose::ClientAuth
        } else {
            ExtendedKeyUsagePurpose::ServerAuth
        };
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A server with TLS, for as long as it is held: it hands everything on to one without.
pub(crate) struct TlsFront {
    address: SocketAddr,
    seen: Arc<Seen>,
    runtime: Option<tokio::runtime::Runtime>,
}

/// What the front has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    handshakes: AtomicUsize,
    /// The certificates that clients have shown.
    clients: Mutex<Vec<CertificateDer<'static>>>,
}

impl TlsFront {
    /// Shows this certificate, and demands one of the `clients` from the client if they are there.
    pub(crate) fn start(
        behind: SocketAddr,
        identity: &Identity,
        clients: Option<&Authority>,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config(identity, clients)));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Seen>::default();
        runtime.spawn({
            let seen = seen.clone();
            async move {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    seen.connections.fetch_add(1, Ordering::SeqCst);
                    stream.set_nodelay(true).unwrap();
                    tokio::spawn(serve(stream, acceptor.clone(), behind, seen.clone()));
                }
            }
        });
        Self {
            address,
            seen,
            runtime: Some(runtime),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The connections that were opened, whatever became of them.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The handshakes that succeeded.
    pub(crate) fn handshakes(&self) -> usize {
        self.seen.handshakes.load(Ordering::SeqCst)
    }

    /// The certificates that clients have shown.
    pub(crate) fn clients(&self) -> Vec<CertificateDer<'static>> {
        self.seen.clients.lock().unwrap().clone()
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn config(identity: &Identity, clients: Option<&Authority>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate(&authority.pem)).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            config.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let chain = vec![certificate(&identity.certificate)];
    let mut config = config.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// The certificate in a PEM text.
pub(crate) fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, behind: SocketAddr, seen: Arc<Seen>) {
    match acceptor.accept(stream).into_fallible().await {
        Ok(mut stream) => {
            seen.handshakes.fetch_add(1, Ordering::SeqCst);
            if let Some([client, ..]) = stream.get_ref().1.peer_certificates() {
                seen.clients
                    .lock()
                    .unwrap()
                    .push(client.clone().into_owned());
            }
            let mut server = TcpStream::connect(behind).await.unwrap();
            server.set_nodelay(true).unwrap();
            // A connection that breaks is what some tests are about.
            copy_bidirectional(&mut stream, &mut server).await.ok();
        }
        Err((_, mut stream)) => {
            // The alert is on its way. A connection that is closed with bytes unread is reset, and the alert with it.
            stream.shutdown().await.ok();
            copy(&mut stream, &mut sink()).await.ok();
        }
    }
}
