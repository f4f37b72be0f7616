use std::slice::from_ref;

use oci_client::manifest::OciImageManifest;

use super::*;

const PAYLOAD_OF_COSIGN: &[u8] = include_bytes!("../../tests/cosign/payload.json");
const MANIFEST_OF_COSIGN: &str = include_str!("../../tests/cosign/manifest.json");
const COSIGN_PUB: &str = include_str!("../../tests/cosign/cosign.pub");
const SIGNED: &str = "sha256:df3b613b38e7a913aedc0002a43182829459b24c331c59ea83f9b9338dc39aec";

/// The signature that cosign made, and its key.
fn cosign() -> (String, PublicKey) {
    let manifest: OciImageManifest = serde_json::from_str(MANIFEST_OF_COSIGN).unwrap();
    let [layer] = manifest.layers.as_slice() else {
        panic!("one signature")
    };
    assert_eq!(layer.media_type, PAYLOAD);
    assert_eq!(layer.digest, Digest::of(PAYLOAD_OF_COSIGN).as_str());
    let signature = layer.annotations.as_ref().unwrap()[SIGNATURE].clone();
    (signature, PublicKey::from_pem(COSIGN_PUB).unwrap())
}

#[test]
fn a_signature_made_by_cosign_counts() {
    let (signature, key) = cosign();
    let digest = SIGNED.parse().unwrap();
    assert_eq!(
        check(PAYLOAD_OF_COSIGN, Some(&signature), &digest, from_ref(&key)),
        Ok(&key)
    );
    // Of several keys the one that did it is told.
    let other = PrivateKey::generate().unwrap().public();
    let keys = [other, key.clone()];
    assert_eq!(
        check(PAYLOAD_OF_COSIGN, Some(&signature), &digest, &keys),
        Ok(&key)
    );
}

#[test]
fn for_these_bytes_this_key_and_this_digest_only() {
    let (signature, key) = cosign();
    let digest: Digest = SIGNED.parse().unwrap();
    let other = PrivateKey::generate().unwrap();
    let check = |payload: &[u8], signature: Option<&str>, digest: &Digest, key: &PublicKey| {
        super::check(payload, signature, digest, from_ref(key)).unwrap_err()
    };
    let payload = PAYLOAD_OF_COSIGN;
    assert_eq!(check(payload, None, &digest, &key), Flaw::NoSignature);
    assert_eq!(check(payload, Some("%"), &digest, &key), Flaw::NotBase64);
    assert_eq!(check(payload, Some(""), &digest, &key), Flaw::OtherKey);
    assert_eq!(
        check(payload, Some(&signature), &digest, &other.public()),
        Flaw::OtherKey
    );
    let mut forged = payload.to_vec();
    forged[10] ^= 1;
    assert_eq!(
        check(&forged, Some(&signature), &digest, &key),
        Flaw::OtherKey
    );
    // A good signature, moved to another plugin.
    assert_eq!(
        check(payload, Some(&signature), &Digest::of(b"evil"), &key),
        Flaw::OtherDigest(SIGNED.to_owned())
    );
}

/// What is wrong with a document of this text, rightly signed.
fn flaw_of(payload: &str) -> Flaw {
    let key = PrivateKey::generate().unwrap();
    let signature = STANDARD.encode(key.sign(payload.as_bytes()).unwrap());
    let digest = SIGNED.parse().unwrap();
    let public = key.public();
    check(
        payload.as_bytes(),
        Some(&signature),
        &digest,
        from_ref(&public),
    )
    .unwrap_err()
}

#[test]
fn a_key_used_for_other_documents_says_nothing_about_a_plugin() {
    let text = String::from_utf8(PAYLOAD_OF_COSIGN.to_vec()).unwrap();
    let other = text.replace("container image", "attestation");
    assert_eq!(
        flaw_of(&other),
        Flaw::OtherKind("cosign attestation signature".to_owned())
    );
    assert!(matches!(flaw_of("hello"), Flaw::Payload(_)));
    assert!(matches!(flaw_of("{}"), Flaw::Payload(_)));
}

#[test]
fn what_is_signed_here_is_what_cosign_signs() {
    let key = PrivateKey::generate().unwrap();
    let digest = SIGNED.parse().unwrap();
    let reference = "127.0.0.1:5055/team/fair:1".parse().unwrap();
    let signed = sign(&reference, &digest, &key).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&signed.payload),
        String::from_utf8_lossy(PAYLOAD_OF_COSIGN)
    );
    let public = key.public();
    assert_eq!(
        check(
            &signed.payload,
            Some(&signed.signature),
            &digest,
            from_ref(&public)
        ),
        Ok(&public)
    );
    assert_eq!(tag(&digest), format!("sha256-{}.sig", &SIGNED[7..]));
}
