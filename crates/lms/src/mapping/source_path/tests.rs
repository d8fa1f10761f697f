use super::*;

fn problem(text: &str) -> String {
    text.parse::<SourcePath>().unwrap_err().to_string()
}

#[test]
fn every_form_is_read() {
    for text in [
        "userName",
        "externalId",
        "active",
        "name.givenName",
        r#"emails[type eq "work"].value"#,
        "emails.value",
        "emails",
        r#"phoneNumbers[type eq "mobile"]"#,
        "photos[primary eq true].value",
        "photos[primary eq false].value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:contoso:hr:2.0:User:badge",
        "urn:contoso:hr:2.0:User:badge.number",
        r#"urn:contoso:hr:2.0:User:badges[kind eq "a ] \" : b"].number"#,
        "urn:*:illuxi:2.0:User:hireDate",
    ] {
        assert_eq!(text.parse::<SourcePath>().unwrap().to_string(), text);
    }
}

#[test]
fn what_is_written_otherwise_is_shown_in_one_form() {
    for (text, shown) in [
        (r#"emails[ type  EQ  "work" ].value"#, r#"emails[type eq "work"].value"#),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", "userName"),
        (
            "URN:IETF:params:scim:schemas:extension:Enterprise:2.0:user:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        ),
    ] {
        assert_eq!(text.parse::<SourcePath>().unwrap().to_string(), shown);
    }
}

#[test]
fn what_is_no_path_is_refused_with_a_reason() {
    let filter = "a filter is written `[type eq \"work\"]` or `[primary eq true]`";
    for (text, reason) in [
        ("", "`` is not the name of an attribute"),
        ("user name", "`user name` is not the name of an attribute"),
        ("name.", "`` is not the name of an attribute"),
        ("name.givenName.x", "`givenName.x` is not the name of an attribute"),
        ("emails[type eq \"work\"", "the `[` is never closed"),
        ("emails[type eq \"work\"]value", "after the `]` comes a `.` and a name"),
        ("emails[type]", filter),
        ("emails[type ne \"work\"]", filter),
        ("emails[type eq work]", filter),
        ("emails[type eq 1]", filter),
        ("emails[type eq \"a\" or type eq \"b\"]", filter),
        ("contoso:hr:badge", "what comes before the attribute is a URN, `urn:...`"),
        ("urn:contoso:badge", "`urn:contoso` is not the URN of a schema"),
        ("urn:con toso:hr:badge", "`urn:con toso:hr` is not the URN of a schema"),
        ("userName.value", "`userName` has no parts"),
        (
            "name",
            "name one of the parts of `name`: formatted, familyName, givenName, middleName, honorificPrefix, \
             honorificSuffix",
        ),
        ("emails.street", "name one of the parts of `emails`: value, display, type, primary"),
        (
            "jobTitle",
            "`jobTitle` is not an attribute of that schema; one of an extension follows its URN, as in \
             `urn:...:User:jobTitle`",
        ),
    ] {
        assert_eq!(
            problem(text),
            format!("`{text}` is not a path to a value of a SCIM user: {reason}"),
            "{text}"
        );
    }
    assert!(
        problem("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departement").contains("not an")
    );
}
