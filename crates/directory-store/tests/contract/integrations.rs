//! Integrations and their credentials.

use directory::{
    Admission, Credential, CredentialId, Integration, IntegrationEvent, IntegrationId, IntegrationSettings,
    IntegrationSlug, IntegrationState, LastUse, NewEvent, Proof, Revocation, Scopes, SecretDigest, TenantId,
    Usage,
};
use events::{Environment, EventId, EventType, Subject, SubjectKind};
use scim::{Profile, Schema};
use serde_json::json;
use uuid::Uuid;

use crate::changes::at;
use crate::fixture::{Fixture, integration};

fn slug(text: &str) -> IntegrationSlug {
    IntegrationSlug::parse(text).unwrap()
}

pub(crate) fn credential_id(text: &str) -> CredentialId {
    CredentialId::parse(text).unwrap()
}

pub(crate) async fn an_integration_is_read_as_it_was_written(fixture: Fixture) {
    for (n, state) in
        [(7, IntegrationState::Paused), (8, IntegrationState::Disabled), (9, IntegrationState::Enabled)]
    {
        let written =
            Integration { state, environment: Environment::Staging, ..integration(n, &format!("i{n}")) };
        fixture.store.add_integration(&written, None, at(0)).await.unwrap();
        assert_eq!(fixture.store.integration(&written.slug).await.unwrap(), Some(written));
    }
    assert_eq!(fixture.store.integration(&slug("unknown")).await.unwrap(), None);
}

pub(crate) async fn an_integration_that_exists_stays_as_it_is(fixture: Fixture) {
    let same_slug = Integration { portal: "changed".to_owned(), ..integration(77, "acme-production") };
    fixture.store.add_integration(&same_slug, None, at(1)).await.unwrap();
    let kept = fixture.store.integration(&slug("acme-production")).await.unwrap();
    assert_eq!(kept, Some(integration(1, "acme-production")));
}

pub(crate) fn credential(of: IntegrationId, id: &str, proof: Proof) -> Credential {
    let has_secret = matches!(proof, Proof::Secret(_) | Proof::Client(_));
    Credential {
        id: credential_id(id),
        integration: of,
        proof,
        name: format!("é \"x\" {id}"),
        scopes: Scopes::parse(["users.read", "groups.write"]).unwrap(),
        networks: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        replaces: None,
        created: at(0),
        created_by: "ops".to_owned(),
        expires: has_secret.then(|| at(3_600)),
        revoked: None,
        usage: Usage::default(),
    }
}

async fn credentials(fixture: &Fixture) -> Vec<Credential> {
    fixture.store.registration(&slug("acme-production")).await.unwrap().unwrap().credentials
}

pub(crate) async fn credentials_of_every_kind_are_read_as_they_were_written(fixture: Fixture) {
    let tenant = TenantId::parse("72f988bf-86f1-41af-91ab-2d7cd011db47").unwrap();
    let (audience, subject) = ("api://x".to_owned(), "object".to_owned());
    let federated = Proof::Federated { tenant: tenant.clone(), audience: audience.clone(), subject };
    let proofs = [
        Proof::Secret(SecretDigest([7; 32])),
        Proof::Client(SecretDigest([8; 32])),
        federated,
        Proof::Entra { tenant, audience },
    ];
    let mut written: Vec<Credential> = (0u32..)
        .zip(proofs)
        .map(|(n, proof)| Credential {
            replaces: n.checked_sub(1).map(|before| credential_id(&format!("{before:016}"))),
            created: at(n.into()),
            ..credential(fixture.of, &format!("{n:016}"), proof)
        })
        .collect();
    for credential in &written {
        fixture.store.add_credential(credential).await.unwrap();
    }
    written.reverse();
    assert_eq!(credentials(&fixture).await, written, "the newest first");
    let of_other = fixture.store.registration(&slug("other-production")).await.unwrap().unwrap();
    assert_eq!((of_other.integration.id, of_other.credentials), (fixture.other, vec![]));
    assert!(fixture.store.registration(&slug("unknown")).await.unwrap().is_none());
}

