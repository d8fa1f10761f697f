use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::api::{Act, ApiError, List, Service, Whoami};
use crate::http::{Failure, LocalPath, Page, Visit, answer};

#[derive(Template)]
#[template(path = "administrators.html")]
struct Administrators {
    page: Page,
    who: Whoami,
    records: Vec<Record>,
}

/// What a service has on record.
struct Record {
    /// The service; none when both have the same.
    service: Option<Service>,
    acts: Vec<Act>,
    older: Option<LocalPath>,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
    /// Cursor of the acts at the gateway.
    #[serde(default)]
    gateway: String,
    /// That of the acts at the LMS side.
    #[serde(default)]
    lms: String,
}

/// `GET /administrators?integration=&gateway=&lms=`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let who = visit.api().whoami().await?;
    let mut page = visit.page("administrators-title");
    let mut records = Vec::new();
    match visit.place(Some(&wanted.integration)).await {
        Ok(place) => {
            let slug = place.integration.slug.clone();
            page = page.about(place);
            if page.may_own() {
                page = read_records(&visit, page, &slug, &wanted, &mut records).await?;
            }
        }
        // Who they are can be said in any case.
        Err(Failure::NoIntegration) => {}
        Err(failure) => return Err(failure),
    }
    answer(&Administrators { page, who, records })
}

async fn read_records(
    visit: &Visit,
    mut page: Page,
    slug: &str,
    wanted: &Wanted,
    records: &mut Vec<Record>,
) -> Result<Page, Failure> {
    let (api, cursor) = (visit.api(), |cursor: &String| Some(cursor.clone()));
    let (gateway, lms) = futures::join!(
        api.acts(Service::Gateway, slug, cursor(&wanted.gateway)),
        api.acts(Service::UserSync, slug, cursor(&wanted.lms)),
    );
    let mut known = |record: Result<List<Act>, ApiError>| match record {
        Ok(list) => Ok(Some(list)),
        // The LMS has not heard of the integration yet.
        Err(ApiError::NotFound) => Ok(None),
        Err(ApiError::Unavailable(service)) => {
            page.away.push(service);
            Ok(None)
        }
        Err(error) => Err(error),
    };
    let (gateway, lms) = (known(gateway)?, known(lms)?);
    let address = |gateway: &str, lms: &str| {
        let pairs = [("integration", slug), ("gateway", gateway), ("lms", lms)];
        let filled: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        LocalPath::with("/administrators", &filled)
    };
    match (gateway, lms) {
        (Some(gateway), Some(lms)) if is_one_record(&gateway.items, &lms.items) => {
            let older = gateway.next().map(|next| address(&next, &next));
            records.push(Record { service: None, acts: gateway.items, older });
        }
        (gateway, lms) => {
            for (service, list) in [(Service::Gateway, gateway), (Service::UserSync, lms)] {
                let Some(list) = list else { continue };
                let older = list.next().map(|next| match service {
                    Service::Gateway => address(&next, &wanted.lms),
                    Service::UserSync => address(&wanted.gateway, &next),
                });
                records.push(Record { service: Some(service), acts: list.items, older });
            }
        }
    }
    Ok(page)
}

/// Whether both services keep the same record, as in scim-standalone.
fn is_one_record(gateway: &[Act], lms: &[Act]) -> bool {
    let ids = |acts: &[Act]| acts.iter().map(|act| act.act_id).collect::<Vec<_>>();
    !gateway.is_empty() && ids(gateway) == ids(lms)
}

impl Whoami {
    /// Each role, with the portal that it holds in; none for all of them.
    fn each(&self) -> Vec<(&str, Option<&str>)> {
        let each = self.roles.iter().map(|word| match word.split_once(':') {
            Some((portal, role)) => (role, Some(portal)),
            None => (word.as_str(), None),
        });
        each.collect()
    }
}
