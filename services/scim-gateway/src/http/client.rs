use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use directory::LastUse;
use ipnet::IpNet;

use chrono::{DateTime, Utc};

/// Longest agent that is kept, in characters.
const LONGEST_AGENT: usize = 100;

/// Who is at the other end of a connection, or of the proxy's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) address: Option<IpAddr>,
    /// `User-Agent` without what could be taken for something else in a log or a table.
    pub(super) agent: Option<String>,
    /// Whether it is said that the request came without TLS.
    pub(super) is_plain: bool,
}

impl Client {
    /// Reads what a request says of its client. Who that is, only a trusted proxy is believed. That there was no TLS,
    /// everybody is: who makes it up is refused, and a proxy whose network is not named is not let past the rule.
    pub(super) fn of(request: &HttpRequest, trusted: &[IpNet]) -> Self {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        // Proxies in a row write lists, or a line each.
        let all = |name: &str| -> Vec<&str> {
            let lines = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
            lines.flat_map(|line| line.split(',')).collect()
        };
        let agent = request.headers().get(USER_AGENT).map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .chars()
                .filter(|letter| letter.is_ascii_graphic() || *letter == ' ')
                .take(LONGEST_AGENT)
                .collect()
        });
        let is_plain =
            all("x-forwarded-proto").iter().any(|scheme| scheme.trim().eq_ignore_ascii_case("http"));
        if !peer.is_some_and(|peer| is_trusted(peer, trusted)) {
            return Self { address: peer, agent, is_plain };
        }
        Self { address: client_address(peer, &all("x-forwarded-for"), trusted), agent, is_plain }
    }

    /// A use of a credential by this client.
    pub(super) fn use_at(&self, at: DateTime<Utc>) -> LastUse {
        LastUse { at, address: self.address, agent: self.agent.clone() }
    }
}

/// The nearest hop that is no proxy of ours: what stands before it may be made up.
fn client_address(peer: Option<IpAddr>, hops: &[&str], trusted: &[IpNet]) -> Option<IpAddr> {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        // Some proxies write the port too. What cannot be read is no address of the client, and none of the proxy either.
        let hop = hop.trim();
        let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
        let Ok(address) = address else { return None };
        let address = address.to_canonical();
        nearest = Some(address);
        if !is_trusted(address, trusted) {
            return nearest;
        }
    }
    nearest
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &str)]) -> Client {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut request = TestRequest::default().peer_addr(format!("{peer}:443").parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        Client::of(&request.to_http_request(), &trusted)
    }

    fn address(peer: &str, forwarded: &str) -> String {
        client(peer, &[("x-forwarded-for", forwarded)]).address.unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(address("198.51.100.1", "192.0.2.1"), "198.51.100.1");
        assert_eq!(address("10.0.0.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(
            address("10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2"),
            "192.0.2.1",
            "what a client made up"
        );
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "nonsense")]).address, None);
        assert_eq!(address("10.0.0.1", "192.0.2.1:4711"), "192.0.2.1");
        assert_eq!(address("10.0.0.1", "[2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(address("10.0.0.1", "::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn everybody_is_believed_to_have_come_without_tls() {
        assert!(client("198.51.100.1", &[("x-forwarded-proto", "http")]).is_plain);
        assert!(!client("198.51.100.1", &[]).is_plain);
        assert!(client("198.51.100.1", &[("x-forwarded-proto", "HTTP")]).is_plain);
        assert!(client("10.0.0.1", &[("x-forwarded-proto", "https, http")]).is_plain);
        assert!(client("10.0.0.1", &[("x-forwarded-proto", "http,https")]).is_plain);
        assert!(
            client("10.0.0.1", &[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")]).is_plain
        );
        assert!(!client("10.0.0.1", &[("x-forwarded-proto", "https, https")]).is_plain);
        assert!(client("10.0.0.1", &[("x-forwarded-proto", "http")]).is_plain);
        assert!(!client("10.0.0.1", &[("x-forwarded-proto", "https")]).is_plain);
    }

    #[test]
    fn an_agent_is_kept_short_and_plain() {
        let long = "x".repeat(500);
        let agent = client("192.0.2.1", &[("user-agent", &long)]).agent.unwrap();
        assert_eq!(agent.len(), 100);
        assert_eq!(client("192.0.2.1", &[]).agent, None);
    }
}
