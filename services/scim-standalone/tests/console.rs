//! The administrators' console of a running standalone: the whole way from a link to a person's request.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::thread::JoinHandle;
use std::time::Duration;

use platform::shutdown::Shutdown;
use platform::telemetry::TraceSettings;
use reqwest::redirect::Policy;
use scim_gateway::settings::FederationSettings;
use scim_standalone::{ServeOptions, Standalone};
use testkit::entra::{Entra, user};
use testkit::eventually;

struct Running {
    console: String,
    link: String,
    entra: Entra,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = ServeOptions {
            data_dir: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            admin_listen: "127.0.0.1:0".parse().unwrap(),
            console_listen: "127.0.0.1:0".parse().unwrap(),
            console_base_url: None,
            base_url: None,
            trusted_proxies: vec![],
            federation: FederationSettings::default(),
            bootstrap_file: folder.path().join("bootstrap.json"),
            profile: None,
            traces: TraceSettings::default(),
        };
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        let (opened, open) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let standalone = Standalone::open(&options).await.unwrap();
                let link = standalone.console_link().unwrap().url;
                opened.send((standalone.bootstrapped.file.clone(), link)).unwrap();
                standalone.serve(&until).await.unwrap();
            });
        });
        let (file, link) = open.recv().unwrap();
        Self {
            console: file.console_url.unwrap(),
            link,
            entra: Entra::new(&file.scim_url, &file.scim_token),
            shutdown,
            thread: Some(thread),
            _folder: folder,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.request();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_overview_and_a_request_of_azure_to_its_effect() {
    let running = Running::start();
    let created =
        running.entra.post("/Users", user("ana.silva@contoso.example", "4d0f", "Ana", "Silva")).await;
    assert_eq!(created.status, 201);

    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    assert!(running.link.starts_with(&running.console), "{}", running.link);
    let link = http.get(&running.link).send().await.unwrap().text().await.unwrap();
    assert!(link.contains("You will be signed in as bootstrap."), "{link}");
    let redeemed = http.post(&running.link).header("origin", &running.console).send().await.unwrap();
    assert_eq!(redeemed.status(), 303);
    let cookie = redeemed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let get = |path: String| {
        let request = http.get(format!("{}{path}", running.console)).header("cookie", &cookie);
        async move {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200, "{path}");
            response.text().await.unwrap()
        }
    };
    let overview = get("/".to_owned()).await;
    for shown in
        ["demo-production", "Production", "/integrations/demo-production/scim/v2", "Signed in as bootstrap"]
    {
        assert!(overview.contains(shown), "{shown} is not in\n{overview}");
    }
    let (_, csrf) = overview.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = csrf.split('"').next().unwrap();
    let pause = [("csrf", csrf), ("integration", "demo-production"), ("state", "paused"), ("to", "/")];
    let pause = http.post(format!("{}/setup/state", running.console)).form(&pause);
    let pause = pause.header("cookie", &cookie).header("origin", &running.console).send().await.unwrap();
    assert_eq!(pause.status(), 303);
    assert!(
        get("/administrators".to_owned()).await.contains("<td data-label=\"Who\">bootstrap"),
        "the act names who did it"
    );
    let log = get("/log?operation=create&kind=user".to_owned()).await;
    let (_, rest) = log.split_once("<td data-label=\"Details\"><a href=\"/log/").unwrap();
    let entry = format!("/log/{}", rest.split('"').next().unwrap());
    eventually(Duration::from_secs(20), "the effect is shown", || async {
        get(entry.clone()).await.contains("learner created")
    })
    .await;
}
