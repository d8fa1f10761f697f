use administration::Difference;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A place where two integrations differ.
#[derive(Serialize, ToSchema)]
#[schema(as = Difference)]
pub(super) struct DifferenceView {
    /// The place, as a JSON pointer (RFC 6901) into `{profile, settings, user_extensions}`.
    pointer: String,
    /// What the one has there; null when it has nothing.
    here: Option<Value>,
    /// What the other has there; null when it has nothing.
    there: Option<Value>,
}

impl From<Difference> for DifferenceView {
    fn from(Difference { pointer, here, there }: Difference) -> Self {
        Self { pointer, here, there }
    }
}

pub(super) fn views(differences: &[Difference]) -> Vec<DifferenceView> {
    differences.iter().cloned().map(DifferenceView::from).collect()
}
