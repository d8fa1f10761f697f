use administration::{Difference, differences};
use scim::Schema;
use serde_json::{Map, Value, json};

use super::ConfigureError;
use super::configure::{change, integration, with_extension};
use crate::{Integration, IntegrationSlug, IntegrationState, IntegrationStore};

/// What to copy, as the caller saw it.
#[derive(Clone, Copy, Debug)]
pub struct Promotion<'a> {
    /// The integration that is the example.
    pub from: &'a IntegrationSlug,
    /// Its version.
    pub from_version: u32,
    /// The integration that becomes like it.
    pub to: &'a IntegrationSlug,
    /// Its version.
    pub to_version: u32,
}

/// What a promotion did.
#[derive(Clone, Debug, PartialEq)]
pub struct Promoted {
    /// The integration that was changed.
    pub integration: Integration,
    /// Where it was different: `here` is what it had, `there` what it has now.
    pub differences: Vec<Difference>,
}

/// Where two integrations differ in what can be promoted.
///
/// # Errors
/// When the settings cannot be written as JSON.
pub fn comparison(here: &Integration, there: &Integration) -> Result<Vec<Difference>, ConfigureError> {
    Ok(differences(&promotable(here)?, &promotable(there)?))
}

/// Copies the profile, the extension schemas and the settings of one integration to another, if both still have the
/// versions that the caller saw.
///
/// # Errors
/// [`ConfigureError::Detached`] and [`ConfigureError::ExampleDetached`]; [`ConfigureError::Changed`] when one of them has
/// another version; [`ConfigureError::Loses`] when the one that would be
/// changed has a schema or an attribute that the other has not, or has otherwise: attributes are only ever added.
pub async fn promote(
    store: &dyn IntegrationStore,
    promotion: Promotion<'_>,
) -> Result<Promoted, ConfigureError> {
    let Promotion { from, from_version, to, to_version } = promotion;
    if from == to {
        return Err(ConfigureError::Invalid("from must name another integration".to_owned()));
    }
    let example = integration(store, from).await?;
    if example.state == IntegrationState::Detached {
        return Err(ConfigureError::ExampleDetached);
    }
    if example.version != from_version {
        return Err(ConfigureError::Changed(example.version));
    }
    let before = integration(store, to).await?;
    let changed = change(store, to, Some(to_version), |found| {
        let extensions = extensions(&found.user_extensions, &example.user_extensions)?;
        Ok(Integration {
            profile: example.profile,
            user_extensions: extensions.into(),
            settings: example.settings.clone(),
            ..found
        })
    })
    .await?;
    Ok(Promoted { differences: comparison(&before, &changed)?, integration: changed })
}

/// The extensions of the example, which must have all that is present.
fn extensions(present: &[Schema], example: &[Schema]) -> Result<Vec<Schema>, ConfigureError> {
    let lacking = |schema: &&Schema| !example.iter().any(|other| other.urn.eq_ignore_ascii_case(&schema.urn));
    if let Some(lost) = present.iter().find(lacking) {
        return Err(ConfigureError::Loses(format!(
            "the integration to promote from lacks the schema {}: people may have values of it",
            lost.urn
        )));
    }
    example.iter().try_fold(present.to_vec(), |extensions, schema| {
        with_extension(&extensions, schema.clone()).map_err(|error| match error {
            ConfigureError::Schema(invalid) => {
                ConfigureError::Loses(format!("the schema {}: {invalid}", schema.urn))
            }
            other => other,
        })
    })
}

/// What can be promoted, with schemas by their URNs and attributes by their names: their order means nothing.
fn promotable(integration: &Integration) -> Result<Value, serde_json::Error> {
    let schemas: Map<String, Value> = integration
        .user_extensions
        .iter()
        .map(|schema| (schema.urn.to_lowercase(), by_name(schema.definition())))
        .collect();
    Ok(json!({
        "profile": integration.profile.as_str(),
        "settings": serde_json::to_value(&integration.settings)?,
        "user_extensions": schemas,
    }))
}

fn by_name(mut definition: Map<String, Value>) -> Value {
    definition.remove("id");
    if let Some(Value::Array(attributes)) = definition.remove("attributes") {
        let name = |attribute: &Value| attribute.get("name")?.as_str().map(str::to_owned);
        let named = attributes.into_iter().filter_map(|attribute| Some((name(&attribute)?, attribute)));
        definition.insert("attributes".to_owned(), Value::Object(named.collect()));
    }
    Value::Object(definition)
}
