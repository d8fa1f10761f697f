use directory::admin::set_profile;
use directory::{DirectoryError, IfMatch};
use scim::{Profile, ScimType};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, group, group_patch, user};

async fn strict() -> Fixture {
    let fixture = Fixture::new().await;
    let integration =
        set_profile(fixture.store.as_ref(), &fixture.integration.slug, Profile::Strict).await.unwrap();
    Fixture { integration, ..fixture }
}

fn refused(error: DirectoryError) -> Option<ScimType> {
    match error {
        DirectoryError::Invalid(error) => error.scim_type,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_members_are_passed_over_for_entra_and_refused_to_the_letter() {
    let stranger = Uuid::from_u128(9).to_string();
    let join = json!([{ "op": "add", "path": "members", "value": [{ "value": stranger }] }]);

    let lenient = Fixture::new().await;
    let directory = &lenient.directory;
    let strangers = [stranger.clone(), "nobody".to_owned()];
    let created = directory.create_group(&lenient.caller(), group("Forklift"), &strangers).await.unwrap();
    directory
        .patch_group(&lenient.caller(), created.id, group_patch(join.clone()), &IfMatch::Any)
        .await
        .unwrap();
    assert_eq!(directory.group(&lenient.caller(), created.id, true).await.unwrap().members, Some(vec![]));

    let strict = strict().await;
    let directory = &strict.directory;
    for members in [vec![stranger], vec!["nobody".to_owned()]] {
        let error = directory.create_group(&strict.caller(), group("Forklift"), &members).await.unwrap_err();
        assert_eq!(refused(error), Some(ScimType::InvalidValue));
    }
    let ana = directory.create_user(&strict.caller(), user("ana")).await.unwrap().user.id;
    let known = [ana.to_string()];
    let created = directory.create_group(&strict.caller(), group("Forklift"), &known).await.unwrap();
    let error = directory.patch_group(&strict.caller(), created.id, group_patch(join), &IfMatch::Any).await;
    assert_eq!(refused(error.unwrap_err()), Some(ScimType::InvalidValue));
    let view = directory.user(&strict.caller(), ana, true).await.unwrap();
    assert_eq!(view.groups.map(|groups| groups.len()), Some(1));
}
