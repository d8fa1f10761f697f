use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::stub::{Stub, TOKEN, ran, scimctl};

#[test]
fn the_token_goes_into_the_header_and_nowhere_else() {
    let stub = Stub::start().on("GET /g/admin/v1/whoami", 200, r#"{"subject":"olga","roles":["owner"]}"#);
    let shown = stub.run(&["whoami"]);
    assert_eq!((shown.code, shown.out.as_str()), (0, "roles    owner\nsubject  olga\n"));
    let request = stub.request("GET /g/admin/v1/whoami");
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(request.headers["user-agent"].starts_with("scimctl/"));

    let stub = stub.on("GET /g/admin/v1/whoami", 200, "{}");
    let mut command = stub.command(&["whoami", "--token-stdin"]);
    command.env_remove("SCIMCTL_TOKEN");
    assert_eq!(ran(command, "typed\nmore\n").code, 0);
    assert_eq!(stub.requests()[1].headers["authorization"], "Bearer typed");
}

#[test]
fn a_token_file_that_others_may_read_is_refused_before_anything_is_asked() {
    let stub = Stub::start().on("GET /g/admin/v1/whoami", 200, "{}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "in-a-file\n").unwrap();
    let run = |mode| {
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let mut command = stub.command(&["whoami"]);
        command.env_remove("SCIMCTL_TOKEN").env("SCIMCTL_TOKEN_FILE", &path);
        ran(command, "")
    };
    let refused = run(0o644);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("chmod 600") && !refused.err.contains("in-a-file"), "{}", refused.err);
    assert!(stub.requests().is_empty());
    assert_eq!(run(0o600).code, 0);
    assert_eq!(stub.requests()[0].headers["authorization"], "Bearer in-a-file");
}

#[test]
fn a_bootstrap_file_names_everything() {
    let stub = Stub::start()
        .on("GET /g/admin/v1/integrations/demo-production/log", 200, r#"{"items":[],"next":null}"#)
        .on("GET /l/admin/v1/integrations/demo-production/stuck", 200, r#"{"items":[],"next":null}"#);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bootstrap.json");
    let content = serde_json::json!({
        "scim_url": "https://scim.example/integrations/demo-production/scim", "scim_token": "s",
        "admin_url": format!("{}/l", stub.address), "gateway_admin_url": format!("{}/g", stub.address),
        "admin_token": "from-bootstrap",
    });
    std::fs::write(&path, content.to_string()).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    for noun in ["log", "stuck"] {
        let shown = ran(scimctl(&["--bootstrap-file", path.to_str().unwrap(), noun, "list"]), "");
        assert_eq!((shown.code, shown.out.as_str()), (0, "nothing\n"), "{}", shown.err);
    }
    assert!(stub.requests().iter().all(|seen| seen.headers["authorization"] == "Bearer from-bootstrap"));
}

#[test]
fn a_profile_of_the_configuration_file_is_chosen_by_name() {
    let stub = Stub::start().on("GET /g/admin/v1/integrations/eu/credentials", 200, r#"{"items":[]}"#);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let profile = format!(
        "[profiles.eu]\ngateway_url = \"{}/g\"\ntoken_file = \"eu.token\"\nintegration = \"eu\"\n",
        stub.address
    );
    std::fs::write(&config, profile).unwrap();
    std::fs::write(folder.path().join("eu.token"), "eu").unwrap();
    std::fs::set_permissions(folder.path().join("eu.token"), Permissions::from_mode(0o600)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = scimctl(arguments);
        command.env("SCIMCTL_CONFIG", &config);
        ran(command, "")
    };
    assert_eq!(run(&["token", "list", "--profile", "eu"]).code, 0);
    let unknown = run(&["token", "list", "--profile", "us"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("has no profile us"), "{}", unknown.err);
}

#[test]
fn the_exit_code_tells_a_refusal_from_a_mistake_and_from_a_server_that_is_away() {
    let problem = r#"{"title":"Forbidden","status":403,"detail":"the role owner is needed",
        "errors":[{"pointer":"/roles/0","problem":"viewer\u001b[31m"}]}"#;
    let stub = Stub::start().on("GET /g/admin/v1/whoami", 403, problem);
    let refused = stub.run(&["whoami"]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert_eq!(refused.err, "scimctl: the role owner is needed (403)\n  /roles/0: viewer\\u{1b}[31m\n");

    let stub = Stub::start().on("GET /g/admin/v1/whoami", 503, "<html>busy</html>");
    let failed = stub.run(&["whoami"]);
    assert_eq!((failed.code, failed.err.as_str()), (3, "scimctl: the server answered 503\n"));

    assert_eq!(stub.run(&["whoami", "--nonsense"]).code, 2);
    assert_eq!(ran(scimctl(&["whoami"]), "").code, 2);

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = stub.command(&["whoami"]);
    command.env("SCIMCTL_GATEWAY_URL", format!("http://{nobody}"));
    let away = ran(command, "");
    assert_eq!(away.code, 3);
    assert!(away.err.contains("cannot be reached"), "{}", away.err);
}

#[test]
fn an_answer_that_is_no_json_is_nothing_that_was_done() {
    let page = "<html>Sign in</html>";
    let stub =
        Stub::start().on("GET /g/admin/v1/whoami", 200, page).on("GET /g/admin/v1/openapi.json", 200, page);
    for command in [&["whoami"][..], &["whoami", "--json"], &["openapi"]] {
        let shown = stub.run(command);
        assert_eq!((shown.code, shown.out.as_str()), (3, ""), "{command:?}");
        assert!(shown.err.contains("was not understood"), "{}", shown.err);
    }
}

#[test]
fn an_answer_without_end_is_not_kept() {
    let long = format!("{{\"subject\":\"{}\"}}", "x".repeat(64 * 1024 * 1024));
    let stub = Stub::start().on("GET /g/admin/v1/whoami", 200, &long);
    let shown = stub.run(&["whoami"]);
    assert_eq!((shown.code, shown.out.as_str()), (3, ""));
    assert!(shown.err.contains("longer than 64 MiB"), "{}", shown.err);
}

#[test]
fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere = Stub::start();
    let location = format!("location: {}/g/admin/v1/whoami\r\n", elsewhere.address);
    let stub = Stub::start().on_with("GET /g/admin/v1/whoami", 307, &location, "");
    assert_eq!(stub.run(&["whoami"]).code, 3);
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn completions_need_no_installation() {
    for shell in ["bash", "zsh", "fish"] {
        let shown = ran(scimctl(&["completions", shell]), "");
        assert_eq!(shown.code, 0);
        assert!(shown.out.contains("scimctl") && shown.out.contains("adoption"), "{shell}");
    }
}

#[test]
fn a_link_to_the_console_is_asked_for_there() {
    let link = r#"{"url": "https://console.example/sign-in/link/abc", "expires_at": "2026-03-01T12:10:00Z"}"#;
    let stub = Stub::start().on("POST /c/sign-in/links", 201, link);
    let mut command = stub.command(&["console", "link"]);
    command.env("SCIMCTL_CONSOLE_URL", format!("{}/c", stub.address));
    let asked = ran(command, "");
    assert_eq!(asked.code, 0, "{}", asked.err);
    assert!(asked.out.contains("https://console.example/sign-in/link/abc"), "{}", asked.out);
    let request = stub.request("POST /c/sign-in/links");
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));

    let nowhere = stub.run(&["console", "link"]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("SCIMCTL_CONSOLE_URL"), "{}", nowhere.err);
}