pub(crate) async fn expired_credentials_push_none_out_that_can_be_used(fixture: Fixture) {
    let proof = |n: u8| Proof::Secret(SecretDigest([n; 32]));
    let endless =
        Credential { expires: None, ..credential(fixture.of, "0000000000000000", federated("object")) };
    let usable =
        Credential { expires: Some(at(9_000)), ..credential(fixture.of, "0000000000000001", proof(1)) };
    let expired = (2..122).map(|n| Credential {
        created: at(i64::from(n) * 10),
        expires: Some(at(i64::from(n) * 10 + 5)),
        ..credential(fixture.of, &format!("{n:016}"), proof(n))
    });
    for credential in [endless.clone(), usable.clone()].into_iter().chain(expired) {
        assert_eq!(fixture.store.add_credential(&credential).await.unwrap(), Admission::Admitted);
    }
    let read = credentials(&fixture).await;
    assert_eq!((read.len(), read[0].created), (100, at(1_210)));
    assert!(read.contains(&endless) && read.contains(&usable));

    let both = [fixture.of, fixture.other];
    let mut found = fixture.store.usable_credentials(&both, at(2_000)).await.unwrap();
    found.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    assert_eq!(found, [endless, usable]);
    assert_eq!(fixture.store.usable_credentials(&[fixture.other], at(2_000)).await.unwrap(), []);
}

fn federated(subject: &str) -> Proof {
    let tenant = TenantId::parse("72f988bf-86f1-41af-91ab-2d7cd011db47").unwrap();
    Proof::Federated { tenant, audience: "api://x".to_owned(), subject: subject.to_owned() }
}

pub(crate) async fn the_id_of_a_credential_is_taken_once(fixture: Fixture) {
    let made = credential(fixture.of, "0123456789abcdef", Proof::Secret(SecretDigest([7; 32])));
    assert_eq!(fixture.store.add_credential(&made).await.unwrap(), Admission::Admitted);
    for of in [fixture.of, fixture.other] {
        let again = Credential {
            name: "again".to_owned(),
            ..credential(of, "0123456789abcdef", Proof::Secret(SecretDigest([8; 32])))
        };
        assert_eq!(fixture.store.add_credential(&again).await.unwrap(), Admission::Known);
    }
    assert_eq!(credentials(&fixture).await, [made]);
}

pub(crate) async fn a_credential_is_revoked_once_and_in_its_own_integration(fixture: Fixture) {
    let made = credential(fixture.of, "0123456789abcdef", Proof::Secret(SecretDigest([7; 32])));
    fixture.store.add_credential(&made).await.unwrap();
    let revocation = |n, by: &str| Revocation { at: at(n), by: by.to_owned() };
    let revoke = async |of, id: &str, revocation: &Revocation| {
        fixture.store.revoke_credential(of, &credential_id(id), revocation).await.unwrap()
    };
    assert!(!revoke(fixture.other, "0123456789abcdef", &revocation(1, "other")).await);
    assert!(!revoke(fixture.of, "ffffffffffffffff", &revocation(1, "ops")).await);
    assert!(revoke(fixture.of, "0123456789abcdef", &revocation(2, "ops")).await);
    assert!(revoke(fixture.of, "0123456789abcdef", &revocation(3, "later")).await);
    assert_eq!(credentials(&fixture).await[0].revoked, Some(revocation(2, "ops")));
}

pub(crate) async fn uses_add_up_and_the_newest_is_the_last(fixture: Fixture) {
    let made = credential(fixture.of, "0123456789abcdef", Proof::Secret(SecretDigest([7; 32])));
    fixture.store.add_credential(&made).await.unwrap();
    let before = fixture.store.registry_version().await.unwrap();
    let used = |count, second, agent: &str| {
        let last =
            LastUse { at: at(second), address: "2001:db8::1".parse().ok(), agent: Some(agent.to_owned()) };
        (made.id.clone(), Usage { count, last: Some(last) })
    };
    let unknown = (credential_id("ffffffffffffffff"), Usage { count: 1, last: None });
    fixture.store.add_uses(&[used(3, 20, "new"), unknown]).await.unwrap();
    fixture.store.add_uses(&[used(2, 10, "old")]).await.unwrap();
    assert_eq!(credentials(&fixture).await[0].usage, used(5, 20, "new").1);
    assert_eq!(fixture.store.registry_version().await.unwrap(), before, "a use is no change");
}

