//! The arguments of the program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PathBufValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::emulator::Emulator;
use crate::settings::Settings;

pub(super) struct Arguments {
    /// The addresses to listen on; a second one may be missing on this machine.
    pub(super) addresses: Vec<IpAddr>,
    pub(super) port: u16,
    pub(super) settings: Settings,
    /// Whether the keys are the well-known ones, which may be shown.
    pub(super) shows_api_key: bool,
    pub(super) shows_signing_key: bool,
}

impl Arguments {
    /// Reads the arguments of the process; ends it with a message when they are invalid.
    pub(super) fn read() -> Self {
        Self::of(&command().get_matches())
    }

    fn of(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let addresses = match matches.get_one::<Listen>("host") {
            Some(Listen::Address(address)) => vec![*address],
            Some(Listen::Localhost) | None => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
        };
        let names = matches.get_many::<String>("organization");
        let mut organizations: Vec<String> = names.into_iter().flatten().cloned().collect();
        if organizations.is_empty() {
            organizations.push("acme".to_owned());
        }
        let (api_key, signing_key) = (text("api-key"), text("signing-key"));
        Self {
            addresses,
            port: matches.get_one("port").copied().unwrap_or(8787),
            shows_api_key: api_key.is_none(),
            shows_signing_key: signing_key.is_none(),
            settings: Settings {
                organizations,
                api_key: api_key.unwrap_or_else(|| Emulator::API_KEY.to_owned()),
                signing_key: signing_key.unwrap_or_else(|| Emulator::SIGNING_KEY.to_owned()),
                latency: matches.get_one("latency").copied().unwrap_or_default(),
                data_folder: path("data"),
                seed_folder: path("seed"),
                fetches_anywhere: matches.get_flag("fetch-anywhere"),
                logs: true,
            },
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Listen {
    /// Both loopback addresses, as `localhost` can be either.
    Localhost,
    Address(IpAddr),
}

fn command() -> Command {
    let argument = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .action(ArgAction::Set)
    };
    let path = PathBufValueParser::new;
    Command::new("rokka-emulator")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A local rokka.io image service, for development and tests")
        .after_help("Each option can be an environment variable instead, which keeps keys out of the list of processes.")
        .arg(
            argument("port", "PORT", "The port of the API and of the render hosts; 0 for a free one [default: 8787]")
                .env("ROKKA_EMULATOR_PORT")
                .value_parser(value_parser!(u16)),
        )
        .arg(
            argument("host", "ADDRESS", "The address to listen on; 0.0.0.0 for all, also from other machines [default: localhost]")
                .env("ROKKA_EMULATOR_HOST")
                .value_parser(listen),
        )
        .arg(
            argument("data", "DIR", "Keep everything in this folder, and continue from it")
                .env("ROKKA_EMULATOR_DATA")
                .value_parser(path()),
        )
        .arg(
            argument("seed", "DIR", "Start with the pictures and stacks of this folder")
                .env("ROKKA_EMULATOR_SEED")
                .value_parser(path()),
        )
        .arg(
            argument("organization", "NAME", "An organization that exists from the start; can be repeated [default: acme]")
                .env("ROKKA_EMULATOR_ORGANIZATION")
                .action(ArgAction::Append)
                .value_delimiter(','),
        )
        .arg(
            argument("api-key", "KEY", "The API key of an admin of every organization [default: a well-known one]")
                .env("ROKKA_EMULATOR_API_KEY")
                .hide_env_values(true),
        )
        .arg(
            argument("signing-key", "KEY", "The signing key of the first organization [default: a well-known one]")
                .env("ROKKA_EMULATOR_SIGNING_KEY")
                .hide_env_values(true),
        )
        .arg(
            Arg::new("fetch-anywhere")
                .long("fetch-anywhere")
                .help("Fetch remote images from any host, not from this machine alone")
                .action(ArgAction::SetTrue)
                .env("ROKKA_EMULATOR_FETCH_ANYWHERE"),
        )
        .arg(
            argument("latency", "TIME", "Delay every response by this time, such as 20ms or 1.5s")
                .env("ROKKA_EMULATOR_LATENCY")
                .value_parser(latency),
        )
}

fn listen(text: &str) -> Result<Listen, String> {
    if text == "localhost" {
        return Ok(Listen::Localhost);
    }
    let address = text.parse();
    address
        .map(Listen::Address)
        .map_err(|_| "it must be an IP address, or localhost".to_owned())
}

fn latency(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    number
        .trim()
        .parse::<f64>()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number * unit).ok())
        .ok_or_else(|| "it must be a time such as 20ms or 1.5s".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn arguments_have_defaults_and_units() {
        command().debug_assert();
        assert_eq!(latency("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(latency("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(latency("2"), Ok(Duration::from_secs(2)));
        for invalid in ["", "-1s", "soon", "1e99s", "ms"] {
            assert!(latency(invalid).is_err(), "{invalid}");
        }
        assert_eq!(
            listen("0.0.0.0"),
            Ok(Listen::Address(Ipv4Addr::UNSPECIFIED.into()))
        );
        assert!(listen("example.org").is_err());
    }
}
