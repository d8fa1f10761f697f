use directory::{Found, KindQuery, Search};
use scim::{ResourceKind, ResourceType, ScimError, Sort};

use super::answer::Answer;
use super::call::Call;
use super::error::RequestError;
use super::parameters::Parameters;

/// `GET /` and `POST /.search`: users and groups together (RFC 7644 section 3.4.2.1).
///
/// An attribute that only one kind has is one that the other has no value of: nothing of it matches, and it comes last
/// in an order.
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, RequestError> {
    let [users, groups] = [ResourceKind::User, ResourceKind::Group].map(|kind| call.resource_type(kind));
    let parameters = &call.parameters;
    let of_users = parameters.projection(users)?;
    let of_groups = parameters.projection(groups)?;
    let (users_sort, groups_sort) = sorts(parameters, users, groups)?;
    let search = Search {
        users: KindQuery { filter: parameters.filter_among(users, groups)?, sort: users_sort },
        groups: KindQuery { filter: parameters.filter_among(groups, users)?, sort: groups_sort },
        paging: parameters.paging()?,
    };
    let with_groups = of_users.includes("groups");
    let with_members = of_groups.includes("members");
    let listed = call.directory.search(call.caller, &search, with_groups, with_members).await?;
    call.noted.found(listed.total);
    let document = |found: &Found| {
        let mut document = found.document(call.base);
        match found {
            Found::User(_) => of_users.apply(&mut document),
            Found::Group(_) => of_groups.apply(&mut document),
        }
        document
    };
    Ok(Answer::list(listed.items.iter().map(document).collect(), listed.total, listed.place))
}

/// The order of each kind. An order that neither has is refused.
fn sorts(
    parameters: &Parameters,
    users: ResourceType<'_>,
    groups: ResourceType<'_>,
) -> Result<(Option<Sort>, Option<Sort>), ScimError> {
    match (parameters.sort(users), parameters.sort(groups)) {
        (Err(error), Err(_)) => Err(error),
        (users, groups) => Ok((users.ok().flatten(), groups.ok().flatten())),
    }
}
