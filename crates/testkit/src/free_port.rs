use std::net::TcpListener;

use uuid::Uuid;

/// Where servers of a test listen: below the ports that the system gives to connections that are made, so that none of
/// those has the port of a server that is down for a moment.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A port of 127.0.0.1 that nobody listens at now.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let random = std::iter::repeat_with(|| {
        let (chance, _) = Uuid::new_v4().as_u64_pair();
        PORTS.start + u16::try_from(chance % u64::from(PORTS.end - PORTS.start)).unwrap_or_default()
    });
    random.take(1_000).find(is_free).expect("a free port")
}
