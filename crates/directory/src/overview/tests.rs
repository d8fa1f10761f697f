use events::Environment;
use uuid::Uuid;

use super::*;
use crate::{
    Credential, CredentialId, Integration, IntegrationId, IntegrationSlug, LastUse, Proof, Revocation,
    Scopes, SecretDigest, Usage,
};

fn at(minute: u32) -> DateTime<Utc> {
    format!("2026-03-01T12:{minute:02}:00Z").parse().unwrap()
}

fn credential(expires: Option<u32>, used: Option<u32>) -> Credential {
    let last = used.map(|minute| LastUse { at: at(minute), address: None, agent: None });
    Credential {
        id: CredentialId::parse("0123456789abcdef").unwrap(),
        integration: IntegrationId(Uuid::nil()),
        proof: Proof::Secret(SecretDigest([0; 32])),
        name: "Entra".to_owned(),
        scopes: Scopes::ALL,
        networks: vec![],
        replaces: None,
        created: at(0),
        created_by: "ops".to_owned(),
        expires: expires.map(at),
        revoked: None,
        usage: Usage { count: 1, last },
    }
}

fn registration(credentials: Vec<Credential>) -> Registration {
    let slug = IntegrationSlug::parse("acme-production").unwrap();
    let id = IntegrationId(Uuid::nil());
    let integration = Integration::new(id, slug, "acme".to_owned(), Environment::Production);
    Registration { integration, credentials }
}

#[test]
fn requests_are_told_apart_by_what_they_came_to() {
    let newest = vec![
        (Outcome::Created, at(1)),
        (Outcome::NotFound, at(2)),
        (Outcome::Refused, at(4)),
        (Outcome::Failed, at(3)),
        (Outcome::HealthCheck, at(5)),
    ];
    let activity = Activity { newest, ..Activity::default() };
    let summary = Summary::new(&registration(vec![]), &activity, at(30));
    assert_eq!(summary.last_request, Some(at(5)));
    assert_eq!(summary.last_success, Some(at(2)));
    assert_eq!(summary.last_problem, Some(at(4)));
    assert_eq!(summary.last_health_check, Some(at(5)));
    let nothing = Summary::new(&registration(vec![]), &Activity::default(), at(30));
    assert_eq!((nothing.last_request, nothing.last_success, nothing.last_problem), (None, None, None));
}

#[test]
fn only_usable_credentials_end_next_and_any_was_used_last() {
    let revocation = Revocation { at: at(9), by: "ops".to_owned() };
    let revoked = Credential { revoked: Some(revocation), ..credential(Some(40), Some(8)) };
    let expired = credential(Some(20), Some(19));
    let credentials = vec![credential(None, Some(7)), credential(Some(50), None), revoked, expired];
    let summary = Summary::new(&registration(credentials), &Activity::default(), at(30));
    assert_eq!(summary.usable_credentials, 2);
    assert_eq!(summary.next_expiry, Some(at(50)));
    assert_eq!(summary.last_used, Some(at(19)));
}

#[test]
fn a_number_beyond_the_bound_is_the_bound_and_more() {
    let told = |counted| (Bounded::of(counted).count, Bounded::of(counted).more);
    assert_eq!([told(0), told(1_000), told(1_001)], [(0, false), (1_000, false), (1_000, true)]);
}

#[test]
fn problems_are_those_of_a_day() {
    assert_eq!(Summary::since(at(0)), "2026-02-28T12:00:00Z".parse::<DateTime<Utc>>().unwrap());
}
