//! The rokka-emulator that `--local` uses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rokka::ClientBuilder;
use rokka::reqwest::Url;
use rokka::reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The API key that an emulator has unless it is started with another one.
pub(crate) const API_KEY: &str = "emulator0user0emulator0user0emulEmulatorSecretEmulatorSecretEmul";

/// The organization that an emulator has unless it is started with others.
pub(crate) const ORGANIZATION: &str = "acme";

/// The base URLs of an emulator.
#[derive(Debug)]
pub(crate) struct Hosts {
    pub(crate) api: String,
    pub(crate) render: String,
}

/// Returns the hosts of the emulator at a URL. On this machine, each organization has a render host of its own.
pub(crate) fn hosts(url: &str) -> Hosts {
    let api = url.trim_end_matches('/').to_owned();
    let render = Url::parse(&api).ok().and_then(|url| render_host(&url));
    Hosts {
        render: render.unwrap_or_else(|| api.clone()),
        api,
    }
}

fn render_host(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>();
    if host != "localhost" && !address.is_ok_and(|address| address.is_loopback()) {
        return None;
    }
    let port = url.port().map(|port| format!(":{port}"));
    let (scheme, port) = (url.scheme(), port.unwrap_or_default());
    Some(format!("{scheme}://{{organization}}.localhost{port}"))
}

/// Finds the hosts of an emulator on this machine, whether or not the system knows them.
pub(crate) fn resolve(builder: ClientBuilder) -> ClientBuilder {
    builder
        .no_proxy()
        .http(|http| http.dns_resolver(Arc::new(Localhost)))
}

#[derive(Debug)]
struct Localhost;

impl Resolve for Localhost {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let is_local = name == "localhost" || name.ends_with(".localhost");
        Box::pin(async move {
            if !is_local {
                return Err(format!("{name} is not on this machine").into());
            }
            let addresses: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            let addresses = addresses.map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_organization_has_a_render_host_on_this_machine() {
        for (url, expected) in [
            (
                "http://localhost:8787",
                "http://{organization}.localhost:8787",
            ),
            ("http://127.0.0.1:1/", "http://{organization}.localhost:1"),
            ("http://[::1]:1", "http://{organization}.localhost:1"),
            (
                "https://emulator.example.org",
                "https://emulator.example.org",
            ),
        ] {
            assert_eq!(hosts(url).render, expected, "{url}");
        }
    }
}
