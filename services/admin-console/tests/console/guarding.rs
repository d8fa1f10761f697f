use reqwest::Method;

use super::browser::Browser;
use super::running::Running;
use super::stub::Stub;

#[tokio::test]
async fn what_changes_something_comes_from_a_page_of_this_session() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let good = olga.csrf.clone();
    let form = |csrf: &str| vec![("csrf".to_owned(), csrf.to_owned())];

    let foreign =
        olga.request(Method::POST, "/sign-out").header("origin", "https://evil.example").form(&form(&good));
    assert_eq!(olga.send(foreign).await.status, 403);
    let silent = olga.request(Method::POST, "/sign-out").form(&form(&good));
    assert_eq!(olga.send(silent).await.status, 403);
    for wrong in ["", "x", &good[1..]] {
        let stale = olga.request(Method::POST, "/sign-out").header("origin", &running.url).form(&form(wrong));
        let refused = olga.send(stale).await;
        assert!(refused.status == 403 && refused.html.contains("The form is too old"), "{}", refused.html);
    }
    assert_eq!(olga.get("/").await.status, 200, "still signed in");
    let by_script = olga
        .request(Method::POST, "/sign-out")
        .header("sec-fetch-site", "same-origin")
        .header("x-csrf-token", &good);
    assert_eq!(olga.send(by_script).await.status, 303);
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for path in ["/", "/log", "/nowhere", "/sign-in", "/assets/app.css"] {
        let shown = olga.get(path).await;
        let header = |name: &str| shown.headers[name].to_str().unwrap().to_owned();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"),
            "{path}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(shown.headers.get("strict-transport-security").is_none(), "{path}: plain http");
        let caching = if path.starts_with("/assets") { "no-cache" } else { "no-store" };
        assert_eq!(header("cache-control"), caching, "{path}");
        assert!(!shown.html.contains("<script>") && !shown.html.contains(" style=\""), "{path}");
    }
    assert_eq!(olga.get("/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_first_view_weighs_less_than_200_kilobytes_and_its_assets_stay_in_the_cache() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/").await.html;
    let mut weight = page.len();
    let mut assets = 0;
    for part in page.split('"').filter(|part| part.starts_with("/assets/")) {
        let asset = olga.get(part).await;
        assert_eq!(asset.status, 200, "{part}");
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable", "{part}");
        weight += asset.html.len();
        assets += 1;
    }
    assert_eq!(assets, 4);
    assert!(weight < 200_000, "{weight}");
}

#[tokio::test]
async fn an_address_over_which_cookies_would_go_in_plain_text_is_refused() {
    use admin_console::settings::SessionSettings;
    use admin_console::{Console, ConsoleError, ConsoleOptions};
    let options = |base_url: &str| ConsoleOptions {
        base_url: base_url.to_owned(),
        gateway_url: "http://127.0.0.1:1".to_owned(),
        user_sync_url: "http://127.0.0.1:1".to_owned(),
        oidc: None,
        session: SessionSettings {
            idle_minutes: 30.try_into().unwrap(),
            absolute_hours: 8.try_into().unwrap(),
        },
        bootstrap_file: None,
    };
    for plain in
        ["http://console.example", "http://192.0.2.1:8083", "console.example", "https://x.example/below"]
    {
        assert!(matches!(Console::new(options(plain)), Err(ConsoleError::BaseUrl)), "{plain}");
    }
    for good in
        ["https://console.example", "http://127.0.0.1:8083/", "http://[::1]:8083", "http://localhost:1"]
    {
        assert!(Console::new(options(good)).is_ok(), "{good}");
    }
}

#[tokio::test]
async fn pages_work_without_a_session_only_where_they_have_to() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut nobody = Browser::new(&running.url);
    for path in ["/", "/log", "/log/tail", "/log/export", "/log/0198c0de-0000-7000-8000-000000000001"] {
        assert_eq!(nobody.get(path).await.status, 303, "{path}");
    }
    let sent = nobody.post("/log/person", &[("person", "ana")]).await;
    assert_eq!((sent.status, sent.location.as_deref()), (303, Some("/sign-in?to=%2F&form=lost")));
    let page = nobody.get("/sign-in?to=%2F&form=lost").await;
    assert!(page.html.contains("Nothing of what you sent was done"), "{}", page.html);
    // Back to the form, and never to another host.
    for (referer, to) in [
        (format!("{}/log?kind=user", running.url), "/sign-in?to=%2Flog%3Fkind%3Duser&form=lost"),
        ("https://evil.example//evil.example/".to_owned(), "/sign-in?to=%2F&form=lost"),
        ("nonsense".to_owned(), "/sign-in?to=%2F&form=lost"),
        (format!("{}/log/person", running.url), "/sign-in?to=%2F&form=lost"),
    ] {
        let request = nobody.request(reqwest::Method::POST, "/log/person").header("origin", &running.url);
        let sent = nobody.send(request.header("referer", referer).form(&[("person", "ana")])).await;
        assert_eq!((sent.status, sent.location.as_deref()), (303, Some(to)));
    }
    assert!(stub.seen().is_empty(), "{:?}", stub.seen());
}

#[tokio::test]
async fn an_address_with_what_is_no_id_leads_nowhere() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for path in [
        "/log/xyz",
        "/people/xyz?integration=acme-production",
        "/people/of/xyz?integration=acme-production",
        "/attention/holds/abc",
        "/attention/comparisons/abc",
        "/attributes/versions/abc",
    ] {
        let page = olga.get(path).await;
        assert!(
            page.status == 404 && page.html.contains("<h1>There is no such page</h1>"),
            "{path}: {}",
            page.html
        );
        assert_eq!(Browser::new(&running.url).get(path).await.status, 303, "{path}");
    }
    let answer = olga.post("/attention/parked/abc/retry", &[("integration", "acme-production")]).await;
    assert!(
        answer.status == 404 && answer.html.contains("<h1>There is no such page</h1>"),
        "{}",
        answer.html
    );
}

#[tokio::test]
async fn a_long_form_is_read_by_the_page_as_by_the_door() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let long = "x".repeat(200_000);
    let chosen = olga.post("/language", &[("language", "fr"), ("to", "/log"), ("long", &long)]).await;
    assert_eq!((chosen.status, chosen.location.as_deref()), (303, Some("/log")));
}
