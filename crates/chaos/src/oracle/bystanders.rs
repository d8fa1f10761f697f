use crate::database::Database;
use crate::world::{CANARY, SUFFERER, World};

/// Whole tables of the directory of which the other integration has rows. Of an event, who sent it when is no matter.
const DIRECTORY_ROWS: [(&str, &str); 4] = [
    ("scim_user", "t::text"),
    ("scim_group", "t::text"),
    ("group_member", "t::text"),
    ("event_log", "t.data"),
];

/// Rows of the other integration in the LMS; `$1` is its slug.
const LMS_ROWS: [&str; 5] = [
    "lms.learner t where t.integration = $1",
    "lms.cohort t where t.integration = $1",
    "lms.cohort_membership t join lms.cohort c using (cohort_id) where c.integration = $1",
    "sync.link t where t.integration = $1",
    "sync.edge t where t.integration = $1",
];

/// What the LMS owns of a learner; never written by what Azure says.
const OWNED: &str =
    "select coalesce(md5(string_agg(row(learner_id, bio, avatar_url, notification_prefs, custom_fields,
        password_hash, last_login_at, accepted_terms_at)::text, '|' order by learner_id)), '')
    from lms.learner where learner_id in (select learner_id from lms.training_record)";

const RECORDS: &str =
    "select coalesce(md5(string_agg(r::text, '|' order by record_id)), '') from lms.training_record r";

const LEARNERS: &str = "select count(*) from lms.learner";

/// What must come through every fault unharmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bystanders {
    /// Table and digest.
    canary: Vec<(String, String)>,
    owned: String,
    records: String,
    learners: i64,
}

impl Bystanders {
    /// Gives every learner a past and a few words of its own, and remembers how everything is.
    pub(crate) async fn prepare(world: &World) -> anyhow::Result<Self> {
        world
            .lms
            .execute(
                "update lms.learner set bio = 'bio ' || learner_id, avatar_url = 'https://x.example/' || learner_id,
                     notification_prefs = '{\"mail\": true}', custom_fields = '{\"badge\": 44}',
                     password_hash = 'hash ' || learner_id, last_login_at = now(), accepted_terms_at = now();
                 insert into lms.training_record (record_id, learner_id, course_id, course_title, completed_at, passed)
                 select gen_random_uuid(), learner_id, gen_random_uuid(), 'Forklift', now(), true from lms.learner",
            )
            .await?;
        Self::read(world).await
    }

    async fn read(world: &World) -> anyhow::Result<Self> {
        let mut canary = Vec::new();
        for (table, column) in DIRECTORY_ROWS {
            let rows = format!(
                "directory.{table} t join directory.integration i on i.id = t.integration_id where i.slug = $1"
            );
            canary.push((table.to_owned(), digest(&world.directory, column, &rows).await?));
        }
        for rows in LMS_ROWS {
            let table = rows.split(' ').next().unwrap_or_default().to_owned();
            canary.push((table, digest(&world.lms, "t::text", rows).await?));
        }
        Ok(Self {
            canary,
            owned: text(&world.lms, OWNED).await?,
            records: text(&world.lms, RECORDS).await?,
            learners: world.lms.number(LEARNERS).await?,
        })
    }

    /// What was done to them since.
    pub(super) async fn harm_since(&self, world: &World) -> anyhow::Result<Vec<String>> {
        let now = Self::read(world).await?;
        let mut found = Vec::new();
        for (before, after) in self.canary.iter().zip(&now.canary) {
            if before != after {
                found.push(format!("rows of the other integration in {} have changed", before.0));
            }
        }
        if now.owned != self.owned {
            found.push("what the LMS owns of learners has changed".to_owned());
        }
        if now.records != self.records {
            found.push("training records have changed".to_owned());
        }
        if now.learners < self.learners {
            found.push(format!("there are {} learners instead of {}", now.learners, self.learners));
        }
        found.extend(strangers(world).await?);
        Ok(found)
    }
}

/// Rows of an integration about resources that this integration does not have.
async fn strangers(world: &World) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for slug in [SUFFERER, CANARY] {
        let sql = "select t.id::text from directory.scim_user t join directory.integration i on i.id = t.integration_id
             where i.slug = $1
             union all select t.id::text from directory.scim_group t
             join directory.integration i on i.id = t.integration_id where i.slug = $1";
        let mut own = Vec::new();
        for row in world.directory.rows_of(sql, slug).await? {
            own.push(row.try_get::<_, String>(0)?);
        }
        let client = world.lms.connect().await?;
        let foreign = client
            .query(
                "select scim_id::text from sync.link where integration = $1 and not scim_id::text = any ($2)
                 union all select scim_user_id::text from sync.edge
                 where integration = $1 and not scim_user_id::text = any ($2)",
                &[&slug, &own],
            )
            .await?;
        for row in &foreign {
            found.push(format!("{slug} has {} of another integration", row.try_get::<_, String>(0)?));
        }
    }
    Ok(found)
}

async fn digest(database: &Database, column: &str, rows: &str) -> anyhow::Result<String> {
    let sql = format!("select coalesce(md5(string_agg({column}, '|' order by {column})), '') from {rows}");
    let digest = database.rows_of(&sql, CANARY).await?;
    Ok(digest.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default())
}

async fn text(database: &Database, sql: &str) -> anyhow::Result<String> {
    Ok(database.column(sql).await?.pop().unwrap_or_default())
}
