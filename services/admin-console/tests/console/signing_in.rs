use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::running::Running;
use super::stub::Stub;

#[tokio::test]
async fn a_link_is_asked_for_with_a_token_and_signs_in_once() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut browser = Browser::new(&running.url);
    let ask = browser.request(Method::POST, "/sign-in/links").bearer_auth("olgas-token");
    let asked = browser.send(ask).await;
    assert_eq!(asked.status, 201, "{}", asked.html);
    let answer: Value = serde_json::from_str(&asked.html).unwrap();
    assert!(answer["expires_at"].is_string());
    let path = answer["url"].as_str().unwrap().strip_prefix(&running.url).unwrap().to_owned();

    // Whatever looks at links before people do.
    assert_eq!(Browser::new(&running.url).get(&path).await.status, 200);
    let shown = browser.get(&path).await;
    assert!(shown.status == 200 && shown.html.contains("signed in as olga"), "{}", shown.html);
    let redeemed = browser.post(&path, &[]).await;
    assert_eq!((redeemed.status, redeemed.location.as_deref()), (303, Some("/")));
    let cookie = redeemed.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("illuxi-console=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let page = browser.get("/").await;
    assert!(page.html.contains("Signed in as olga"), "{}", page.html);
    assert!(stub.seen().iter().all(|(_, token)| token == "olgas-token"), "{:?}", stub.seen());

    let mut other = Browser::new(&running.url);
    assert_eq!(other.post(&path, &[]).await.status, 410);
    assert_eq!(other.get(&path).await.status, 410);
}

#[tokio::test]
async fn nobody_gets_a_link_without_a_token_that_the_gateway_takes() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut browser = Browser::new(&running.url);
    let bare = browser.request(Method::POST, "/sign-in/links");
    assert_eq!(browser.send(bare).await.status, 401);
    for (answered, told) in [(401, 401), (403, 403), (503, 503)] {
        stub.on("/whoami", answered, json!({ "detail": "no" }));
        let ask = browser.request(Method::POST, "/sign-in/links").bearer_auth("bad");
        assert_eq!(browser.send(ask).await.status, told);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_how_and_who_signs_out_is_out() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut browser = Browser::new(&running.url);
    let away = browser.get("/log?kind=user").await;
    assert_eq!((away.status, away.location.as_deref()), (303, Some("/sign-in?to=%2Flog%3Fkind%3Duser")));
    let how = browser.get("/sign-in").await;
    assert!(
        how.status == 200 && how.html.contains("scimctl console link --bootstrap-file bootstrap.json<"),
        "{}",
        how.html
    );

    let mut olga = running.olga().await;
    let old = olga.cookies.clone();
    assert_eq!(olga.get("/").await.status, 200);
    assert_eq!(olga.post("/sign-out", &[]).await.location.as_deref(), Some("/sign-in"));
    olga.cookies = old;
    assert_eq!(olga.get("/").await.status, 303);
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_ends_the_session() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    stub.on("/integrations", 401, json!({}));
    assert_eq!(olga.get("/").await.location.as_deref(), Some("/sign-in?to=%2F"));
    stub.on("/integrations", 200, json!({ "items": [], "next": null }));
    assert_eq!(olga.get("/").await.status, 303);
}

#[tokio::test]
async fn a_fresh_link_brings_back_to_where_a_fresh_proof_was_needed() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let on = olga.get("/sign-in/fresh?to=/log").await;
    assert_eq!((on.status, on.location.as_deref()), (303, Some("/log")));
}

#[tokio::test]
async fn the_language_is_chosen_by_a_form_and_else_that_of_the_browser() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.language = "fr-CH, en;q=0.5";
    let page = olga.get("/").await;
    assert!(
        page.html.contains("<html lang=\"fr\">") && page.html.contains("Vue d’ensemble"),
        "{}",
        page.html
    );
    let chosen = olga.post("/language", &[("language", "en"), ("to", "/")]).await;
    assert_eq!((chosen.status, chosen.location.as_deref()), (303, Some("/")));
    let page = olga.get("/").await;
    assert!(page.html.contains("<html lang=\"en\">"), "{}", page.html);
    assert!(page.html.contains("Pages are in English from now on."), "{}", page.html);
    assert!(!olga.get("/").await.html.contains("from now on"), "it is said once");
}

#[tokio::test]
async fn a_link_is_not_lost_while_the_gateway_is_away_and_costs_nobody_a_session() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let (token, olga_too) = ("another".to_owned().into(), "olga".to_owned());
    let link = running.console.issue_link(token, olga_too, platform::clock::now()).unwrap();
    let path = link.url.strip_prefix(&running.url).unwrap().to_owned();
    let (whoami, csrf) = (json!({ "subject": "olga", "roles": ["acme:owner"] }), olga.csrf.clone());
    for (status, told) in [(503, 503), (401, 410)] {
        stub.on("/whoami", status, json!({}));
        assert_eq!(olga.post(&path, &[]).await.status, told);
        olga.csrf.clone_from(&csrf);
        assert_eq!(olga.get("/log").await.status, 200, "still signed in");
    }
    stub.on("/whoami", 200, whoami);
    assert_eq!(olga.post(&path, &[]).await.status, 303);
    assert_eq!(Browser::new(&running.url).post(&path, &[]).await.status, 410);
}
