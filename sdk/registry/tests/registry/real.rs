//! With a real registry.

use expect_test::expect;
use switchyard_registry::{Digest, MAX_COMPONENT_BYTES, PrivateKey, RegistryError, VerifyError};
use tempfile::TempDir;

use crate::support::server::Server;
use crate::support::{COMPONENT, about, client, log_in, reference, told};

#[test]
fn what_is_pushed_is_pulled_by_tag_and_by_digest() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let client = client(folder.path());
    let tagged = reference(server.address(), "team/fair:0.1.0");
    let digest = client.push(&tagged, COMPONENT, &about()).unwrap();
    let pulled = client.pull(&tagged).unwrap();
    assert_eq!(pulled.component, COMPONENT);
    assert_eq!(pulled.digest, digest);
    assert_eq!(
        pulled.annotations.into_iter().collect::<Vec<_>>(),
        [
            ("description", "Shares among tenants"),
            ("title", "fair"),
            ("version", "0.1.0")
        ]
        .map(|(key, value)| (format!("org.opencontainers.image.{key}"), value.to_owned()))
    );
    assert_eq!(
        client.pull(&tagged.at(&digest)).unwrap().component,
        COMPONENT
    );
    // The tag moves, the digest stays.
    let other = client
        .push(&tagged, b"\0asm\x0d\0\x01\0\0\0", &about())
        .unwrap();
    assert_ne!(other, digest);
    assert_eq!(client.pull(&tagged).unwrap().digest, other);
    assert_eq!(
        client.pull(&tagged.at(&digest)).unwrap().component,
        COMPONENT
    );
    // And the same component is the same again.
    assert_eq!(client.push(&tagged, COMPONENT, &about()).unwrap(), digest);
}

#[test]
fn a_component_of_many_chunks_comes_back_whole() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let client = client(folder.path());
    let plugin = reference(server.address(), "python:1");
    let component: Vec<u8> = (0..18_000_000_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    client.push(&plugin, &component, &about()).unwrap();
    assert!(client.pull(&plugin).unwrap().component == component);
}

#[test]
fn it_may_be_called_from_within_another_runtime() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let client = client(folder.path());
    let plugin = reference(server.address(), "fair:1");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let digest = runtime.block_on(async { client.push(&plugin, COMPONENT, &about()).unwrap() });
    assert_eq!(client.pull(&plugin).unwrap().digest, digest);
}

#[test]
fn what_is_not_there_is_named_with_what_puts_it_there() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let client = client(folder.path());
    let plugin = reference(server.address(), "fair:1");
    let error = client.pull(&plugin).unwrap_err();
    assert!(matches!(error, RegistryError::Unknown { .. }), "{error:?}");
    expect!["REGISTRY has no REGISTRY/fair:1: HTTP 404, manifest_unknown: manifest unknown; check the name and the version, or put it there: switchyard plugin push REGISTRY/fair:1"].assert_eq(&told(&error, server.address(), folder.path()));
    client.push(&plugin, COMPONENT, &about()).unwrap();
    let missing = plugin.at(&Digest::of(b"missing"));
    let error = client.pull(&missing).unwrap_err();
    expect!["REGISTRY has no REGISTRY/fair@sha256:ffa63583dfa6706b87d284b86b0d693a161e4840aad2c5cf6b5d27c3b9621f7d: HTTP 404, manifest_unknown: manifest unknown; check the name and the version"].assert_eq(&told(&error, server.address(), folder.path()));
}

