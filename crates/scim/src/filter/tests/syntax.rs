use super::*;

#[track_caller]
fn assert_invalid(text: &str) {
    let error = Filter::parse(text, ResourceType::USER).unwrap_err();
    assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidFilter)), "{text}");
    assert!(error.detail.chars().count() < 200, "{}", error.detail);
}

#[test]
fn malformed_filters_are_refused() {
    for text in [
        "",
        " ",
        "userName",
        "userName eq",
        "userName eq \"abc",
        "userName eq abc\"",
        "userName eq 'bob'",
        "userName eq bob",
        "userName eq\"bob\"",
        "userName eq \"a\"and title pr",
        "userName eq \"\\q\"",
        "userName eq \"\\u0000\"",
        "userName eq \"\\ud800\"",
        "userName eqq \"a\"",
        "userName regex \"a\"",
        "eq \"a\"",
        "\"a\" eq userName",
        "(userName pr",
        "userName pr)",
        "()",
        "userName pr and",
        "or userName pr",
        "userName pr userName pr",
        "not userName pr",
        "not (userName pr",
        "emails[type eq \"work\"",
        "emails[]",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"].value",
        "emails[type eq \"1\" and emails[value pr]]",
        "emails.type[value pr]",
        "name[givenName pr]",
        "userName[value pr]",
        "a..b pr",
        "1 eq 1",
        "userName pr \"x\"",
    ] {
        assert_invalid(text);
    }
}

#[test]
fn unknown_attributes_are_refused() {
    for text in [
        "nope eq \"1\"",
        "name.nope eq \"1\"",
        "emails[nope eq \"1\"]",
        "members pr",
        "urn:acme:2.0:User:badge eq \"1\"",
        "emails[type eq \"work\"].nope eq \"1\"",
    ] {
        assert_invalid(text);
    }
}

#[test]
fn comparisons_must_fit_the_type() {
    for text in [
        "active gt true",
        "active co \"ru\"",
        "active eq \"maybe\"",
        "active eq 1",
        "roles[primary lt true]",
        "userName eq true",
        "userName eq 5",
        "userName gt null",
        "name eq \"x\"",
        "addresses eq \"x\"",
        "meta.created gt \"yesterday\"",
        "meta.created gt 5",
        "meta.created eq \"2024-13-01T00:00:00Z\"",
        "x509Certificates.value gt \"AAAA\"",
    ] {
        assert_invalid(text);
    }
}

#[test]
fn questions_about_the_password_are_forbidden() {
    for text in ["password sw \"a\"", "PASSWORD pr", "userName eq \"a\" and password eq \"b\""] {
        let error = Filter::parse(text, ResourceType::USER).unwrap_err();
        assert_eq!((error.status, error.scim_type), (403, Some(ScimType::Sensitive)));
    }
}

#[test]
fn size_is_limited() {
    assert_invalid(&format!("{}userName pr{}", "(".repeat(2_000), ")".repeat(2_000)));
    assert_invalid(&format!("{}userName pr{}", "(".repeat(33), ")".repeat(33)));
    assert_invalid(&vec!["title pr"; 201].join(" or "));
    assert_invalid(&format!("userName eq \"{}\"", "x".repeat(5_000)));
    assert_invalid(&"not (".repeat(10_000));
    parse(&format!("{}userName pr{}", "(".repeat(31), ")".repeat(31)));
    parse(&vec!["title pr"; 200].join(" or "));
}

#[test]
fn filters_print_in_canonical_spelling() {
    for (written, canonical) in [
        ("USERNAME EQ \"a\" AND NOT (TITLE PR)", "userName eq \"a\" and not (title pr)"),
        ("title pr or nickName pr and userName pr", "title pr or (nickName pr and userName pr)"),
        ("emails[Type eq \"work\"].Value eq \"a\"", "emails[type eq \"work\" and value eq \"a\"]"),
        ("emails co \"x\"", "emails.value co \"x\""),
        ("active eq \"True\"", "active eq true"),
        ("displayName eq \"a\\\"b\\u00e9\"", "displayName eq \"a\\\"bé\""),
        ("title ne NULL", "title pr"),
        ("title eq null", "not (title pr)"),
    ] {
        assert_eq!(parse(written).to_string(), canonical);
        assert_eq!(parse(canonical), parse(written));
    }
    let department = format!("{ENTERPRISE}:department sw \"x\"");
    assert_eq!(parse("department sw \"x\"").to_string(), department);
    assert_eq!(parse(&department.to_uppercase().replace("\"X\"", "\"x\"")).to_string(), department);
}

#[test]
fn instants_at_the_ends_of_the_calendar_print_as_such() {
    for instant in ["9999-12-31T23:59:59.999-23:59", "0000-01-01T00:00:00+23:59", "2016-12-31T23:59:60Z"] {
        let filter = parse(&format!("meta.created eq \"{instant}\""));
        assert_eq!(parse(&filter.to_string()), filter, "{filter}");
    }
}
