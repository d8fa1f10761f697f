//! Networks that settings and credentials name.

use ipnet::{IpNet, Ipv4Net};

/// A text is no network, and what it is instead.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNetwork {
    /// It cannot be read.
    #[error("{0:?} is no network such as 192.0.2.0/24 or 2001:db8::/32")]
    Unreadable(String),
    /// It is an address in a network, and not the network.
    #[error("{typed:?} has more than a network: write {network}, or {address} for the one address")]
    Wider {
        /// As it was written.
        typed: String,
        /// The network that it is in.
        network: IpNet,
        /// The address alone, as a network.
        address: IpNet,
    },
}

/// Reads a network that is written as one. An address in a network is not taken for the whole network: whoever wrote it
/// may have meant the one address. One of IPv4 addresses that are written in IPv6 becomes what it stands for, because
/// addresses of clients are compared in that form.
///
/// # Errors
/// Says what could be meant instead.
pub fn parse(text: &str) -> Result<IpNet, NoNetwork> {
    let typed: String = text.chars().take(60).collect();
    match text.parse().ok().and_then(canonical) {
        None => Err(NoNetwork::Unreadable(typed)),
        Some(read) if read == read.trunc() => Ok(read),
        Some(read) => {
            Err(NoNetwork::Wider { typed, network: read.trunc(), address: IpNet::from(read.addr()) })
        }
    }
}

/// Nothing when there is no such network.
fn canonical(network: IpNet) -> Option<IpNet> {
    const MAPPED_BITS: u8 = 96;
    let IpNet::V6(v6) = network else { return Some(network) };
    match (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(MAPPED_BITS)) {
        (Some(address), Some(length)) => Ipv4Net::new(address, length).ok().map(IpNet::V4),
        (Some(_), None) => None,
        (None, _) => Some(network),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_network_in_the_form_of_ipv6_is_what_it_stands_for() {
        let read = |text| parse(text).map(|network| network.to_string()).map_err(|error| error.to_string());
        assert_eq!(read("::ffff:192.0.2.0/120").as_deref(), Ok("192.0.2.0/24"));
        assert!(read("::ffff:192.0.2.0/64").unwrap_err().contains("is no network"));
        assert_eq!(
            read("192.0.2.7/24").unwrap_err(),
            "\"192.0.2.7/24\" has more than a network: write 192.0.2.0/24, or 192.0.2.7/32 for the one address"
        );
        assert_eq!(read("2001:db8::/32").as_deref(), Ok("2001:db8::/32"));
        assert!(read("nowhere").unwrap_err().contains("is no network"));
    }
}
