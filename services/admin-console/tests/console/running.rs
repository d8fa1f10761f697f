use std::future::Future;
use std::thread::JoinHandle;

use admin_console::settings::{OidcSettings, SessionSettings};
use admin_console::{Console, ConsoleOptions, configure};
use platform::server;
use platform::shutdown::Shutdown;

use super::browser::Browser;
use super::stub::Stub;

/// A server in a thread of its own, until it is dropped.
pub(crate) struct Thread {
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.shutdown.request();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

pub(crate) fn in_thread<F>(shutdown: Shutdown, serve: impl FnOnce(Shutdown) -> F + Send + 'static) -> Thread
where
    F: Future<Output = ()>,
{
    let until = shutdown.clone();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(serve(until));
    });
    Thread { shutdown, thread: Some(thread) }
}

/// A console on a port of its own.
pub(crate) struct Running {
    pub(crate) console: Console,
    pub(crate) url: String,
    _server: Thread,
}

impl Running {
    pub(crate) fn start(stub: &Stub) -> Self {
        Self::with(&stub.url, &stub.url, None)
    }

    pub(crate) fn with(gateway: &str, user_sync: &str, oidc: Option<OidcSettings>) -> Self {
        let listener = server::listen("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = ConsoleOptions {
            base_url: url.clone(),
            gateway_url: gateway.to_owned(),
            user_sync_url: user_sync.to_owned(),
            oidc,
            session: SessionSettings {
                idle_minutes: 30.try_into().unwrap(),
                absolute_hours: 8.try_into().unwrap(),
            },
            bootstrap_file: Some("data/bootstrap.json".into()),
        };
        let console = Console::new(options).unwrap();
        let serving = console.clone();
        let thread = in_thread(Shutdown::new(), move |shutdown| async move {
            let routes = configure(serving, shutdown.clone());
            server::serve(listener, 1, &shutdown, routes).await.unwrap();
        });
        Self { console, url, _server: thread }
    }

    /// Somebody who came by a link.
    pub(crate) async fn olga(&self) -> Browser {
        let (token, olga) = ("olgas-token".to_owned().into(), "olga".to_owned());
        let link = self.console.issue_link(token, olga, platform::clock::now()).unwrap();
        let mut browser = Browser::new(&self.url);
        let path = link.url.strip_prefix(&self.url).unwrap().to_owned();
        let page = browser.get(&path).await;
        assert!(page.status == 200 && page.html.contains("You will be signed in as olga."), "{}", page.html);
        let redeemed = browser.post(&path, &[]).await;
        assert_eq!((redeemed.status, redeemed.location.as_deref()), (303, Some("/")));
        browser
    }
}
