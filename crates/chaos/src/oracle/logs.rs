use crate::world::World;

/// Secrets, people's data and panics in the logs of the processes.
pub(super) fn leaks(world: &World) -> anyhow::Result<Vec<String>> {
    let secrets = world.secrets();
    let mut found = Vec::new();
    for service in world.services() {
        let log = service.log()?;
        found.extend(leaks_in(&log, &secrets).into_iter().map(|what| format!("a log holds {what}")));
    }
    found.dedup();
    Ok(found)
}

/// Of a secret only the beginning is said.
fn leaks_in(log: &str, secrets: &[String]) -> Vec<String> {
    let leaked = secrets.iter().filter(|secret| !secret.is_empty() && log.contains(secret.as_str()));
    let mut found: Vec<String> =
        leaked.map(|secret| format!("{}…", secret.chars().take(7).collect::<String>())).collect();
    if log.contains("panicked at") {
        found.push("a panic".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_is_found_and_not_repeated() {
        let secrets = ["supersecret".to_owned(), String::new()];
        assert_eq!(leaks_in("all is well", &secrets), Vec::<String>::new());
        let log = "x supersecret y\nthread 'main' panicked at src/x.rs";
        assert_eq!(leaks_in(log, &secrets), ["superse…", "a panic"]);
    }
}
