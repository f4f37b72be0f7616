//! A request's headers as the gateway sent them, and what they say about routing.

use std::net::{IpAddr, SocketAddr};

use switchyard_scheduler::HeaderSource;

use super::pb::{HeaderMap, HeaderValue, Metadata, Value, value};

/// Names that steer routing. What a client sends under them is removed, so that nothing it says can
/// become an address that a request or its KV transfer goes to.
pub const CONTROL_HEADERS: &[&str] = &[
    DESTINATION,
    "x-prefiller-host-port",
    "x-encoder-hosts-ports",
    "x-data-parallel-host-port",
    "x-kv-cache-source-host-port",
];
/// The destination: a header, and a key in the metadata namespace `envoy.lb`.
pub const DESTINATION: &str = "x-gateway-destination-endpoint";
/// The request's id.
pub const REQUEST_ID: &str = "x-request-id";
/// The model to use instead of the one named in the body; the second is the older spelling.
pub const MODEL_REWRITE: &[&str] = &["x-llm-d-model-name-rewrite", "x-gateway-model-name-rewrite"];

const SUBSET_NAMESPACE: &str = "envoy.lb.subset_hint";
const SUBSET_KEY: &str = "x-gateway-destination-endpoint-subset";

/// A request's headers.
#[derive(Debug, Default)]
pub struct Head {
    headers: Vec<HeaderValue>,
    /// The candidates the gateway allows; `None`: all.
    pub subset: Option<Vec<Allowed>>,
}

/// One entry of a subset hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Every port of this address.
    Address(IpAddr),
    /// This one.
    Socket(SocketAddr),
}

impl Allowed {
    /// Whether the hint means this endpoint.
    pub fn allows(&self, address: IpAddr, port: u16) -> bool {
        match self {
            Self::Address(allowed) => *allowed == address,
            Self::Socket(allowed) => *allowed == SocketAddr::new(address, port),
        }
    }
}

impl Head {
    /// Takes the headers over from the first message of a stream.
    pub fn new(headers: Option<HeaderMap>, metadata: Option<&Metadata>) -> Self {
        let headers = headers.map(|map| map.headers).unwrap_or_default();
        Self {
            headers,
            subset: metadata.and_then(subset),
        }
    }

    /// The first value of a header, by its lower-case name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|header| header.key.eq_ignore_ascii_case(name))?;
        text(found)
    }

    /// The path without its query. Behind some gateways the original stands under another name.
    pub fn path(&self) -> &str {
        let path = [":path", "x-original-path", "x-forwarded-path"]
            .iter()
            .find_map(|name| self.get(name));
        let path = path.unwrap_or("/v1/completions");
        path.split_once('?').map_or(path, |(path, _)| path)
    }

    /// The model that a rewrite header names.
    pub fn model_rewrite(&self) -> Option<&str> {
        MODEL_REWRITE
            .iter()
            .find_map(|name| self.get(name))
            .map(str::trim)
            .filter(|model| !model.is_empty())
    }

    /// The control headers the client sent, whatever their values are: bytes that we cannot read may
    /// well be an address to whoever reads them next.
    pub fn control_headers(&self) -> impl Iterator<Item = &'static str> {
        let sent = |name: &str| {
            self.headers
                .iter()
                .any(|header| header.key.eq_ignore_ascii_case(name))
        };
        CONTROL_HEADERS
            .iter()
            .copied()
            .filter(move |name| sent(name))
    }
}

impl HeaderSource for Head {
    fn header(&self, name: &str) -> Option<String> {
        let mut values = self
            .headers
            .iter()
            .filter(|header| header.key.eq_ignore_ascii_case(name))
            .filter_map(text);
        let mut joined = values.next()?.to_owned();
        for value in values {
            joined.push_str(", ");
            joined.push_str(value);
        }
        Some(joined)
    }
}

/// Envoy fills `raw_value`; other gateways, and older ones, `value`.
fn text(header: &HeaderValue) -> Option<&str> {
    match header.raw_value.is_empty() {
        true => Some(&header.value),
        false => std::str::from_utf8(&header.raw_value).ok(),
    }
}

/// The subset hint: a list, or one string with commas; each entry an address with or without a port. A
/// hint that is there but names nothing readable allows nothing: it must not widen to everything.
fn subset(metadata: &Metadata) -> Option<Vec<Allowed>> {
    let hint = metadata
        .filter_metadata
        .get(SUBSET_NAMESPACE)?
        .fields
        .get(SUBSET_KEY)?;
    let mut entries = Vec::new();
    collect(hint, &mut entries);
    Some(entries.iter().filter_map(|entry| allowed(entry)).collect())
}

fn collect<'a>(hint: &'a Value, entries: &mut Vec<&'a str>) {
    match &hint.kind {
        Some(value::Kind::StringValue(text)) => entries.extend(text.split(',').map(str::trim)),
        Some(value::Kind::ListValue(list)) => {
            list.values.iter().for_each(|entry| collect(entry, entries))
        }
        _ => {}
    }
}

fn allowed(entry: &str) -> Option<Allowed> {
    if let Ok(socket) = entry.parse() {
        return Some(Allowed::Socket(socket));
    }
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    bare.parse().ok().map(Allowed::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extproc::pb::Struct;
    use envoy_types::pb::google::protobuf::ListValue;

    fn string(text: &str) -> Value {
        Value {
            kind: Some(value::Kind::StringValue(text.into())),
        }
    }

    fn check_subset(hint: Option<Value>, expected: Option<&[&str]>) {
        let fields = hint
            .map(|hint| (SUBSET_KEY.to_owned(), hint))
            .into_iter()
            .collect();
        let metadata = Metadata {
            filter_metadata: [(SUBSET_NAMESPACE.to_owned(), Struct { fields })].into(),
            ..Metadata::default()
        };
        let expected = expected.map(|entries| {
            entries
                .iter()
                .filter_map(|entry| allowed(entry))
                .collect::<Vec<_>>()
        });
        assert_eq!(subset(&metadata), expected);
    }

    #[test]
    fn subset_hints() {
        check_subset(None, None);
        check_subset(
            Some(string("10.0.0.1, 10.0.0.2:8000")),
            Some(&["10.0.0.1", "10.0.0.2:8000"]),
        );
        let list = ListValue {
            values: vec![
                string("10.0.0.1:8000"),
                string("[fd00::1]:80"),
                string("fd00::2"),
            ],
        };
        let list = Value {
            kind: Some(value::Kind::ListValue(list)),
        };
        check_subset(
            Some(list),
            Some(&["10.0.0.1:8000", "[fd00::1]:80", "fd00::2"]),
        );
        check_subset(Some(string("")), Some(&[]));
        check_subset(Some(string("not-an-address")), Some(&[]));
        check_subset(
            Some(Value {
                kind: Some(value::Kind::NumberValue(1.0)),
            }),
            Some(&[]),
        );
    }

    #[test]
    fn an_address_allows_every_port_and_a_socket_one() {
        let ip: IpAddr = IpAddr::from([10, 0, 0, 1]);
        assert!(allowed("10.0.0.1").is_some_and(|a| a.allows(ip, 1) && a.allows(ip, 2)));
        assert!(allowed("10.0.0.1:1").is_some_and(|a| a.allows(ip, 1) && !a.allows(ip, 2)));
        assert!(allowed("[fd00::1]").is_some());
    }
}
