use crate::database::Database;
use crate::world::{CANARY, SUFFERER, World};

/// Rows of the other integration, on each side; `$1` is its slug.
const CANARY_ROWS: [(Side, &str); 9] = [
    (
        Side::Directory,
        "directory.scim_user t join directory.integration i on i.id = t.integration_id where i.slug = $1",
    ),
    (
        Side::Directory,
        "directory.scim_group t join directory.integration i on i.id = t.integration_id where i.slug = $1",
    ),
    (
        Side::Directory,
        "directory.group_member t join directory.integration i on i.id = t.integration_id where i.slug = $1",
    ),
    (
        Side::Directory,
        "directory.event_log t join directory.integration i on i.id = t.integration_id where i.slug = $1",
    ),
    (Side::Lms, "lms.learner t where t.integration = $1"),
    (Side::Lms, "lms.cohort t where t.integration = $1"),
    (Side::Lms, "lms.cohort_membership t join lms.cohort c using (cohort_id) where c.integration = $1"),
    (Side::Lms, "sync.link t where t.integration = $1"),
    (Side::Lms, "sync.edge t where t.integration = $1"),
];

/// What the LMS owns of a learner; never written by what Azure says.
const OWNED: &str =
    "select coalesce(md5(string_agg(row(learner_id, bio, avatar_url, notification_prefs, custom_fields,
        password_hash, last_login_at, accepted_terms_at)::text, '|' order by learner_id)), '')
    from lms.learner where learner_id in (select learner_id from lms.training_record)";

const RECORDS: &str =
    "select coalesce(md5(string_agg(r::text, '|' order by record_id)), '') from lms.training_record r";

const LEARNERS: &str = "select count(*) from lms.learner";

#[derive(Clone, Copy)]
enum Side {
    Directory,
    Lms,
}

/// What must come through every fault unharmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bystanders {
    canary: Vec<String>,
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
        for (side, rows) in CANARY_ROWS {
            let database = match side {
                Side::Directory => &world.directory,
                Side::Lms => &world.lms,
            };
            let sql =
                format!("select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {rows}");
            let digest = database.rows_of(&sql, CANARY).await?;
            canary.push(digest.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default());
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
        for ((before, after), (_, rows)) in self.canary.iter().zip(&now.canary).zip(CANARY_ROWS) {
            if before != after {
                let table = rows.split(' ').next().unwrap_or_default();
                found.push(format!("rows of the other integration in {table} have changed"));
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

async fn text(database: &Database, sql: &str) -> anyhow::Result<String> {
    Ok(database.column(sql).await?.pop().unwrap_or_default())
}
