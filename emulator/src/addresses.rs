//! Lists of the addresses and networks that may use a key or a token.

use std::net::{IpAddr, Ipv4Addr};

use super::response::Response;

/// The address of every client.
const CLIENT_IP: Ipv4Addr = Ipv4Addr::LOCALHOST;

const MAX_ENTRIES: usize = 10;
const MAX_ADDRESSES: u64 = 10_000;

/// An IPv4 network as its address and its mask.
struct Network(u32, u32);

impl Network {
    fn read(entry: &str) -> Option<Self> {
        let (address, bits) = entry.split_once('/').unwrap_or((entry, "32"));
        let address: Ipv4Addr = address.parse().ok()?;
        let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Some(Self(u32::from(address) & mask, mask))
    }

    fn contains(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.1 == self.0
    }

    fn size(&self) -> u64 {
        u64::from(!self.1) + 1
    }
}

/// Whether a list contains the client's address. An empty list allows all.
pub(crate) fn allow_client(entries: &[&str]) -> bool {
    let contains =
        |entry: &&str| Network::read(entry).is_some_and(|network| network.contains(CLIENT_IP));
    entries.is_empty() || entries.iter().any(contains)
}

/// Returns a 400 for a list that the service does not accept.
pub(crate) fn check(entries: &[&str]) -> Result<(), Response> {
    if entries.len() > MAX_ENTRIES {
        return Err(Response::bad_request(format!(
            "A list of addresses must have at most {MAX_ENTRIES} entries"
        )));
    }
    let mut addresses = 0;
    for entry in entries {
        addresses += match Network::read(entry) {
            Some(network) => network.size(),
            // IPv6 has no networks here.
            None if entry.parse::<IpAddr>().is_ok() => 1,
            None => {
                return Err(Response::bad_request(format!(
                    "`{entry}` must be an IP address or an IPv4 network such as 192.0.2.0/24"
                )));
            }
        };
    }
    if addresses > MAX_ADDRESSES {
        return Err(Response::bad_request(format!(
            "A list of addresses must have at most {MAX_ADDRESSES} addresses"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{allow_client, check};

    #[test]
    fn networks_contain_the_client() {
        assert!(allow_client(&["127.0.0.0/8"]));
        assert!(!allow_client(&["192.0.2.0/24"]));
        assert!(!allow_client(&["::1"]));
    }

    #[test]
    fn lists_are_limited_by_entries_and_by_addresses() {
        let is_fine = |entries: &[&str]| check(entries).is_ok();
        assert!(is_fine(&["192.0.2.7", "2001:db8::1", "10.0.0.0/19"]));
        assert!(!is_fine(&["10.0.0.0/19", "10.1.0.0/21"]));
        assert!(!is_fine(&["10.0.0.0/18"]));
        assert!(!is_fine(&["0.0.0.0/0"]));
        assert!(!is_fine(&["2001:db8::/64"]));
        assert!(!is_fine(&["request_ip"]));
        assert!(is_fine(&["192.0.2.7"; 10]) && !is_fine(&["192.0.2.7"; 11]));
    }
}
