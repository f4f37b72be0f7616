use super::*;

const COSIGN_KEY: &str = include_str!("../../tests/cosign/cosign.key");
const COSIGN_PUB: &str = include_str!("../../tests/cosign/cosign.pub");
const PASSWORD: &str = "correct-horse";

#[test]
fn a_pair_made_by_cosign_is_read() {
    let public = PublicKey::from_pem(COSIGN_PUB).unwrap();
    let private = PrivateKey::from_pem(COSIGN_KEY, PASSWORD).unwrap();
    assert_eq!(private.public(), public);
    assert_eq!(public.to_pem(), COSIGN_PUB);
    let signature = private.sign(b"hello").unwrap();
    assert!(public.signed(b"hello", &signature));
    assert!(!public.signed(b"hallo", &signature));
}

#[test]
fn a_pair_made_here_is_read_again() {
    let private = PrivateKey::generate().unwrap();
    let pem = private.to_pem("").unwrap();
    let again = PrivateKey::from_pem(&pem, "").unwrap();
    assert_eq!(again.public(), private.public());
    let public = PublicKey::from_pem(&private.public().to_pem()).unwrap();
    assert_eq!(public, private.public());
    assert!(public.signed(b"x", &again.sign(b"x").unwrap()));
    // Two are never the same.
    assert_ne!(PrivateKey::generate().unwrap().public(), public);
    assert_ne!(private.to_pem("").unwrap(), pem);
}

#[test]
fn the_key_opens_with_its_password_only() {
    let error = PrivateKey::from_pem(COSIGN_KEY, "correct-horse ").unwrap_err();
    assert_eq!(error, KeyError::Password);
}

/// The key file with its inside changed.
fn changed(from: &str, to: &str) -> Result<PrivateKey, KeyError> {
    let pem = pem::parse(COSIGN_KEY).unwrap();
    let inside = String::from_utf8(pem.contents().to_vec()).unwrap();
    assert!(inside.contains(from), "{inside}");
    let pem = encode(PRIVATE, inside.replace(from, to).into_bytes());
    PrivateKey::from_pem(&pem, PASSWORD)
}

#[test]
fn a_changed_key_is_refused_before_it_costs_anything() {
    for (from, to, expected) in [
        (
            "\"N\":65536",
            "\"N\":1073741824",
            "scrypt with N=1073741824 r=8 p=1, expected N=65536",
        ),
        ("\"r\":8", "\"r\":0", "scrypt with N=65536 r=0"),
        ("scrypt", "pbkdf2", "pbkdf2 and nacl/secretbox"),
        ("\"nonce\":\"", "\"nonce\":\"*", "its nonce is no base64"),
        (
            "\"nonce\":\"Ul0S",
            "\"nonce\":\"",
            "its nonce has 21 bytes, expected 24",
        ),
        ("ciphertext", "cipher_text", "missing field `ciphertext`"),
    ] {
        let error = changed(from, to).unwrap_err().to_string();
        assert!(
            error.starts_with("the encrypted key is broken: "),
            "{error}"
        );
        assert!(error.contains(expected), "{from} -> {to}: {error}");
    }
    assert_eq!(
        changed("\"ciphertext\":\"mTTV", "\"ciphertext\":\"nTTV").unwrap_err(),
        KeyError::Password
    );
    // Older files cost half.
    assert_eq!(changed("65536", "32768").unwrap_err(), KeyError::Password);
}

#[test]
fn what_is_no_key_is_named() {
    let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let text = PublicKey::from_pem(other).unwrap_err().to_string();
    assert!(
        text.starts_with("this is a `CERTIFICATE`, expected `PUBLIC KEY`"),
        "{text}"
    );
    let text = PrivateKey::from_pem(COSIGN_PUB, "")
        .unwrap_err()
        .to_string();
    assert!(
        text.starts_with("this is a `PUBLIC KEY`, expected `ENCRYPTED SIGSTORE PRIVATE KEY`"),
        "{text}"
    );
    let text = PublicKey::from_pem("hello").unwrap_err().to_string();
    assert!(text.starts_with("there is no key in PEM form ("), "{text}");
    let mut ed25519 = pem::parse(COSIGN_PUB).unwrap().into_contents();
    for contents in [ed25519[..40].to_vec(), {
        ed25519[8] ^= 1;
        ed25519
    }] {
        let pem = encode(PUBLIC, contents);
        assert_eq!(PublicKey::from_pem(&pem), Err(KeyError::NotP256));
    }
    let sealed = sealed::seal(b"no key", b"").unwrap();
    let text = PrivateKey::from_pem(&encode(PRIVATE, sealed), "")
        .unwrap_err()
        .to_string();
    assert!(text.contains("no ECDSA key on P-256 inside"), "{text}");
}

#[test]
fn people_compare_fingerprints_and_see_no_secrets() {
    let private = PrivateKey::from_pem(COSIGN_KEY, PASSWORD).unwrap();
    expect_test::expect!["private key of SHA256:b0rFU7vDYTh+a+VFIw2zJ/+S7PKGz5xKAg9cq1aAHDM"]
        .assert_eq(&format!("{private:?}"));
}
