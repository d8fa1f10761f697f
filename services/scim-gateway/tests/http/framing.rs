//! Requests that no HTTP client sends, over plain connections: each is answered and none hangs.

use testkit::entra::{USER, user};
use testkit::raw;

use crate::harness::TestGateway;

/// Little room and little time.
fn short(limits: &mut scim_gateway::Limits) {
    limits.user_body_bytes = 1_024;
    limits.group_body_bytes = 1_024;
    limits.bulk_body_bytes = 1_024;
    limits.body_seconds = 1;
    limits.request_seconds = 5;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_wrong_is_refused_and_the_connection_ends() {
    let gateway = TestGateway::start().await;
    let (host, path) = (gateway.entra.authority(), gateway.entra.path());
    let many: String = (0..97).map(|n| format!("X-{n}: 1\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "x".repeat(140_000));
    for (about, request) in [
        ("no host", format!("GET {path}/Users HTTP/1.1\r\n\r\n")),
        ("two hosts", format!("GET {path}/Users HTTP/1.1\r\nHost: {host}\r\nHost: other\r\n\r\n")),
        ("97 headers", format!("GET {path}/Users HTTP/1.1\r\nHost: {host}\r\n{many}\r\n")),
        ("140 kB", format!("GET {path}/Users HTTP/1.1\r\nHost: {host}\r\n{large}\r\n")),
        ("quotes", format!("GET {path}/Users?filter=userName+eq+\"x\" HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        (
            "two lengths",
            format!(
                "POST {path}/Users HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"
            ),
        ),
        (
            "length and chunks",
            format!(
                "POST {path}/Users HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
        ),
        ("no HTTP", "nonsense\r\n\r\n".to_owned()),
    ] {
        let answer = raw::exchange(host, request.as_bytes()).await;
        assert!((400..500).contains(&answer.status), "{about}: {answer:?}");
        assert!(answer.is_closed, "{about}: {answer:?}");
    }
    assert_eq!(gateway.entra.get("/Users").await.status, 200, "others are served");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_over_the_limit_is_refused_before_the_body_comes() {
    let gateway = TestGateway::start_with(short).await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let answer = gateway.entra.raw(&line, b"Content-Length: 1048576\r\n\r\n").await;
    assert_eq!((answer.status, answer.is_closed), (413, true), "{answer:?}");
    assert!(answer.body.contains("1024"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_over_the_limit_are_refused_when_they_cross_it() {
    let gateway = TestGateway::start_with(short).await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let chunk = "x".repeat(1_000);
    // The last chunk is never sent.
    let rest = format!("Transfer-Encoding: chunked\r\n\r\n3e8\r\n{chunk}\r\n3e8\r\n{chunk}\r\n");
    let answer = gateway.entra.raw(&line, rest.as_bytes()).await;
    assert_eq!((answer.status, answer.is_closed), (413, true), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_without_a_size_ends_the_connection_and_changes_nothing() {
    let gateway = TestGateway::start().await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let body = format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"chunked\"}}");
    let rest = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\nzz\r\n", body.len());
    let answer = gateway.entra.raw(&line, rest.as_bytes()).await;
    // The web framework takes it for a failure of the connection: mostly nobody is answered.
    assert!(answer.is_closed && [0, 400].contains(&answer.status), "{answer:?}");
    assert_eq!(gateway.entra.get("/Users").await.body["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_slow_is_given_up() {
    let gateway = TestGateway::start_with(short).await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let answer = gateway.entra.raw(&line, b"Content-Length: 100\r\n\r\n{\"schemas\"").await;
    assert_eq!((answer.status, answer.is_closed), (408, true), "{answer:?}");
    assert!(answer.body.contains("urn:ietf:params:scim:api:messages:2.0:Error"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_read_on_who_is_not_let_in() {
    let gateway = TestGateway::start().await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let stranger = gateway.entra.with_token(Some("wrong"));
    let answer = stranger.raw(&line, b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n").await;
    assert_eq!((answer.status, answer.is_closed), (401, true), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_body_in_chunks_is_taken() {
    let gateway = TestGateway::start().await;
    let line = format!("POST {}/Users HTTP/1.1", gateway.entra.path());
    let body = format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"chunked\"}}");
    let rest = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(gateway.entra.raw(&line, rest.as_bytes()).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn head_tells_the_length_that_get_would_have() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user("a@contoso.example", "a-1", "A", "B")).await.id();
    for path in [
        format!("/Users/{id}"),
        "/Users".to_owned(),
        "/".to_owned(),
        "/Groups".to_owned(),
        "/Schemas".to_owned(),
        "/ResourceTypes/User".to_owned(),
        "/ServiceProviderConfig".to_owned(),
        "/Users/nobody".to_owned(),
    ] {
        let line = |method: &str| format!("{method} {}{path} HTTP/1.1", gateway.entra.path());
        let rest = b"Connection: close\r\n\r\n";
        let (get, head) =
            (gateway.entra.raw(&line("GET"), rest).await, gateway.entra.raw(&line("HEAD"), rest).await);
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        let told = |head: &str| -> Vec<String> {
            let same = |line: &&str| !line.starts_with("x-request-id") && !line.starts_with("date");
            let mut lines: Vec<String> = head.lines().filter(same).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(told(&head.head), told(&get.head), "{path}");
        assert!(get.head.contains(&format!("content-length: {}", get.body.len())), "{path}: {get:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_is_no_method_here() {
    let gateway = TestGateway::start().await;
    let line = format!("CONNECT {}/Users HTTP/1.1", gateway.entra.path());
    let answer = gateway.entra.raw(&line, b"\r\n").await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
}
