//! What disaggregated serving has agreed on: the label that says what a server does for a request, and
//! the headers by which the sidecar of the decode server learns of the others.

use crate::Endpoint;

/// The label that holds an endpoint's role.
pub const ROLE_LABEL: &str = "llm-d.ai/role";

/// The request header that names the prefill server, as `address:port`.
pub const PREFILLER_HEADER: &str = "x-prefiller-host-port";

/// The request header that names the encode servers, as `address:port` with commas between.
pub const ENCODERS_HEADER: &str = "x-encoder-hosts-ports";

/// The request header that names the data-parallel rank, as `address:port`.
pub const RANK_HEADER: &str = "x-data-parallel-host-port";

/// Whether an endpoint may decode. One without a role may: a pool in which nobody set the label is a
/// pool of whole servers.
pub fn may_decode(endpoint: &Endpoint) -> bool {
    match endpoint.label(ROLE_LABEL) {
        None => true,
        Some(role) => matches!(
            role,
            "decode" | "prefill-decode" | "both" | "encode-prefill-decode"
        ),
    }
}

/// Whether an endpoint may prefill. Unlike decoding it must be asked for: one without a role may not.
pub fn may_prefill(endpoint: &Endpoint) -> bool {
    matches!(
        endpoint.label(ROLE_LABEL),
        Some("prefill" | "encode-prefill" | "prefill-decode" | "both" | "encode-prefill-decode")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{endpoint, labelled};

    #[test]
    fn roles() {
        let check = |role: &str, decodes: bool, prefills: bool| {
            let endpoint = labelled(0, &[("app", "vllm"), (ROLE_LABEL, role)]);
            assert_eq!(may_decode(&endpoint), decodes, "{role}");
            assert_eq!(may_prefill(&endpoint), prefills, "{role}");
        };
        check("decode", true, false);
        check("prefill", false, true);
        check("prefill-decode", true, true);
        check("both", true, true);
        check("encode", false, false);
        check("encode-prefill", false, true);
        check("encode-prefill-decode", true, true);
        check("", false, false);
        check("Decode", false, false);
    }

    #[test]
    fn without_a_role_a_server_decodes_and_does_not_prefill() {
        assert!(may_decode(&endpoint(0)));
        assert!(!may_prefill(&endpoint(0)));
    }
}
