use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::trap::Watch;
use super::{Conditions, Direction, Weather};

/// How long one direction may go on when the other has ended.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves one connection to its end.
pub(super) async fn serve(mut client: TcpStream, mut server: TcpStream, conditions: Conditions) {
    // As those do who are at its ends: else a small piece waits up to 40 ms for word of the one before.
    for side in [&client, &server] {
        let _ = side.set_nodelay(true);
    }
    let mut resets = conditions.resets.clone();
    resets.mark_unchanged();
    let is_reset = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let watch = Arc::new(Mutex::new(Watch::for_trap(conditions.trap())));
        let pipe = |direction| Pipe { direction, conditions: conditions.clone(), watch: Arc::clone(&watch) };
        let upstream = pipe(Direction::Upstream).run(from_client, to_server);
        let downstream = pipe(Direction::Downstream).run(from_server, to_client);
        tokio::pin!(upstream, downstream);
        let both = async {
            tokio::select! {
                _ended = &mut upstream => {
                    let _ = tokio::time::timeout(FAREWELL, &mut downstream).await;
                }
                _ended = &mut downstream => {
                    let _ = tokio::time::timeout(FAREWELL, &mut upstream).await;
                }
            }
        };
        tokio::select! {
            () = both => false,
            _ = resets.changed() => true,
        }
    };
    if is_reset {
        // Closing then sends RST instead of FIN.
        let _ = client.set_zero_linger();
        let _ = server.set_zero_linger();
    }
}

/// One direction of a connection.
struct Pipe {
    direction: Direction,
    conditions: Conditions,
    watch: Arc<Mutex<Watch>>,
}

impl Pipe {
    async fn run(self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> std::io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        let mut weather = self.conditions.weather.clone();
        loop {
            let now = match weather.wait_for(|weather| !weather.is_paused).await {
                Ok(weather) => weather.clone(),
                Err(_) => return Ok(()),
            };
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return to.shutdown().await;
            }
            if self.is_held(&buffer[..count]) {
                std::future::pending::<()>().await;
            }
            if now.swallowed == Some(self.direction) {
                continue;
            }
            let allowed = self.conditions.spend(self.direction, count);
            pass_on(&now, &buffer[..allowed], &mut to).await?;
            if allowed < count {
                return Err(std::io::ErrorKind::ConnectionAborted.into());
            }
        }
    }

    fn is_held(&self, bytes: &[u8]) -> bool {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.holds(self.direction, bytes, || self.conditions.spring())
    }
}

async fn pass_on(weather: &Weather, bytes: &[u8], to: &mut WriteHalf<'_>) -> std::io::Result<()> {
    // A hasher with random keys of its own is the standard library's only source of chance.
    let wait = weather.delay_of(RandomState::new().hash_one(bytes));
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    for slice in bytes.chunks(weather.slice.unwrap_or(bytes.len()).max(1)) {
        to.write_all(slice).await?;
        let time = weather.time_of(slice.len());
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
    }
    Ok(())
}
