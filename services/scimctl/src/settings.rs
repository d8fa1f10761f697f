//! Which installation, and with whose token.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use config::{Config, File, FileFormat};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::failure::Failure;
use crate::file;

/// Where to find the installation. One of these, in this order: a bootstrap file, a profile that is named, the
/// environment (`SCIMCTL_GATEWAY_URL`, `SCIMCTL_LMS_URL`, `SCIMCTL_CONSOLE_URL`,
/// `SCIMCTL_TOKEN_FILE`), the profile `default`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Installation")]
pub(crate) struct Where {
    /// Profile of the configuration file [env: SCIMCTL_PROFILE].
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// bootstrap.json of an installation, with its addresses and a token.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "profile")]
    bootstrap_file: Option<PathBuf>,
    /// Read the token from the first line of the standard input.
    #[arg(long, global = true)]
    token_stdin: bool,
    /// Integration that the command is about [env: SCIMCTL_INTEGRATION; default: the profile's].
    #[arg(short, long, global = true, value_name = "SLUG")]
    integration: Option<String>,
}

/// An installation, and who asks.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) gateway: Url,
    pub(crate) lms: Url,
    /// The administrators' console, when it is known where that is.
    pub(crate) console: Option<Url>,
    pub(crate) token: SecretString,
    /// The integration that somebody named.
    pub(crate) integration: Option<String>,
    /// The one that commands are about when nobody named any: that of a bootstrap file.
    pub(crate) first_integration: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    gateway_url: String,
    /// As the gateway's, when both serve on one listener.
    lms_url: Option<String>,
    console_url: Option<String>,
    token_file: Option<PathBuf>,
    integration: Option<String>,
}

/// What the services write at their first start.
#[derive(Deserialize)]
struct Bootstrap {
    scim_url: String,
    admin_url: String,
    gateway_admin_url: Option<String>,
    console_url: Option<String>,
    admin_token: SecretString,
}

