//! Whom a text finds.

use events::v1::{EnterpriseUser, MultiValued, Name, User};
use lms::admin::search_learners;
use lms::{IntegrationSlug, LearnerSearch, MatchPosition, Status};

use crate::casework_holds::own;
use crate::fixture::{INTEGRATION, OTHER, at, changed, deactivated, provisioned, scim, user, user_event_of};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_learner_is_found_by_each_name_and_address,
    a_learner_is_found_in_any_letter_case_and_script,
    a_status_narrows_a_search,
    pages_show_each_match_once,
    a_value_written_by_hand_is_found_after_the_next_event,
    other_integrations_are_not_searched,
);

fn ana() -> User {
    User {
        external_id: "3F1C0F5E-0d0b-4f3c-9b1a-0123456789ab".to_owned(),
        user_name: "Login@contoso.example".to_owned(),
        active: Some(true),
        name: Some(Name {
            given_name: "Given".to_owned(),
            family_name: "O'Family".to_owned(),
            ..Name::default()
        }),
        display_name: "Shown, Élise".to_owned(),
        emails: vec![MultiValued {
            value: "Mail@contoso.example".to_owned(),
            r#type: "work".to_owned(),
            ..MultiValued::default()
        }],
        enterprise: Some(EnterpriseUser {
            employee_number: "E-0042".to_owned(),
            ..EnterpriseUser::default()
        }),
        ..User::default()
    }
}

/// SCIM ids of those who are found, in the order in which they are, and whether there are more.
async fn found(
    world: &World,
    integration: &IntegrationSlug,
    (text, status): (&str, Option<Status>),
    after: Option<MatchPosition>,
    limit: u32,
) -> (Vec<u128>, Option<MatchPosition>) {
    let search = LearnerSearch::new(text, status).unwrap();
    let found = search_learners(world.reader.as_ref(), integration, &search, after, limit).await.unwrap();
    (found.learners.into_iter().map(|learner| learner.scim_id.0.as_u128()).collect(), found.next)
}

async fn all(world: &World, text: &str) -> Vec<u128> {
    let (found, next) = found(world, &own(), (text, None), None, 100).await;
    assert_eq!(next, None);
    found
}

async fn a_learner_is_found_by_each_name_and_address(world: World) {
    world.handle(&[provisioned(1, at(1), ana()), provisioned(2, at(1), user("bea"))]).await;
    for text in [
        "log",
        "login@contoso.example",
        "mail@",
        "shown",
        "given",
        "given o'f",
        "o'family",
        "o'family giv",
        " o'f ",
        "E-0042",
        "e-0042",
        "3F1C0F5E-0d0b-4f3c-9b1a-0123456789ab",
    ] {
        let expected = if text == "e-0042" { vec![] } else { vec![1] };
        assert_eq!(all(&world, text).await, expected, "{text}");
    }
    for nobody in ["ogin", "o'family o", "E-004", "3F1C", "%", "_og", "given_o", "login@contoso.example2"] {
        assert_eq!(all(&world, nobody).await, [] as [u128; 0], "{nobody}");
    }
}

async fn a_learner_is_found_in_any_letter_case_and_script(world: World) {
    let named = |name: &str| User { display_name: name.to_owned(), ..user("x") };
    for (id, name) in [(1, "Élodie"), (2, "ΟΔΥΣΣΕΥΣ"), (3, "张伟"), (4, "Ĳsbrand"), (5, "a\u{10FFFE}z")]
    {
        let user_name = format!("user{id}@contoso.example");
        let user = User { user_name, external_id: format!("object-{id}"), ..named(name) };
        world.apply(provisioned(id, at(1), user)).await;
    }
    for (text, id) in
        [("ÉLO", 1), ("e\u{301}lo", 1), ("οδυσσευς", 2), ("张", 3), ("ĳs", 4), ("A\u{10FFFE}", 5)]
    {
        assert_eq!(all(&world, text).await, [id], "{text}");
    }
    assert_eq!(all(&world, "elo").await, [] as [u128; 0], "an accent is part of a name");
}

async fn a_status_narrows_a_search(world: World) {
    let batch: Vec<_> = (1..=3).map(|id| provisioned(id, at(1), user(&format!("ana{id}")))).collect();
    world.handle(&batch).await;
    world.apply(deactivated(2, at(2), user("ana2"))).await;
    for (status, expected) in
        [(None, vec![1, 2, 3]), (Some(Status::Active), vec![1, 3]), (Some(Status::Inactive), vec![2])]
    {
        for text in ["ana", "silva ana"] {
            assert_eq!(
                found(&world, &own(), (text, status), None, 100).await.0,
                expected,
                "{text} {status:?}"
            );
        }
        let by_id = found(&world, &own(), ("object-ana2", status), None, 100).await.0;
        assert_eq!(by_id.len(), usize::from(status != Some(Status::Active)), "{status:?}");
    }
}

/// Each learner has four values that begin so, in places apart.
async fn pages_show_each_match_once(world: World) {
    let batch: Vec<_> = (1..=9).map(|id| provisioned(id, at(1), user(&format!("ana{id}")))).collect();
    world.handle(&batch).await;
    for limit in [1, 2, 4, 9, 50] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = found(&world, &own(), ("ana", None), after, limit).await;
            assert!(page.len() <= limit as usize);
            seen.extend(page);
            let Some(position) = next else { break };
            // As it goes through the hands of a caller.
            after = Some(position.to_string().parse().unwrap());
        }
        assert_eq!(seen, (1..=9).collect::<Vec<u128>>(), "{limit}");
    }
}

async fn a_value_written_by_hand_is_found_after_the_next_event(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let off =
        "update lms.learner set given_name = 'Quirina', full_name_folded = null, family_name_folded = null";
    world.execute(off).await;
    assert_eq!(all(&world, "quirina").await, [] as [u128; 0]);
    assert_eq!(all(&world, "silva").await, [] as [u128; 0]);
    world.apply(changed(1, at(2), user("ana"))).await;
    assert_eq!(all(&world, "silva").await, [1]);
}

async fn other_integrations_are_not_searched(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let theirs = user_event_of(OTHER, events::EventType::UserProvisioned, 7, at(1), user("ana"));
    world.apply(theirs).await;
    for (integration, expected) in [(INTEGRATION, 1), (OTHER, 7)] {
        let slug = IntegrationSlug(integration.to_owned());
        for text in ["ana", "silva", "object-ana"] {
            assert_eq!(found(&world, &slug, (text, None), None, 10).await.0, [expected], "{text}");
        }
    }
    let learner = world.learners_of(INTEGRATION).await[0].learner_id;
    assert_ne!(learner.0, scim(0));
    let unknown = IntegrationSlug("nowhere".to_owned());
    assert_eq!(found(&world, &unknown, ("ana", None), None, 10).await.0, [] as [u128; 0]);
}
