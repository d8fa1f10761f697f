use super::*;

fn at(hour: u32) -> DateTime<Utc> {
    format!("2026-03-01T{hour:02}:00:00Z").parse().unwrap()
}

fn lifecycle(status: Status, inactive_reason: Option<InactiveReason>) -> Lifecycle {
    Lifecycle { status, inactive_reason, inactivated_at: None, reactivated_at: None }
}

#[test]
fn the_directory_decides_the_status() {
    use InactiveReason::{Admin, SourceDeleted, SourceDisabled, SourceSoftDeleted};
    let table = [
        (Status::Active, None, Standing::Active, Status::Active, None),
        (Status::Active, None, Standing::Disabled, Status::Inactive, Some(SourceDisabled)),
        (Status::Active, None, Standing::SoftDeleted, Status::Inactive, Some(SourceSoftDeleted)),
        (Status::Active, None, Standing::Deleted, Status::Inactive, Some(SourceDeleted)),
        (Status::Inactive, Some(SourceDisabled), Standing::Active, Status::Active, None),
        (Status::Inactive, Some(Admin), Standing::Active, Status::Active, None),
        (Status::Inactive, Some(SourceDisabled), Standing::Deleted, Status::Inactive, Some(SourceDeleted)),
        (Status::Erased, None, Standing::Active, Status::Erased, None),
        (Status::Erased, None, Standing::Deleted, Status::Erased, None),
    ];
    for (status, reason, standing, expected, expected_reason) in table {
        let after = lifecycle(status, reason).follow(standing, at(9));
        assert_eq!(
            (after.status, after.inactive_reason),
            (expected, expected_reason),
            "{status:?} {standing:?}"
        );
    }
}

#[test]
fn the_times_of_leaving_and_returning_are_those_of_the_events() {
    let left = Lifecycle::begin(Standing::Active, at(8)).follow(Standing::Disabled, at(9));
    assert_eq!((left.inactivated_at, left.reactivated_at), (Some(at(9)), None));
    let deleted = left.follow(Standing::Deleted, at(10));
    assert_eq!(deleted.inactivated_at, Some(at(9)), "inactive since the first of them");
    let back = deleted.follow(Standing::Active, at(11));
    assert_eq!((back.inactivated_at, back.reactivated_at), (Some(at(9)), Some(at(11))));
    assert_eq!(back.follow(Standing::Active, at(12)), back);
}
