use proptest::prelude::*;

use super::*;

fn integration() -> IntegrationSlug {
    IntegrationSlug("acme-production".to_owned())
}

fn edge(user: u128, version: i64, present: bool) -> Edge {
    let key = EdgeKey {
        integration: integration(),
        group: ScimId(Uuid::from_u128(50)),
        user: ScimId(Uuid::from_u128(user)),
    };
    Edge { key, sequence: Sequence { epoch: 0, incarnation: 1, version }, present }
}

fn collect(edges: impl IntoIterator<Item = Edge>) -> Vec<Edge> {
    let mut collected = Edges::default();
    edges.into_iter().for_each(|edge| collected.record(edge));
    collected.into_vec()
}

#[test]
fn the_newest_wins_whichever_comes_last() {
    assert_eq!(collect([edge(1, 3, false), edge(1, 2, true)]), [edge(1, 3, false)]);
    assert_eq!(collect([edge(1, 2, true), edge(1, 3, false)]), [edge(1, 3, false)]);
    assert_eq!(collect([edge(1, 2, true), edge(1, 2, false)]), [edge(1, 2, false)]);
    assert_eq!(collect([edge(1, 2, false), edge(1, 2, true)]), [edge(1, 2, false)]);
}

#[test]
fn one_malformed_member_spoils_the_event() {
    let change = MembershipChange {
        added: vec![Uuid::from_u128(1).to_string()],
        removed: vec!["ana@contoso.example".to_owned()],
        ..MembershipChange::default()
    };
    let group = ScimId(Uuid::from_u128(50));
    let read = read_edges(&integration(), group, Sequence::default(), &change);
    assert_eq!(read, Err(ParkReason::MalformedMember));
}

fn any_history() -> impl Strategy<Value = (Vec<Edge>, Vec<Edge>)> {
    let edges = proptest::collection::vec((1u128..4, 1i64..6, any::<bool>()), 0..20);
    edges.prop_flat_map(|edges| {
        let edges: Vec<Edge> =
            edges.into_iter().map(|(user, version, present)| edge(user, version, present)).collect();
        let twice: Vec<Edge> = edges.iter().chain(&edges).cloned().collect();
        (Just(edges), Just(twice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn order_and_repetition_mean_nothing((edges, disturbed) in any_history()) {
        prop_assert_eq!(collect(edges), collect(disturbed));
    }

    #[test]
    fn the_kept_edge_is_the_newest((edges, _) in any_history()) {
        for kept in collect(edges.clone()) {
            let newest = edges.iter().filter(|edge| edge.key == kept.key).map(|edge| edge.sequence).max();
            prop_assert_eq!(Some(kept.sequence), newest);
        }
    }
}
