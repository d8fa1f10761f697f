use chrono::{DateTime, Duration, Utc};
use events::Environment;
use scim::Profile;
use uuid::Uuid;

use crate::token::RANDOM_BYTES;
use crate::{
    Integration, IntegrationId, IntegrationSlug, IntegrationStore, NewToken, ProvisioningToken, StoreError,
};

/// Life of a token that nobody set another for.
const TOKEN_LIFE_DAYS: i64 = 180;

/// A first integration to begin with.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// Its name in addresses.
    pub slug: IntegrationSlug,
    /// The portal that it feeds.
    pub portal: String,
    /// The environment that it feeds.
    pub environment: Environment,
    /// How its requests are read.
    pub profile: Profile,
}

/// Sees to it that the integration exists, and issues a new token for it.
///
/// # Errors
/// When the store fails; calling it again is harmless.
pub async fn bootstrap(
    store: &dyn IntegrationStore,
    wanted: Bootstrap,
    random: &[u8; RANDOM_BYTES],
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<ProvisioningToken, StoreError> {
    let integration = match store.integration(&wanted.slug).await? {
        Some(integration) => integration,
        None => {
            let mut integration =
                Integration::new(IntegrationId(id), wanted.slug, wanted.portal, wanted.environment);
            integration.profile = wanted.profile;
            store.add_integration(&integration, now).await?;
            integration
        }
    };
    let token = ProvisioningToken::mint(integration.environment, random);
    let kept = NewToken {
        id: token.id().clone(),
        integration: integration.id,
        digest: token.digest(),
        created: now,
        expires: now + Duration::days(TOKEN_LIFE_DAYS),
    };
    store.add_token(&kept).await?;
    Ok(token)
}
