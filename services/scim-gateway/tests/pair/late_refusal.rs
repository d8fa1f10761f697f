//! A dependency that was away at the start, answers later, and refuses.

use scim_gateway::bootstrap::BootstrapFile;
use testkit::proxy::CuttingProxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::processes::{authority, through};

const USER: &str =
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@contoso.example"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_serves_answers_what_is_under_way_before_a_broker_that_refuses_ends_it() {
    let place = Place::furnish().await;
    let broker = CuttingProxy::in_front_of(authority(&amqp_url())).await;
    broker.refuse();
    let (public, folder) = (free_address(), tempfile::tempdir().unwrap());
    let file = folder.path().join("bootstrap.json");
    let wrong = through(&amqp_url(), &broker).replace("guest:guest@", "guest:wr0ng@");
    let mut gateway = Running::start(
        command("scim-gateway", &place)
            .env("ILLUXI__BROKER__URL", wrong)
            .env("ILLUXI__PUBLIC__LISTEN", &public)
            .env("ILLUXI__PUBLIC__BASE_URL", format!("http://{public}"))
            .env("ILLUXI__BOOTSTRAP__FILE", &file)
            .env("ILLUXI__BOOTSTRAP__INTEGRATION", "demo-production")
            .env("ILLUXI__BOOTSTRAP__PORTAL", "demo")
            .env("ILLUXI__BOOTSTRAP__ENVIRONMENT", "production")
            .env("ILLUXI__BOOTSTRAP__ADMIN_URL", "http://user-sync"),
    );
    assert_eq!(gateway.waits_for().0, "broker.url");
    testkit::eventually(PATIENCE, "it has bootstrapped", async || file.exists()).await;
    let file: BootstrapFile = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();

    let path = file.scim_url.strip_prefix(&format!("http://{public}")).unwrap();
    let mut client = TcpStream::connect(&public).await.unwrap();
    let head = format!(
        "POST {path}/Users HTTP/1.1\r\nHost: {public}\r\nAuthorization: Bearer {}\r\nContent-Type: \
         application/scim+json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        file.scim_token,
        USER.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // Said once the request is being handled: from here on it is under way, and waits for its body.
    let mut go_on = [0; 25];
    client.read_exact(&mut go_on).await.unwrap();
    assert_eq!(go_on, *b"HTTP/1.1 100 Continue\r\n\r\n");

    broker.heal();
    testkit::eventually(PATIENCE, "nobody new is let in", async || {
        TcpStream::connect(&public).await.is_err()
    })
    .await;
    assert_eq!(gateway.has_ended(), None);
    client.write_all(USER.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    let saying = "scim-gateway: setting `broker.url`: the broker does not let this user in: correct user and password: \
                  ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker \
                  logfile.";
    gateway.ends_saying(saying).await;
    assert_eq!(place.directory.query_i64("select count(*) from directory.scim_user").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_found_too_old_later_ends_a_service() {
    let place = Place::furnish().await;
    let mut wrong = Vec::new();
    for (program, names) in &SERVICES {
        wrong.push(Wrong::make(program, names, &place.server).await);
    }
    place.server.stop(Stop::Fast);
    let mut waiting = Vec::new();
    for ((program, _), wrong) in SERVICES.iter().zip(&wrong) {
        let url = with_user(wrong.older.url(), "entrance:right");
        let mut running = Running::start(command(program, &place).env("ILLUXI__DATABASE__URL", url));
        assert_eq!(running.waits_for().0, "database.url");
        running.answers("/health/ready", 503).await;
        waiting.push(running);
    }
    place.server.start_again().await;
    for ((program, names), running) in SERVICES.iter().zip(waiting) {
        let Names { schema, oldest, .. } = names;
        let saying = format!(
            "{program}: setting `database.url`: the schema \"{schema}\" is older than this program and lacks migration \
             {oldest}: run `migrate` first"
        );
        running.ends_saying(&saying).await;
    }
}
