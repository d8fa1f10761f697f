use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// A proxy in front of a server that says everything back.
async fn echo() -> CuttingProxy {
    let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = CuttingProxy::in_front_of(echo.local_addr().unwrap().to_string()).await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = echo.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                tokio::io::copy(&mut reader, &mut writer).await
            });
        }
    });
    proxy
}

async fn connect(proxy: &CuttingProxy) -> TcpStream {
    TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap()
}

/// Whether nothing comes.
async fn is_silent(stream: &mut TcpStream) -> bool {
    tokio::time::timeout(Duration::from_millis(200), stream.read_u8()).await.is_err()
}

#[tokio::test]
async fn a_cut_connection_ends_and_a_new_one_works() {
    let proxy = echo().await;
    let mut first = connect(&proxy).await;
    first.write_all(b"a").await.unwrap();
    assert_eq!(first.read_u8().await.unwrap(), b'a');
    proxy.refuse();
    assert!(first.read_u8().await.is_err());
    let mut refused = connect(&proxy).await;
    assert!(refused.read_u8().await.is_err());

    proxy.heal();
    let mut second = connect(&proxy).await;
    second.write_all(b"b").await.unwrap();
    assert_eq!(second.read_u8().await.unwrap(), b'b');
}

#[tokio::test]
async fn a_reset_is_an_error_and_no_orderly_end() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    stream.write_all(b"a").await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'a');
    proxy.reset();
    let error = stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn weather_delays_pauses_and_swallows() {
    let proxy = echo().await;
    let mut stream = connect(&proxy).await;
    let delay = Duration::from_millis(50);
    proxy.set_weather(Weather { delay, slice: Some(1), ..Weather::default() });
    let started = Instant::now();
    stream.write_all(b"a").await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'a');
    assert!(started.elapsed() >= 2 * delay, "once in each direction");

    proxy.set_weather(Weather { swallowed: Some(Direction::Upstream), ..Weather::default() });
    let mut second = connect(&proxy).await;
    second.write_all(b"b").await.unwrap();
    assert!(is_silent(&mut second).await);

    proxy.set_weather(Weather { is_paused: true, ..Weather::default() });
    let mut third = connect(&proxy).await;
    third.write_all(b"c").await.unwrap();
    assert!(is_silent(&mut third).await);
    proxy.heal();
    assert_eq!(third.read_u8().await.unwrap(), b'c');
}

#[tokio::test]
async fn a_connection_is_cut_at_the_byte() {
    let proxy = echo().await;
    proxy.cut_after(Direction::Downstream, 3);
    let mut stream = connect(&proxy).await;
    stream.write_all(b"abcde").await.unwrap();
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read).await;
    assert_eq!(read, b"abc");
    let mut second = connect(&proxy).await;
    second.write_all(b"d").await.unwrap();
    assert_eq!(second.read_u8().await.unwrap(), b'd');
}

#[tokio::test]
async fn a_trap_holds_the_answer_of_the_connection_that_walks_into_it_alone() {
    let proxy = echo().await;
    proxy.set_trap(Trap::at(Direction::Upstream, "ana@").hold(Direction::Downstream));
    let (mut other, mut caught) = (connect(&proxy).await, connect(&proxy).await);
    other.write_all(b"b").await.unwrap();
    assert_eq!(other.read_u8().await.unwrap(), b'b');
    caught.write_all(b"ana@").await.unwrap();
    proxy.trapped().await;
    assert!(is_silent(&mut caught).await);
    other.write_all(b"ana@").await.unwrap();
    assert_eq!(other.read_u8().await.unwrap(), b'a');
}
