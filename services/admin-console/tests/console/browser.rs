use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

/// What came back.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) location: Option<String>,
    pub(crate) html: String,
}

/// Keeps cookies, fills the hidden field of forms, follows nothing by itself.
pub(crate) struct Browser {
    http: Client,
    pub(crate) url: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) csrf: String,
    pub(crate) language: &'static str,
}

impl Browser {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            url: url.to_owned(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            language: "en",
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form as a page of the console does.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let csrf = self.csrf.clone();
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend(fields);
        let request = self.http.post(format!("{}{path}", self.url)).header("origin", &self.url).form(&form);
        self.send(request).await
    }

    /// A request to the console, to be completed.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Shown {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("cookie", cookies.join("; ")).header("accept-language", self.language);
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let location = headers.get("location").map(|value| value.to_str().unwrap().to_owned());
        // What stands before a value on a narrow screen says what the head of the table says.
        let label = regex::Regex::new(" data-label=\"[^\"]*\"").unwrap();
        let html = label.replace_all(&response.text().await.unwrap(), "").into_owned();
        if let Some((_, rest)) = html.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        Shown { status, headers, location, html }
    }
}