#[test]
fn a_registry_that_wants_a_password_gets_it_from_docker_s_file() {
    let (server, folder) = (Server::closed(), TempDir::new().unwrap());
    let client = client(folder.path());
    let plugin = reference(server.address(), "fair:1");
    let refused = |client: &switchyard_registry::Registry| {
        let error = client.push(&plugin, COMPONENT, &about()).unwrap_err();
        assert!(matches!(error, RegistryError::Refused { .. }), "{error:?}");
        told(&error, server.address(), folder.path())
    };
    expect![[r#"
        REGISTRY does not let us push REGISTRY/fair:1: HTTP 401
        credentials: none; DIR/config.json does not exist
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"#]].assert_eq(&refused(&client));
    log_in(folder.path(), "other.example", "ada", "secret");
    expect![[r#"
        REGISTRY does not let us push REGISTRY/fair:1: HTTP 401
        credentials: none; auths of DIR/config.json has no entry for REGISTRY
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"#]].assert_eq(&refused(&client));
    log_in(folder.path(), server.address(), "ada", "wrong");
    expect![[r#"
        REGISTRY does not let us push REGISTRY/fair:1: HTTP 401
        credentials: user ada, from auths of DIR/config.json
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"#]].assert_eq(&refused(&client));
    log_in(folder.path(), server.address(), "ada", "secret");
    client.push(&plugin, COMPONENT, &about()).unwrap();
    assert_eq!(client.pull(&plugin).unwrap().component, COMPONENT);
    let key = PrivateKey::generate().unwrap();
    let signed = client.sign(&plugin, &key).unwrap();
    client.verify(&signed.reference, &[key.public()]).unwrap();
    // Reading needs it as well.
    log_in(folder.path(), server.address(), "ada", "wrong");
    let error = client
        .verify(&signed.reference, &[key.public()])
        .unwrap_err();
    let error = told(&error, server.address(), folder.path());
    assert!(
        error.starts_with("REGISTRY does not let us pull"),
        "{error}"
    );
}

#[test]
fn nothing_too_large_is_sent_and_nothing_is_pushed_to_a_digest() {
    let folder = TempDir::new().unwrap();
    // Nobody listens there, so anything that was sent would be another error.
    let client = client(folder.path());
    let plugin = reference("127.0.0.1:1", "fair:1");
    let large = vec![0; MAX_COMPONENT_BYTES as usize + 1];
    let error = client.push(&plugin, &large, &about()).unwrap_err();
    expect!["the component of 127.0.0.1:1/fair:1 is too large: 67108865 bytes, expected at most 64 MiB; a plugin of that size is most often built with debug information, build it again for release"].assert_eq(&error.to_string());
    let exact = plugin.at(&Digest::of(b""));
    let error = client.push(&exact, COMPONENT, &about()).unwrap_err();
    expect!["127.0.0.1:1/fair@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 names a digest, expected a tag to push to, such as `:0.1.0`; the digest comes from what is pushed"].assert_eq(&error.to_string());
}

#[test]
fn a_signature_counts_for_its_digest_and_its_key() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let client = client(folder.path());
    let plugin = reference(server.address(), "team/fair:1");
    let (key, other) = (
        PrivateKey::generate().unwrap(),
        PrivateKey::generate().unwrap(),
    );
    let digest = client.push(&plugin, COMPONENT, &about()).unwrap();
    let unsigned = client
        .verify(&plugin.at(&digest), &[key.public()])
        .unwrap_err();
    assert!(matches!(unsigned, VerifyError::Unsigned { .. }));
    let text = told(&unsigned, server.address(), folder.path());
    expect!["REGISTRY/team/fair@sha256:a0fdbfed5020069567609f3cc993eaeb88f51cd42be26915ae61948a7b2e7634 has no signature, expected one under the tag sha256-a0fdbfed5020069567609f3cc993eaeb88f51cd42be26915ae61948a7b2e7634.sig; sign it: switchyard plugin sign --key cosign.key REGISTRY/team/fair@sha256:a0fdbfed5020069567609f3cc993eaeb88f51cd42be26915ae61948a7b2e7634"].assert_eq(&text);

    let signed = client.sign(&plugin, &key).unwrap();
    assert_eq!(signed.reference, plugin.at(&digest));
    assert!(signed.new);
    client.verify(&plugin.at(&digest), &[key.public()]).unwrap();

    let wrong = client
        .verify(&plugin.at(&digest), &[other.public()])
        .unwrap_err();
    assert!(matches!(wrong, VerifyError::NotByTheseKeys { .. }));
    let text = told(&wrong, server.address(), folder.path());
    expect!["REGISTRY/team/fair@sha256:a0fdbfed5020069567609f3cc993eaeb88f51cd42be26915ae61948a7b2e7634 has no signature of the key KEY, expected one; found signature 1: it was made with another key; check that this is the public key of those who signed it, or sign it: switchyard plugin sign --key cosign.key REGISTRY/team/fair@sha256:a0fdbfed5020069567609f3cc993eaeb88f51cd42be26915ae61948a7b2e7634"].assert_eq(&text.replace(&other.public().fingerprint(), "KEY"));

    // Signing again changes nothing; another's signature stands beside it.
    assert!(!client.sign(&plugin, &key).unwrap().new);
    assert!(client.sign(&plugin, &other).unwrap().new);
    for key in [&key, &other] {
        client.verify(&plugin.at(&digest), &[key.public()]).unwrap();
    }

    // By its tag it comes with the key that signed it, of those that count.
    let keys = [PrivateKey::generate().unwrap(), other].map(|key| key.public());
    let (pulled, by) = client.pull_signed(&plugin, &keys).unwrap();
    assert_eq!((&pulled.digest, by), (&digest, &keys[1]));
    assert_eq!(pulled.component, COMPONENT);
    assert_eq!(client.verify(&plugin, &keys).unwrap().digest, digest);

    // What the tag means next is not signed.
    let next = client
        .push(&plugin, b"\0asm\x0d\0\x01\0\0\0", &about())
        .unwrap();
    for plugin in [&plugin, &plugin.at(&next)] {
        let error = client.verify(plugin, &[key.public()]).unwrap_err();
        assert!(matches!(error, VerifyError::Unsigned { .. }));
        let error = client.pull_signed(plugin, &[key.public()]).unwrap_err();
        assert!(matches!(error, VerifyError::Unsigned { .. }));
    }
    client.verify(&plugin.at(&digest), &[key.public()]).unwrap();
}

#[test]
fn what_is_not_there_cannot_be_signed() {
    let (server, folder) = (Server::open(), TempDir::new().unwrap());
    let key = PrivateKey::generate().unwrap();
    let plugin = reference(server.address(), "fair:1");
    let error = client(folder.path()).sign(&plugin, &key).unwrap_err();
    let text = told(&error, server.address(), folder.path());
    assert!(
        text.starts_with("REGISTRY has no REGISTRY/fair:1: HTTP 404"),
        "{text}"
    );
}
