use std::time::Duration;

use super::*;

const REGISTRY: &str = "registry.example:5000";
/// `ada:secret` in base64.
const ADA: &str = "YWRhOnNlY3JldA==";

/// More than any of these takes.
fn budget() -> Budget {
    Budget::begin(Duration::from_secs(60))
}

/// Looks into a `config.json` of this text; the folder stands as `DIR` in what is told.
fn find_in(config: &str) -> Result<(Login, String), String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let path = folder.path().display().to_string();
    find(Some(folder.path()), REGISTRY, budget())
        .map(|(login, tried)| (login, tried.to_string().replace(&path, "DIR")))
        .map_err(|error| error.to_string().replace(&path, "DIR"))
}

fn user(name: &str, password: &str) -> Login {
    Login::User {
        name: name.to_owned(),
        password: password.to_owned(),
    }
}

fn check(config: &str, login: Login, told: &str) {
    assert_eq!(find_in(config), Ok((login, told.to_owned())), "{config}");
}

#[test]
fn the_entry_of_the_registry_is_taken_and_told_without_its_secret() {
    let told = "credentials: user ada, from auths of DIR/config.json";
    for key in [
        REGISTRY,
        "https://registry.example:5000",
        "https://registry.example:5000/v1/",
    ] {
        let config = format!(
            r#"{{"auths": {{"other.example": {{"auth": "eDp5"}}, "{key}": {{"auth": "{ADA}"}}}}}}"#
        );
        check(&config, user("ada", "secret"), told);
    }
    let config =
        format!(r#"{{"auths": {{"{REGISTRY}": {{"username": "ada", "password": "a:b"}}}}}}"#);
    check(&config, user("ada", "a:b"), told);
}

#[test]
fn a_token_of_the_registry_goes_before_a_password() {
    let config =
        format!(r#"{{"auths": {{"{REGISTRY}": {{"auth": "{ADA}", "registrytoken": "t"}}}}}}"#);
    check(
        &config,
        Login::Token("t".to_owned()),
        "credentials: a token, from auths of DIR/config.json",
    );
}

#[test]
fn nobody_comes_with_what_was_looked_at() {
    check(
        "{}",
        Login::Nobody,
        "credentials: none; auths of DIR/config.json has no entry for registry.example:5000",
    );
    // Another port is another registry.
    check(
        &format!(r#"{{"auths": {{"registry.example": {{"auth": "{ADA}"}}}}}}"#),
        Login::Nobody,
        "credentials: none; auths of DIR/config.json has no entry for registry.example:5000",
    );
    check(
        &format!(r#"{{"auths": {{"{REGISTRY}": {{}}}}}}"#),
        Login::Nobody,
        "credentials: none; auths of DIR/config.json has an empty entry for registry.example:5000",
    );
    let folder = tempfile::tempdir().unwrap();
    let (login, tried) = find(Some(folder.path()), REGISTRY, budget()).unwrap();
    assert_eq!(login, Login::Nobody);
    let path = folder.path().join("config.json");
    assert_eq!(
        tried.to_string(),
        format!("credentials: none; {} does not exist", path.display())
    );
}

fn check_error(config: &str, expected: &str) {
    let error = find_in(config).unwrap_err();
    assert!(error.contains(expected), "{config}: {error}");
}

#[test]
fn what_cannot_be_used_is_named() {
    check_error("{", "DIR/config.json: EOF while parsing");
    check_error(
        &format!(r#"{{"auths": {{"{REGISTRY}": {{"auth": "%"}}}}}}"#),
        "DIR/config.json: `auth` of registry.example:5000 is not USER:PASSWORD in base64; log in again",
    );
    check_error(
        &format!(r#"{{"auths": {{"{REGISTRY}": {{"identitytoken": "x"}}}}}}"#),
        "auths of DIR/config.json has an identity token for registry.example:5000",
    );
    check_error(
        r#"{"credsStore": "nowhere-to-be-found"}"#,
        "`docker-credential-nowhere-to-be-found` cannot be started",
    );
    check_error(
        &format!(r#"{{"credHelpers": {{"{REGISTRY}": "../x"}}}}"#),
        "names the credential helper `../x`",
    );
}

#[test]
fn secrets_stay_out_of_debug_output() {
    let text = format!(
        "{:?} {:?}",
        user("ada", "secret"),
        Login::Token("secret".to_owned())
    );
    assert_eq!(text, "user ada a token");
}
