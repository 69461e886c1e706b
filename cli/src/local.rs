//! The rokka-emulator that `--local` uses.

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

/// Returns the hosts of the emulator at a URL. Its render host is a path, which every system can resolve.
pub(crate) fn hosts(url: &str) -> Hosts {
    let api = url.trim_end_matches('/').to_owned();
    let render = format!("{api}/_emulator/render/{{organization}}");
    Hosts { api, render }
}
