use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Failure;
use crate::Console;

/// Name, media type, content.
const ASSETS: [(&str, &str, &[u8]); 4] = [
    ("app.css", "text/css; charset=utf-8", include_bytes!("../../assets/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/app.js")),
    ("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
];

/// Styles and scripts, each with the version that stands in its address.
pub(crate) struct Assets(Vec<Asset>);

struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
    version: String,
}

impl Assets {
    pub(crate) fn new() -> Self {
        let asset = |(name, media_type, content): (_, _, &'static [u8])| {
            let digest = Sha256::digest(content);
            let version = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            Asset { name, media_type, content, version }
        };
        Self(ASSETS.map(asset).into())
    }

    /// The address of an asset, which changes with its content.
    pub(crate) fn address(&self, name: &str) -> String {
        let version = self.find(name).map(|asset| asset.version.as_str()).unwrap_or_default();
        format!("/assets/{name}?v={version}")
    }

    fn find(&self, name: &str) -> Option<&Asset> {
        self.0.iter().find(|asset| asset.name == name)
    }
}

#[derive(Deserialize)]
pub(crate) struct Version {
    v: Option<String>,
}

/// `GET /assets/{name}?v=`
pub(crate) async fn serve(
    console: web::Data<Console>,
    name: web::Path<String>,
    wanted: web::Query<Version>,
) -> Result<HttpResponse, Failure> {
    let asset = console.assets.find(&name).ok_or(Failure::NotFound)?;
    let is_this = wanted.v.as_ref() == Some(&asset.version);
    let caching = if is_this { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CACHE_CONTROL, caching))
        .body(asset.content))
}
