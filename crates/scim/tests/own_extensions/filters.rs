//! Every operator on every kind.

use scim::{LookupKey, Profile, ScimType, lookup_keys};
use serde_json::json;

use super::fixture::{PROFILES, URN, at, filter, harbour, read};

fn own_values() -> serde_json::Value {
    json!({
        "badge": "B-7", "code": "aB", "onCall": false, "cranes": 5, "load": 2.5, "certifiedAt": "2026-01-31T08:00:00+01:00",
        "page": "https://harbour.example/Ben", "seal": "AQID", "tags": ["night", "crane"], "levels": [3, -1],
        "berth": {"value": "North", "depth": 12, "tags": ["deep"]},
        "sites": [{"value": "dock", "type": "work", "floors": 2, "tags": ["x"]}, {"value": "yard", "type": "home"}]
    })
}

#[test]
fn conditions_that_hold_and_that_do_not() {
    for profile in PROFILES {
        let ben = read(profile, own_values());
        for (condition, holds) in [
            ("badge pr", true),
            ("badge eq \"b-7\"", true),
            ("badge ne \"b-7\"", false),
            ("badge co \"-\"", true),
            ("badge sw \"b\"", true),
            ("badge ew \"7\"", true),
            ("badge gt \"a\"", true),
            ("badge ge \"B-7\"", true),
            ("badge lt \"a\"", false),
            ("badge le \"b-7\"", true),
            ("badge eq null", false),
            ("code eq \"aB\"", true),
            ("code eq \"ab\"", false),
            ("code co \"b\"", false),
            ("code gt \"Z\"", true),
            ("onCall pr", true),
            ("onCall eq false", true),
            ("onCall ne false", false),
            ("cranes pr", true),
            ("cranes eq 5", true),
            ("cranes eq 5.0", true),
            ("cranes ne 5", false),
            ("cranes gt 4", true),
            ("cranes ge 5", true),
            ("cranes lt 10", true),
            ("cranes le 4.9", false),
            ("cranes eq 5e0", true),
            ("load eq 2.5", true),
            ("load gt 2", true),
            ("load le 2.5", true),
            ("load eq 25e-1", true),
            ("load lt -1", false),
            ("certifiedAt pr", true),
            ("certifiedAt eq \"2026-01-31T07:00:00Z\"", true),
            ("certifiedAt ge \"2026-01-31T07:00:00.0009Z\"", true),
            ("certifiedAt gt \"2026-01-31T07:00:00Z\"", false),
            ("certifiedAt lt \"2027-01-01T00:00:00Z\"", true),
            ("certifiedAt ne \"2026-01-31T08:00:00Z\"", true),
            ("page sw \"https://harbour\"", true),
            ("page co \"ben\"", false),
            ("page ew \"Ben\"", true),
            ("seal eq \"AQID\"", true),
            ("seal eq \"aqid\"", false),
            ("seal co \"QI\"", true),
            ("seal pr", true),
            ("tags eq \"CRANE\"", true),
            ("tags ne \"crane\"", true),
            ("tags co \"igh\"", true),
            ("tags pr", true),
            ("tags[value eq \"night\"]", true),
            ("tags[value sw \"n\" and value ew \"e\"]", false),
            ("tags sw \"n\"", true),
            ("tags[not (value co \"n\")]", false),
            ("levels eq -1", true),
            ("levels gt 2", true),
            ("levels[value gt 0 and value lt 2]", false),
            ("levels lt 0", true),
            ("berth pr", true),
            ("berth.depth ge 12", true),
            ("berth.value eq \"NORTH\"", true),
            ("berth eq \"north\"", true),
            ("berth.tags eq \"deep\"", true),
            ("sites pr", true),
            ("sites.floors eq 2", true),
            ("sites[type eq \"work\" and floors eq 2]", true),
            ("sites[type eq \"home\" and floors pr]", false),
            ("sites[tags eq \"x\" and value eq \"dock\"]", true),
            ("sites.tags pr", true),
            ("sites eq \"YARD\"", true),
            ("hiredAt pr", false),
            ("hiredAt eq null", true),
            ("hiredAt ne \"2020-01-01T00:00:00Z\"", true),
            ("hiredAt lt \"2020-01-01T00:00:00Z\"", false),
            ("unit gt \"a\"", false),
        ] {
            let parsed = filter(profile, &at(condition)).unwrap();
            assert_eq!(parsed.matches(ben.as_map()), holds, "{condition}");
            assert_eq!(
                filter(profile, &parsed.to_string()).unwrap(),
                parsed,
                "{condition} printed as {parsed}"
            );
        }
    }
}

