//! Whom a text finds. Each value is looked for by itself, in an index that holds it in order: what is read is in
//! proportion to what is answered, whatever the text and the number of learners.

use lms::{IntegrationSlug, LearnerMatch, LearnerSearch, LearnerView, MatchPosition, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Database, read_for};
use crate::queries::{given, learner_members, learner_memory};
use crate::rows::LearnerRow;
use crate::statement::Statement;

/// Matches of one column among learners of one status. There is one lower bound, so that the index is entered there: the
/// greater of the text and the position.
macro_rules! by_beginning {
    ($column:literal, $status:literal) => {
        concat!(
            "select matched, learner_id from (
                 select learner.",
            $column,
            " as matched, learner.learner_id
                 from lms.learner as learner
                 where learner.integration = (select integration from given)
                     and learner.status = '",
            $status,
            "'
                     and (select coalesce(status, '",
            $status,
            "') from given) = '",
            $status,
            "'
                     and learner.",
            $column,
            " < (select till from given)
                     and (learner.",
            $column,
            ", learner.learner_id)
                         > ((select since from given), (select since_id from given))
                 order by learner.",
            $column,
            ", learner.learner_id
                 limit (select max_rows from given)) as part"
        )
    };
}

/// Learners who have it in that column, as it was written or folded: before all others. What narrows them further is of no
/// index, so that no planner reads the whole integration for it.
macro_rules! by_whole {
    ($column:literal) => {
        concat!(
            "select matched, learner_id from (
                 select '' as matched, learner.learner_id
                 from lms.learner as learner
                 where learner.",
            $column,
            " in ((select written from given), (select prefix from given))
                     and coalesce(learner.integration, '') = (select integration from given)
                     and learner.status = coalesce((select status from given), learner.status)
                     and (select after_value from given) = ''
                     and cast(learner.learner_id as text) > (select cast(after_id as text) from given)
                 order by cast(learner.learner_id as text)
                 limit (select max_rows from given)) as part"
        )
    };
}

macro_rules! by_beginning_of_either_status {
    ($column:literal) => {
        concat!(by_beginning!($column, "active"), " union ", by_beginning!($column, "inactive"))
    };
}

pub(crate) static SEARCH: Statement = Statement::new(concat!(
    given!(
        "integration text, written text, prefix text, status text, since text, since_id uuid, till text,
         after_value text, after_id uuid, max_rows integer"
    ),
    "select {object: 'matched', found.matched, ",
    learner_members!(),
    "}
     from (select matched, learner_id from (",
    by_whole!("employee_number"),
    " union ",
    by_whole!("source_object_id"),
    " union ",
    by_beginning_of_either_status!("login_folded"),
    " union ",
    by_beginning_of_either_status!("email_folded"),
    " union ",
    by_beginning_of_either_status!("display_name_folded"),
    " union ",
    by_beginning_of_either_status!("full_name_folded"),
    " union ",
    by_beginning_of_either_status!("family_name_folded"),
    ") as part
         order by matched, learner_id
         limit (select max_rows from given)) as found
     join lms.learner as learner on learner.learner_id = found.learner_id",
    learner_memory!(),
    " order by found.matched, found.learner_id"
));

#[derive(Serialize)]
struct Sought<'a> {
    integration: &'a str,
    written: &'a str,
    prefix: &'a str,
    status: Option<&'static str>,
    since: &'a str,
    since_id: Uuid,
    till: String,
    after_value: &'a str,
    after_id: Uuid,
    max_rows: u32,
}

#[derive(Deserialize)]
struct FoundRow {
    matched: String,
    #[serde(flatten)]
    learner: LearnerRow,
}

pub(crate) async fn search<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    search: &LearnerSearch,
    after: Option<&MatchPosition>,
    limit: u32,
) -> Result<Vec<LearnerMatch>, StoreError> {
    let after_value = after.map_or("", |position| position.value.as_str());
    let after_id = after.map_or(Uuid::nil(), |position| position.learner.0);
    // A position before all that begins so is that of a number or an id.
    let (since, since_id) = match after_value < search.prefix.as_str() {
        true => (search.prefix.as_str(), Uuid::nil()),
        false => (after_value, after_id),
    };
    let sought = Sought {
        integration: integration.as_str(),
        written: &search.text,
        prefix: &search.prefix,
        status: search.status.map(|status| status.as_str()),
        since,
        since_id,
        // Behind everything that begins so: the greatest of all characters comes next.
        till: format!("{}{}", search.prefix, char::MAX),
        after_value,
        after_id,
        max_rows: limit,
    };
    let rows: Vec<FoundRow> = read_for(database, &SEARCH, &[sought]).await?;
    rows.into_iter().map(|row| found(row, search)).collect()
}

fn found(
    FoundRow { matched, learner }: FoundRow,
    search: &LearnerSearch,
) -> Result<LearnerMatch, StoreError> {
    let is_first = learner.is_first(&matched, search);
    let learner = learner.into_stored()?.row;
    let position = MatchPosition { value: matched, learner: learner.id };
    Ok(LearnerMatch { position, is_first, learner: LearnerView::new(learner) })
}
