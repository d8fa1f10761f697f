//! What a PATCH makes of a canonical resource is canonical, and no member is both added and removed.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use scim::members::MemberEdit;
use scim::{PatchRequest, Profile, Resource, ResourceKind, changed_paths, json};
use scim_fuzz::{PROFILES, resource_type, sample};

fuzz_target!(|body: &[u8]| {
    let Ok(body) = json::parse(body) else { return };
    for kind in ResourceKind::ALL {
        for profile in PROFILES {
            let resource_type = resource_type(kind, profile);
            let Ok(request) = PatchRequest::parse(resource_type, body.clone()) else { continue };
            let Ok((request, edit)) = request.split_members() else { continue };
            check_edit(&edit);
            let Ok(after) = request.apply(sample(kind)) else { continue };
            let _ = changed_paths(resource_type, sample(kind), &after);
            if profile == Profile::Entra {
                let again = Resource::from_request(resource_type, after.as_map().clone());
                assert_eq!(again.as_ref(), Ok(&after));
            }
        }
    }
});

fn check_edit(edit: &MemberEdit) {
    let named: Vec<&String> = match edit {
        MemberEdit::Keep => return,
        MemberEdit::Delta { add, remove } => add.iter().chain(remove).collect(),
        MemberEdit::Replace(members) => members.iter().collect(),
    };
    let distinct: HashSet<&String> = named.iter().copied().collect();
    assert_eq!(distinct.len(), named.len(), "{edit:?}");
}