#[test]
fn conditions_that_do_not_fit_the_kind_are_refused() {
    for profile in PROFILES {
        for condition in [
            "badge eq 5",
            "badge eq true",
            "badge gt null",
            "onCall gt true",
            "onCall co \"a\"",
            "onCall eq 1",
            "cranes eq \"5\"",
            "cranes co 5",
            "cranes sw 5",
            "cranes eq true",
            "cranes eq 05",
            "cranes eq 0x5",
            "cranes eq +5",
            "load ew 5",
            "load eq \"2.5\"",
            "certifiedAt eq \"2024-13-01\"",
            "certifiedAt co \"2024\"",
            "certifiedAt gt 5",
            "certifiedAt gt \"2026-01-31 08:00:00Z\"",
            "seal gt \"AAAA\"",
            "seal le \"AAAA\"",
            "nope pr",
            "berth.nope pr",
            "tags.value pr",
            "tags[nope eq \"x\"]",
            "badge[value eq \"x\"]",
            "berth[value eq \"x\"]",
            "levels eq \"3\"",
            "sites[sites pr]",
            "sites[tags[value eq \"x\"]]",
        ] {
            let refused = filter(profile, &at(condition)).unwrap_err();
            assert_eq!(
                (refused.status, refused.scim_type),
                (400, Some(ScimType::InvalidFilter)),
                "{condition}"
            );
        }
    }
}

#[test]
fn without_the_urn_only_entra_finds_them() {
    assert_eq!(
        filter(Profile::Entra, "badge eq \"x\"").unwrap().to_string(),
        format!("{URN}:badge eq \"x\"")
    );
    assert!(filter(Profile::Strict, "badge eq \"x\"").is_err());
}

/// RFC 7643 §2.3.4 and RFC 8259 know a negative zero; it is zero.
#[test]
fn equalities_are_looked_up_by_a_key_that_the_match_holds() {
    for profile in PROFILES {
        let ben = read(
            profile,
            json!({"badge": "É", "code": "aB", "cranes": 0, "page": "u", "tags": ["Night"], "levels": [7], "berth": {"value": "N", "depth": 0},
                   "sites": [{"value": "Dock", "floors": 2}]}),
        );
        let keys = lookup_keys(harbour(profile), &ben);
        for condition in [
            "badge eq \"e\u{301}\"",
            "code eq \"aB\"",
            "cranes eq 0",
            "cranes eq -0",
            "cranes eq 0.0",
            "cranes eq -0.0",
            "page eq \"u\"",
            "tags eq \"NIGHT\"",
            "tags[value eq \"night\"]",
            "levels eq 7.0",
            "berth.value eq \"n\"",
            "berth eq \"n\"",
            "berth.depth eq 0e5",
            "sites.value eq \"DOCK\"",
            "sites[floors eq 2 and value eq \"dock\"]",
        ] {
            let parsed = filter(profile, &at(condition)).unwrap();
            assert!(parsed.matches(ben.as_map()), "{condition}");
            assert!(!parsed.equalities().is_empty(), "{condition}");
            for equality in parsed.equalities() {
                let key = LookupKey::of(equality.operand, equality.literal).unwrap();
                assert!(keys.contains(&key), "{condition}: {key:?} in {keys:?}");
            }
        }
        for condition in
            ["onCall eq true", "load eq 2.5", "certifiedAt eq \"2026-01-01T00:00:00Z\"", "seal eq \"AQID\""]
        {
            assert!(filter(profile, &at(condition)).unwrap().equalities().is_empty(), "{condition}");
        }
    }
}
