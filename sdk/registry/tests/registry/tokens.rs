//! Registries that want a token, and who is shown what.

use expect_test::expect;
use tempfile::TempDir;

use switchyard_registry::{Digest, RegistryError};

use crate::support::fake::{Answer, Fake, Request, error, ok};
use crate::support::{COMPONENT, about, client, log_in, manifest, told};

/// `ada:secret` in base64.
const BASIC: &str = "Basic YWRhOnNlY3JldA==";
const BEARER: &str = "Bearer t0k3n";

/// A registry whose token service knows ada, and which serves the component to whoever has a token.
fn with_tokens(blob: impl Fn() -> Answer + Send + Sync + 'static) -> Fake {
    with_token("t0k3n", blob)
}

fn with_token(token: &'static str, blob: impl Fn() -> Answer + Send + Sync + 'static) -> Fake {
    let service = Fake::start_closed(move |request| match request.authorization.as_deref() {
        Some(BASIC) => ok(format!(r#"{{"token": "{token}"}}"#)),
        _ => error(401, "UNAUTHORIZED", "who are you"),
    });
    let realm = format!(
        "www-authenticate: Bearer realm=\"http://{}/token\",service=\"tests\"",
        service.address()
    );
    Fake::start_closed(move |request| {
        if request.authorization.as_deref() != Some(BEARER) {
            return Answer::Full(401, vec![realm.clone()], Vec::new());
        }
        match request.path.contains("/manifests/") {
            true => ok(manifest("application/wasm", &Digest::of(COMPONENT), 8)),
            false => blob(),
        }
    })
}

#[test]
fn a_password_is_changed_for_a_token() {
    let fake = with_tokens(|| ok(COMPONENT));
    let folder = TempDir::new().unwrap();
    log_in(folder.path(), fake.address(), "ada", "secret");
    let pulled = client(folder.path()).pull(&fake.plugin()).unwrap();
    assert_eq!(pulled.component, COMPONENT);
    // The password itself goes to the token service only.
    let shown = |request: &Request| request.authorization.as_deref() != Some(BASIC);
    assert!(fake.seen().iter().all(shown), "{:?}", fake.seen());
}

#[test]
fn a_token_service_that_refuses_is_quoted() {
    let fake = with_tokens(|| ok(COMPONENT));
    let folder = TempDir::new().unwrap();
    log_in(folder.path(), fake.address(), "ada", "wrong");
    let error = client(folder.path()).pull(&fake.plugin()).unwrap_err();
    assert!(matches!(error, RegistryError::Refused { .. }), "{error:?}");
    expect![[r#"
        REGISTRY does not let us pull REGISTRY/fair:1: its token service gives no token, unauthorized: who are you
        credentials: user ada, from auths of DIR/config.json
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"#]].assert_eq(&told(&error, fake.address(), folder.path()));
}

#[test]
fn a_token_in_docker_s_file_is_shown_as_it_is() {
    let fake = with_tokens(|| ok(COMPONENT));
    let folder = TempDir::new().unwrap();
    let config = format!(
        r#"{{"auths": {{"{}": {{"registrytoken": "t0k3n"}}}}}}"#,
        fake.address()
    );
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let pulled = client(folder.path()).pull(&fake.plugin()).unwrap();
    assert_eq!(pulled.component, COMPONENT);
}

#[test]
fn a_storage_elsewhere_is_not_shown_who_we_are() {
    let storage = Fake::start_closed(|_| ok(COMPONENT));
    let elsewhere = format!("location: http://{}/signed", storage.address());
    let fake = with_tokens(move || Answer::Full(307, vec![elsewhere.clone()], Vec::new()));
    let folder = TempDir::new().unwrap();
    log_in(folder.path(), fake.address(), "ada", "secret");
    let pulled = client(folder.path()).pull(&fake.plugin()).unwrap();
    assert_eq!(pulled.component, COMPONENT);
    let [request] = storage.seen().try_into().unwrap();
    assert_eq!(request.authorization, None);
}

#[test]
fn a_token_that_breaks_the_client_crate_is_an_error() {
    let fake = with_token("t0k3n\\nx", || ok(COMPONENT));
    let folder = TempDir::new().unwrap();
    log_in(folder.path(), fake.address(), "ada", "secret");
    let client = client(folder.path());
    let error = client.pull(&fake.plugin()).unwrap_err();
    assert!(matches!(error, RegistryError::Odd { .. }), "{error:?}");
    // Here it panics, on a thread that is ours.
    let error = client
        .push(&fake.plugin(), COMPONENT, &about())
        .unwrap_err();
    assert!(matches!(error, RegistryError::Odd { .. }), "{error:?}");
    expect!["REGISTRY answered oddly when we wanted to push REGISTRY/fair:1: something the client cannot read; check that it is an OCI registry, and its own log"].assert_eq(&told(&error, fake.address(), folder.path()));
}
