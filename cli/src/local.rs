//! The rokka-emulator that `--local` uses.

use std::ffi::OsString;
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

/// Joins `--local URL` to `--local=URL`. The value is optional, so the parser needs the sign; a host without a path can be nothing
/// but the value.
pub(crate) fn joined(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            joined.push(argument);
            joined.extend(rest);
            break;
        }
        match joined.last_mut() {
            Some(last) if last == "--local" && argument.to_str().is_some_and(is_host) => {
                last.push("=");
                last.push(argument);
            }
            _ => joined.push(argument),
        }
    }
    joined
}

/// Returns whether a text is a URL without a path, or a port of this machine.
fn is_host(text: &str) -> bool {
    let schemes = ["http://", "https://"];
    let here = ["localhost:", "127.0.0.1:", "[::1]:"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let rest = rest.or_else(|| here.iter().find_map(|host| text.strip_prefix(host)));
    rest.is_some_and(|rest| {
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        !rest.is_empty() && !rest.contains(['/', '?', '#'])
    })
}

/// Returns the hosts of the emulator at a URL. On this machine, each organization has a render host of its own.
pub(crate) fn hosts(url: &str) -> Hosts {
    let api = url.trim_end_matches('/');
    let api = if api.contains("://") {
        api.to_owned()
    } else {
        format!("http://{api}")
    };
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
            ("localhost:1", "http://{organization}.localhost:1"),
        ] {
            assert_eq!(hosts(url).render, expected, "{url}");
        }
        assert_eq!(hosts("localhost:1/").api, "http://localhost:1");
    }

    #[test]
    fn a_host_after_the_option_is_its_value() {
        for (line, expected) in [
            (
                "--local http://localhost:1 images list",
                "--local=http://localhost:1 images list",
            ),
            (
                "images list --local https://[::1]:1/",
                "images list --local=https://[::1]:1/",
            ),
            (
                "org list --local localhost:1",
                "org list --local=localhost:1",
            ),
            // Everything that can be something else stays what it is.
            ("--local images list", "--local images list"),
            (
                "stacks show --local localhost",
                "stacks show --local localhost",
            ),
            (
                "render --local https://example.com/cat.jpg thumb",
                "render --local https://example.com/cat.jpg thumb",
            ),
            (
                "images upload http://localhost:1 --local",
                "images upload http://localhost:1 --local",
            ),
            (
                "api a -- --local http://localhost:1",
                "api a -- --local http://localhost:1",
            ),
        ] {
            let words = line.split(' ').map(OsString::from);
            let expected: Vec<OsString> = expected.split(' ').map(OsString::from).collect();
            assert_eq!(joined(words), expected, "{line}");
        }
    }
}