pub(crate) async fn the_registry_has_a_new_version_after_every_change(fixture: Fixture) {
    let mut last = fixture.store.registry_version().await.unwrap();
    let mut is_newer = async |what: &str| {
        let version = fixture.store.registry_version().await.unwrap();
        assert!(version > last, "{what}");
        last = version;
    };
    let added = integration(7, "new-production");
    fixture.store.add_integration(&added, None, at(0)).await.unwrap();
    is_newer("added").await;
    let changed = Integration { state: IntegrationState::Paused, version: 2, ..added };
    assert!(fixture.store.change_integration(&changed, None).await.unwrap());
    is_newer("changed").await;
    let made = credential(fixture.of, "0123456789abcdef", Proof::Secret(SecretDigest([7; 32])));
    fixture.store.add_credential(&made).await.unwrap();
    is_newer("credential added").await;
    let revocation = Revocation { at: at(1), by: "ops".to_owned() };
    fixture.store.revoke_credential(fixture.of, &made.id, &revocation).await.unwrap();
    is_newer("credential revoked").await;
}

pub(crate) async fn integrations_are_listed_by_slug_and_portal(fixture: Fixture) {
    let elsewhere = Integration { portal: "globex".to_owned(), ..integration(7, "globex-production") };
    fixture.store.add_integration(&elsewhere, None, at(0)).await.unwrap();
    let list = async |portals: Option<&[&str]>, after: Option<&str>, limit| {
        let portals = portals.map(|portals| portals.iter().map(|&p| p.to_owned()).collect::<Vec<_>>());
        let found =
            fixture.store.integrations(portals.as_deref(), after.map(slug).as_ref(), limit).await.unwrap();
        found.into_iter().map(|integration| integration.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 10).await, ["acme-production", "globex-production", "other-production"]);
    assert_eq!(list(None, Some("acme-production"), 1).await, ["globex-production"]);
    assert_eq!(list(Some(&["acme"]), None, 10).await, ["acme-production", "other-production"]);
    assert_eq!(list(Some(&[]), None, 10).await, Vec::<String>::new());
}

pub(crate) async fn a_change_is_made_over_the_version_that_was_read_and_told(fixture: Fixture) {
    let read = fixture.store.integration(&slug("acme-production")).await.unwrap().unwrap();
    let settings = IntegrationSettings {
        log_retention_days: 30,
        logged_values: vec!["title".to_owned()],
        requests_per_second: std::num::NonZeroU32::new(50),
    };
    let changed = Integration {
        state: IntegrationState::Disabled,
        profile: Profile::Strict,
        user_extensions: vec![extension("badge")].into(),
        settings,
        version: 2,
        ..read.clone()
    };
    let event = IntegrationEvent {
        event: NewEvent {
            id: EventId(Uuid::from_u128(5)),
            event_type: EventType::IntegrationChanged,
            subject: Subject { kind: SubjectKind::Integration, id: fixture.of.0 },
            data: "{}".to_owned(),
        },
        at: at(1),
        txn: Uuid::from_u128(6),
    };
    assert!(fixture.store.change_integration(&changed, Some(&event)).await.unwrap());
    assert_eq!(fixture.store.integration(&read.slug).await.unwrap(), Some(changed.clone()));
    let quicker = Integration { profile: Profile::Entra, ..changed };
    assert!(!fixture.store.change_integration(&quicker, Some(&event)).await.unwrap(), "somebody was quicker");
    let other = fixture.store.integration(&slug("other-production")).await.unwrap().unwrap();
    assert_eq!(other.profile, Profile::Entra);
    let told = fixture.claim_all().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].envelope.id, told[0].envelope.sequence.version), (EventId(Uuid::from_u128(5)), 2));
}

fn extension(name: &str) -> Schema {
    let document = json!({
        "id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User", "name": "Acme", "description": "Ours.",
        "attributes": [{ "name": name, "type": "string", "caseExact": true, "description": "é \"x\"" }]
    });
    Schema::from_definition(document.as_object().unwrap()).unwrap()
}

pub(crate) async fn profile_and_extensions_are_kept(fixture: Fixture) {
    let added = Integration {
        profile: Profile::Strict,
        user_extensions: vec![extension("badge")].into(),
        ..integration(7, "strict-production")
    };
    fixture.store.add_integration(&added, None, at(0)).await.unwrap();
    assert_eq!(fixture.store.integration(&added.slug).await.unwrap(), Some(added));
}

pub(crate) async fn a_store_that_works_says_so(fixture: Fixture) {
    fixture.store.check().await.unwrap();
}