impl Where {
    /// Finds the installation. `variable` answers the environment's.
    pub(crate) fn find(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Installation, Failure> {
        let named = self.profile.clone().or_else(|| variable("SCIMCTL_PROFILE"));
        let (mut bootstrap_token, mut first_integration) = (None, None);
        let profile = match (&self.bootstrap_file, named, variable("SCIMCTL_GATEWAY_URL")) {
            (Some(path), _, _) => {
                let (mut profile, token) = read_bootstrap(path)?;
                // The file has the address inside of the installation, where that is another.
                profile.console_url = variable("SCIMCTL_CONSOLE_URL").or(profile.console_url);
                (bootstrap_token, first_integration) = (Some(token), profile.integration.take());
                profile
            }
            (None, Some(name), _) => read_profile(&name, &variable)?,
            (None, None, Some(gateway_url)) => Profile {
                gateway_url,
                lms_url: variable("SCIMCTL_LMS_URL"),
                console_url: variable("SCIMCTL_CONSOLE_URL"),
                token_file: variable("SCIMCTL_TOKEN_FILE").map(PathBuf::from),
                integration: None,
            },
            (None, None, None) => read_profile("default", &variable)?,
        };
        let gateway = address(&profile.gateway_url)?;
        let lms = profile.lms_url.as_deref().map_or_else(|| Ok(gateway.clone()), address)?;
        // A profile's own is not overridden: its token would go to another installation.
        let console_url = profile.console_url.or_else(|| variable("SCIMCTL_CONSOLE_URL"));
        let console = console_url.as_deref().map(address).transpose()?;
        let integration = self.integration.clone().or_else(|| variable("SCIMCTL_INTEGRATION"));
        let token = match (self.token_stdin, variable("SCIMCTL_TOKEN"), bootstrap_token, &profile.token_file)
        {
            (true, _, _, _) => first_line()?,
            (false, Some(token), _, _) => SecretString::from(token),
            (false, None, Some(token), _) => token,
            (false, None, None, Some(path)) => file::read_secret(path)?,
            (false, None, None, None) => {
                let how = "no token: name a token_file, set SCIMCTL_TOKEN, or give it with --token-stdin";
                return Err(Failure::Usage(how.to_owned()));
            }
        };
        Ok(Installation {
            gateway,
            lms,
            console,
            token,
            integration: integration.or(profile.integration),
            first_integration,
        })
    }
}

fn read_bootstrap(path: &Path) -> Result<(Profile, SecretString), Failure> {
    let text = file::read_secret(path)?;
    let told: Bootstrap = serde_json::from_str(text.expose_secret())
        .map_err(|error| Failure::Usage(format!("{} is no bootstrap file: {error}", path.display())))?;
    let behind = told.scim_url.split_once("/integrations/").map(|(_, behind)| behind);
    let slug = behind.and_then(|behind| behind.split('/').next()).map(str::to_owned);
    let profile = Profile {
        gateway_url: told.gateway_admin_url.unwrap_or_else(|| told.admin_url.clone()),
        lms_url: Some(told.admin_url),
        console_url: told.console_url,
        token_file: None,
        integration: slug,
    };
    Ok((profile, told.admin_token))
}

fn read_profile(name: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Profile, Failure> {
    let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
    let path = variable("SCIMCTL_CONFIG").map(PathBuf::from);
    let path = path.unwrap_or_else(|| home.join(".config/scimctl/config.toml"));
    if !path.exists() {
        return Err(Failure::Usage(format!(
            "which installation? There is no {}; name a --bootstrap-file or set SCIMCTL_GATEWAY_URL",
            path.display()
        )));
    }
    let source = File::from(path.as_path()).format(FileFormat::Toml);
    let read = Config::builder().add_source(source).build().and_then(Config::try_deserialize);
    let mut file: ConfigFile =
        read.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let profile = file.profiles.remove(name);
    let mut profile =
        profile.ok_or_else(|| Failure::Usage(format!("{} has no profile {name}", path.display())))?;
    profile.token_file = profile.token_file.map(|token| match token.strip_prefix("~") {
        Ok(below_home) => home.join(below_home),
        Err(_) => path.parent().unwrap_or(Path::new("")).join(token),
    });
    Ok(profile)
}

fn address(text: &str) -> Result<Url, Failure> {
    let usable =
        Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let usable = usable.filter(|url| url.username().is_empty() && url.password().is_none());
    usable.ok_or_else(|| Failure::Usage(format!("{text} is no address such as https://host:8081")))
}

fn first_line() -> Result<SecretString, Failure> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(SecretString::from(line.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn nowhere() -> Where {
        Where { profile: None, bootstrap_file: None, token_stdin: false, integration: None }
    }

    fn private(path: &Path, content: &str) {
        std::fs::write(path, content).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[test]
    fn a_profile_names_addresses_and_a_token_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let profile =
            "gateway_url = \"http://gateway:8081\"\nlms_url = \"http://lms:8082\"\ntoken_file = \"token\"";
        std::fs::write(&path, format!("[profiles.default]\n{profile}\nintegration = \"acme\"\n")).unwrap();
        private(&folder.path().join("token"), "abc");
        let variable = |name: &str| (name == "SCIMCTL_CONFIG").then(|| path.display().to_string());
        let found = nowhere().find(variable).unwrap();
        let with_console = |name: &str| match name {
            "SCIMCTL_CONSOLE_URL" => Some("https://other.example".to_owned()),
            name => variable(name),
        };
        assert_eq!(nowhere().find(with_console).unwrap().console.unwrap().as_str(), "https://other.example/");
        let named = format!("[profiles.default]\n{profile}\nconsole_url = \"https://own.example\"\n");
        let second = folder.path().join("named.toml");
        std::fs::write(&second, named).unwrap();
        let of_second = |name: &str| match name {
            "SCIMCTL_CONFIG" => Some(second.display().to_string()),
            name => with_console(name),
        };
        assert_eq!(nowhere().find(of_second).unwrap().console.unwrap().as_str(), "https://own.example/");
        assert_eq!(found.gateway.as_str(), "http://gateway:8081/");
        assert_eq!(found.lms.as_str(), "http://lms:8082/");
        assert_eq!(found.token.expose_secret(), "abc");
        assert_eq!(found.integration.as_deref(), Some("acme"));
        let other = Where { profile: Some("other".to_owned()), ..nowhere() };
        assert!(other.find(variable).unwrap_err().to_string().ends_with("has no profile other"));
    }

    #[test]
    fn a_bootstrap_file_is_enough() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootstrap.json");
        private(
            &path,
            r#"{"scim_url": "https://scim.example/integrations/acme-production/scim", "scim_token": "s",
                "admin_url": "http://lms:8082", "gateway_admin_url": "http://gateway:8081",
                "console_url": "http://console:8083", "admin_token": "t"}"#,
        );
        let given = Where { bootstrap_file: Some(path), ..nowhere() };
        let found = given.find(|_| None).unwrap();
        assert_eq!(
            (found.gateway.as_str(), found.lms.as_str()),
            ("http://gateway:8081/", "http://lms:8082/")
        );
        assert_eq!(found.console.unwrap().as_str(), "http://console:8083/");
        assert_eq!(found.token.expose_secret(), "t");
        assert_eq!(found.integration, None, "nobody named one");
        assert_eq!(found.first_integration.as_deref(), Some("acme-production"));
        let with_token = given.find(|name| (name == "SCIMCTL_TOKEN").then(|| "mine".to_owned())).unwrap();
        assert_eq!(with_token.token.expose_secret(), "mine");
        let elsewhere =
            |name: &str| (name == "SCIMCTL_CONSOLE_URL").then(|| "https://console.example".to_owned());
        assert_eq!(given.find(elsewhere).unwrap().console.unwrap().as_str(), "https://console.example/");
    }

    #[test]
    fn the_environment_is_enough_but_for_a_token() {
        let variable =
            |name: &str| (name == "SCIMCTL_GATEWAY_URL").then(|| "http://127.0.0.1:8081".to_owned());
        assert!(nowhere().find(variable).unwrap_err().to_string().starts_with("no token"));
        let wrong = |name: &str| (name == "SCIMCTL_GATEWAY_URL").then(|| "gateway:8081".to_owned());
        assert!(nowhere().find(wrong).unwrap_err().to_string().contains("is no address"));
    }
}
