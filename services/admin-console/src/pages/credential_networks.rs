use std::net::{IpAddr, Ipv6Addr};

use crate::http::Page;

/// A word that was typed as a network and is none. The gateway judges; this is to say it in the reader's language.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WrongNetwork {
    /// Nothing like one.
    No(String),
    /// An address, without the length of a network.
    Address { typed: String, one: String },
    /// An address in a network, with the length of the network.
    Wider { typed: String, network: String, one: String },
}

impl WrongNetwork {
    /// What is wrong about a word; nothing when it is a network.
    pub(super) fn of(word: &str) -> Option<Self> {
        let typed = word.to_owned();
        let (address, length) =
            word.split_once('/').map_or((word, None), |(address, length)| (address, Some(length)));
        let Ok(address) = address.parse::<IpAddr>() else { return Some(Self::No(typed)) };
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let one = format!("{address}/{bits}");
        let Some(length) = length else { return Some(Self::Address { typed, one }) };
        let Some(length) = length.parse::<u8>().ok().filter(|length| *length <= bits) else {
            return Some(Self::No(typed));
        };
        let network = first_of(address, bits - length);
        (network != address).then(|| Self::Wider { typed, network: format!("{network}/{length}"), one })
    }

    pub(super) fn said(&self, page: &Page) -> String {
        match self {
            Self::No(typed) => page.with("typed", typed.as_str()).t("network-no"),
            Self::Address { typed, one } => {
                page.with("typed", typed.as_str()).with("one", one.as_str()).t("network-address")
            }
            Self::Wider { typed, network, one } => page
                .with("typed", typed.as_str())
                .with("network", network.as_str())
                .with("one", one.as_str())
                .t("network-wider"),
        }
    }
}

/// The first address of the network that has all but the last bits of this one.
fn first_of(address: IpAddr, last_bits: u8) -> IpAddr {
    let last_bits = u32::from(last_bits);
    match address {
        IpAddr::V4(v4) => {
            IpAddr::V4(u32::MAX.checked_shl(last_bits).map_or(0, |mask| v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            IpAddr::V6(Ipv6Addr::from(u128::MAX.checked_shl(last_bits).map_or(0, |mask| v6.to_bits() & mask)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_network_is_told_with_what_was_perhaps_meant() {
        for good in ["192.0.2.0/24", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0", "2001:db8::7/128"]
        {
            assert_eq!(WrongNetwork::of(good), None, "{good}");
        }
        for wrong in
            ["office", "office/24", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "192.0.2.0/-1", "/24"]
        {
            assert_eq!(WrongNetwork::of(wrong), Some(WrongNetwork::No(wrong.to_owned())));
        }
        let wider = |typed: &str, network: &str, one: &str| {
            let [typed, network, one] = [typed, network, one].map(str::to_owned);
            assert_eq!(WrongNetwork::of(&typed.clone()), Some(WrongNetwork::Wider { typed, network, one }));
        };
        wider("192.0.2.7/24", "192.0.2.0/24", "192.0.2.7/32");
        wider("192.0.2.7/0", "0.0.0.0/0", "192.0.2.7/32");
        wider("2001:db8::7/32", "2001:db8::/32", "2001:db8::7/128");
        let alone = WrongNetwork::Address { typed: "192.0.2.7".into(), one: "192.0.2.7/32".into() };
        assert_eq!(WrongNetwork::of("192.0.2.7"), Some(alone));
    }
}
