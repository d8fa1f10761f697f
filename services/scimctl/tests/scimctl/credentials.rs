use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::stub::{ACME, Stub};

const INTEGRATION: &str = r#"{"slug":"acme","scim_url":"https://scim.example/integrations/acme/scim",
    "token_url":"https://scim.example/integrations/acme/oauth2/token"}"#;
const MADE: &str = r#"{"id":"5f0c7d4e00000001","kind":"secret","name":"azure","secret":"the-secret",
    "expires_at":"2026-08-28T12:00:00Z"}"#;

fn stub() -> Stub {
    Stub::start().on(&format!("GET {ACME}"), 200, INTEGRATION).on(
        &format!("POST {ACME}/credentials"),
        201,
        MADE,
    )
}

#[test]
fn an_issued_secret_is_on_a_line_of_its_own_with_what_to_paste_where() {
    let stub = stub();
    let arguments = [
        "token",
        "issue",
        "--name",
        "azure",
        "--scopes",
        "users.read,groups.read",
        "--networks",
        "192.0.2.0/24",
    ];
    let issued = stub.run(&[&arguments[..], &["--expires", "2026-08-28T12:00:00Z"]].concat());
    assert_eq!(issued.code, 0, "{}", issued.err);
    let lines: Vec<&str> = issued.out.lines().collect();
    assert_eq!(lines[lines.len() - 2..], ["Secret Token (shown this once):", "the-secret"]);
    assert!(
        issued.out.contains("Tenant URL:\nhttps://scim.example/integrations/acme/scim\n"),
        "{}",
        issued.out
    );
    assert!(!issued.err.contains("the-secret"));

    let request = stub.request(&format!("POST {ACME}/credentials"));
    assert_eq!(
        request.body,
        json!({ "kind": "secret", "name": "azure", "scopes": ["users.read", "groups.read"],
                "networks": ["192.0.2.0/24"], "expires_at": "2026-08-28T12:00:00Z" })
    );
    assert_eq!(request.headers["idempotency-key"].len(), 36);
}

#[test]
fn a_secret_file_is_private_and_its_content_is_shown_nowhere() {
    let stub = stub();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let name = path.to_str().unwrap();
    for form in [&[][..], &["--json"]] {
        let arguments = ["credential", "issue", "--name", "azure", "--secret-file", name];
        let issued = stub.run(&[&arguments[..], form].concat());
        assert_eq!(issued.code, 0, "{}", issued.err);
        assert!(!issued.out.contains("the-secret") && !issued.err.contains("the-secret"), "{issued:?}");
        assert!(issued.out.contains("5f0c7d4e"), "{}", issued.out);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "the-secret\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn no_secret_is_made_when_there_is_no_place_for_it_and_no_file_when_there_is_no_secret() {
    let stub = Stub::start().on(&format!("GET {ACME}"), 200, INTEGRATION);
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "old").unwrap();
    let refused = stub.run(&["token", "issue", "--name", "a", "--secret-file", taken.to_str().unwrap()]);
    assert_eq!(refused.code, 2);
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "old");
    assert_eq!(stub.lines(), [format!("GET {ACME}")]);

    let fresh = folder.path().join("fresh");
    let refused = stub.run(&["token", "issue", "--name", "a", "--secret-file", fresh.to_str().unwrap()]);
    assert_eq!(refused.code, 1);
    assert!(!fresh.exists());
}

#[test]
fn json_has_the_secret_as_it_came() {
    let issued = stub().run(&["token", "issue", "--name", "azure", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&issued.out).unwrap()["secret"], "the-secret");
}

#[test]
fn a_client_is_told_with_its_endpoint_and_the_kinds_without_a_secret_need_none() {
    let client = MADE.replace("\"kind\":\"secret\"", "\"kind\":\"client\"");
    let stub = Stub::start()
        .on(&format!("GET {ACME}"), 200, INTEGRATION)
        .on(&format!("POST {ACME}/credentials"), 201, &client)
        .on(&format!("POST {ACME}/credentials"), 201, r#"{"id":"1","kind":"entra"}"#);
    let issued = stub.run(&["credential", "issue", "--kind", "client", "--name", "azure"]);
    assert!(issued.out.contains("Token Endpoint:\nhttps://scim.example/integrations/acme/oauth2/token\n"));
    assert!(issued.out.ends_with("Client Secret (shown this once):\nthe-secret\n"), "{}", issued.out);
    let arguments = ["--name", "azure", "--tenant-id", "t", "--audience", "api://scim", "--subject", "s"];
    let added = stub.run(&[&["credential", "add", "--kind", "federated"], &arguments[..]].concat());
    assert_eq!(added.out, "id    1\nkind  entra\n");
    assert_eq!(
        stub.requests()[3].body,
        json!({ "kind": "federated", "name": "azure", "tenant_id": "t", "audience": "api://scim", "subject": "s" })
    );
}

#[test]
fn rotation_says_how_to_end_it() {
    let id = "5f0c7d4e00000009";
    let stub = stub().on(&format!("POST {ACME}/credentials/{id}/rotate"), 201, MADE);
    let rotated = stub.run(&["token", "rotate", id]);
    assert!(rotated.out.ends_with("\nthe-secret\n"), "{}", rotated.out);
    assert_eq!(rotated.err, format!("Once the new one is used: scimctl token retire -i acme {id}\n"));
    assert_eq!(stub.request(&format!("POST {ACME}/credentials/{id}/rotate")).body, json!({}));

    let stub = Stub::start().on(&format!("DELETE {ACME}/credentials/{id}"), 204, "");
    assert_eq!(stub.run(&["token", "revoke", id]).out, "done\n");
    let kept =
        stub.on(&format!("POST {ACME}/credentials/{id}/retire"), 409, r#"{"detail":"it is still used"}"#);
    let refused = kept.run(&["token", "retire", id]);
    assert_eq!((refused.code, refused.err.as_str()), (1, "scimctl: it is still used (409)\n"));
}

#[test]
fn a_secret_that_nobody_got_is_no_success() {
    let stub = stub();
    let mut child = stub.command(&["token", "issue", "--name", "azure"]).spawn().unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(told.contains("000001 was made and its secret is lost, so revoke it"), "{told}");
}
