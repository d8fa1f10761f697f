use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Longer than a dependency is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// A process is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    /// Nothing answers at its private listener.
    #[error("nothing answers at the private listener, {0}")]
    Silent(String, #[source] reqwest::Error),
    /// It says so itself.
    #[error("{0}")]
    Said(String),
}

/// Asks the process that listens at `listen` on this machine whether it is alive, or whether it can serve.
///
/// For images that hold nothing else that could ask.
///
/// # Errors
/// When it is not.
pub async fn ask(listen: &str, ready: bool) -> Result<(), Unhealthy> {
    let address = reachable(listen);
    let silent = |error: reqwest::Error| Unhealthy::Silent(address.clone(), error.without_url());
    // A proxy that the environment names is for the world outside.
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(silent)?;
    let question = if ready { "ready" } else { "live" };
    let answer = client.get(format!("http://{address}/health/{question}")).send().await.map_err(silent)?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(Unhealthy::Said(answer.text().await.map_err(silent)?))
}

/// What listens on all addresses is asked on this machine's own.
fn reachable(listen: &str) -> String {
    let Ok(mut address) = listen.parse::<SocketAddr>() else { return listen.to_owned() };
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    address.to_string()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with `answer`; gives where, and what was asked.
    fn answering(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..length]).lines().next().unwrap().to_owned()
        });
        (address, asked)
    }

    #[tokio::test]
    async fn a_process_is_as_it_says() {
        let (address, asked) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        ask(&address, false).await.unwrap();
        assert_eq!(asked.join().unwrap(), "GET /health/live HTTP/1.1");

        let (address, asked) =
            answering("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 9\r\n\r\nnot ready");
        assert_eq!(ask(&address, true).await.unwrap_err().to_string(), "not ready");
        assert_eq!(asked.join().unwrap(), "GET /health/ready HTTP/1.1");
    }

    #[tokio::test]
    async fn a_process_that_is_not_there_is_unhealthy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let refused = ask(&address, false).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("nothing answers at the private listener, {address}"));
    }

    #[test]
    fn what_listens_everywhere_is_asked_here() {
        let of = ["0.0.0.0:8081", "[::]:8081", "10.0.0.7:8081", "localhost:8081"].map(reachable);
        assert_eq!(of, ["127.0.0.1:8081", "[::1]:8081", "10.0.0.7:8081", "localhost:8081"]);
    }
}
