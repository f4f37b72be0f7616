//! The endpoints file: `endpoints: [{name, namespace, address, port, labels}]`, YAML or JSON.
//!
//! One bad entry spoils the whole list, because a list that is applied in part looks to everyone else
//! like one that was meant.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use serde_json::Value;

use crate::fields::{Fields, Node, child};
use crate::problem::{ConfigError, Problems};
use crate::tree;

/// The size of the largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 1 << 20;

/// One model server as the file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSpec {
    /// Unique within the namespace.
    pub name: String,
    /// `default` where none is given.
    pub namespace: String,
    /// An IPv4 or IPv6 literal; host names are not resolved.
    pub address: IpAddr,
    /// Its port, never 0.
    pub port: u16,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// Reads an endpoints file. `file` is what messages call it. An empty list is a list.
///
/// # Errors
/// Every mistake in it, all at once.
pub fn read(file: &str, text: &str) -> Result<Vec<EndpointSpec>, ConfigError> {
    let mut problems = Problems::default();
    let mut specs = Vec::new();
    if let Some(tree) = tree::parse("`endpoints:` with a list", text, &mut problems) {
        read_tree(&tree, &mut specs, &mut problems);
    }
    if problems.is_empty() {
        Ok(specs)
    } else {
        Err(problems.into_error(file))
    }
}

fn read_tree(tree: &Value, specs: &mut Vec<EndpointSpec>, problems: &mut Problems) {
    let Some(mut fields) = Node::root(tree).fields(problems) else {
        return;
    };
    let mut taken = Taken::default();
    match fields.get("endpoints") {
        // Not the same as an empty list: a file that is just being written looks like this.
        None => problems.add("endpoints", "nothing", "a list, `[]` for no endpoints"),
        Some(node) => {
            for node in node.list(problems) {
                if let Some(spec) = entry(&node, problems) {
                    taken.check(&spec, &node.path, problems);
                    specs.push(spec);
                }
            }
        }
    }
    fields.finish(problems);
}

fn entry(node: &Node<'_>, problems: &mut Problems) -> Option<EndpointSpec> {
    let mut fields = node.fields(problems)?;
    let name = part_of_id(&mut fields, "name", None, problems);
    let namespace = part_of_id(&mut fields, "namespace", Some("default"), problems);
    let address = address(&mut fields, problems);
    let port = port(&mut fields, problems);
    let labels = match fields.get("labels") {
        Some(node) => labels(&node, problems),
        None => Some(BTreeMap::new()),
    };
    fields.finish(problems);
    Some(EndpointSpec {
        name: name?,
        namespace: namespace?,
        address: address?,
        port: port?,
        labels: labels?,
    })
}

/// A name or a namespace: `namespace/name` must stay readable as such.
fn part_of_id(
    fields: &mut Fields<'_>,
    field: &'static str,
    default: Option<&str>,
    problems: &mut Problems,
) -> Option<String> {
    let Some(node) = fields.get(field) else {
        if default.is_none() {
            let path = child(&fields.path, field);
            problems.add(&path, "nothing", "a name for the endpoint");
        }
        return default.map(str::to_owned);
    };
    let text = node.text(problems)?;
    if text.contains('/') || text.contains(char::is_whitespace) {
        return node.wrong("text without spaces and slashes", problems);
    }
    Some(text.to_owned())
}

fn address(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<IpAddr> {
    let text = fields.required_text("address", "an IPv4 or IPv6 literal", problems)?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        problems.add(
            &child(&fields.path, "address"),
            format!("\"{text}\""),
            "an IPv4 or IPv6 literal, such as 10.0.0.7 or fd00::7 (no host names, brackets or ports)",
        );
    }
    parsed
}

fn port(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<u16> {
    let Some(node) = fields.get("port") else {
        let path = child(&fields.path, "port");
        problems.add(&path, "nothing", "a port from 1 to 65535");
        return None;
    };
    let port = match node.value {
        Value::Number(number) => number.as_u64().and_then(|port| u16::try_from(port).ok()),
        Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    match port {
        Some(port) if port > 0 => Some(port),
        _ => node.wrong("a port from 1 to 65535", problems),
    }
}

fn labels(node: &Node<'_>, problems: &mut Problems) -> Option<BTreeMap<String, String>> {
    let Value::Object(map) = node.value else {
        return node.wrong("a mapping of labels", problems);
    };
    let mut labels = BTreeMap::new();
    for (key, value) in map {
        let node = Node {
            value,
            path: child(&node.path, key),
        };
        match value {
            Value::String(text) => {
                labels.insert(key.clone(), text.clone());
            }
            _ => {
                node.wrong::<()>("text (put numbers and true in quotes)", problems);
            }
        }
    }
    (labels.len() == map.len()).then_some(labels)
}

/// What earlier entries took, with their paths.
#[derive(Default)]
struct Taken {
    ids: HashMap<(String, String), String>,
    sockets: HashMap<(IpAddr, u16), String>,
}

impl Taken {
    fn check(&mut self, spec: &EndpointSpec, path: &str, problems: &mut Problems) {
        let id = (spec.namespace.clone(), spec.name.clone());
        if let Some(earlier) = self.ids.insert(id, path.to_owned()) {
            problems.add(
                &child(path, "name"),
                format!("{}/{}, as in {earlier}", spec.namespace, spec.name),
                "each namespace and name once",
            );
        }
        let socket = (spec.address.to_canonical(), spec.port);
        if let Some(earlier) = self.sockets.insert(socket, path.to_owned()) {
            problems.add(
                &child(path, "address"),
                format!("{} port {}, as in {earlier}", spec.address, spec.port),
                "each address and port once",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        match read("endpoints.yaml", text) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems.iter().map(ToString::to_string).collect(),
        }
    }

    /// Reads one entry written in flow style.
    fn check(entry: &str, mistakes: &[&str]) {
        let found = errors(&format!("endpoints: [{entry}]"));
        assert_eq!(found.len(), mistakes.len(), "{entry}: {found:?}");
        for (found, mistake) in found.iter().zip(mistakes) {
            assert!(found.contains(mistake), "{entry}: {found}");
        }
    }

    #[test]
    fn reads_every_form() {
        let yaml = "
endpoints:
- {name: a, address: 10.0.0.1, port: 8000}
- name: a
  namespace: other
  address: fd00::1
  port: \"8000\"
  labels: {llm-d.ai/role: decode}
";
        let specs = read("endpoints.yaml", yaml).unwrap();
        assert_eq!(specs.len(), 2);
        assert_eq!(specs[0].namespace, "default");
        assert_eq!(specs[1].address, "fd00::1".parse::<IpAddr>().unwrap());
        assert_eq!(specs[1].port, 8000);
        assert_eq!(specs[1].labels["llm-d.ai/role"], "decode");
        let json = r#"{"endpoints":[{"name":"a","address":"10.0.0.1","port":8000}]}"#;
        assert_eq!(read("e", json).unwrap(), specs[..1]);
        assert_eq!(read("e", "endpoints: []").unwrap(), []);
    }

    #[test]
    fn refuses_bad_entries() {
        check("{name: a, address: 10.0.0.1, port: 1}", &[]);
        check("{}", &["[0].name", "[0].address", "[0].port"]);
        check(
            "{name: a, address: host.example, port: 1}",
            &["host.example"],
        );
        check("{name: a, address: '[::1]', port: 1}", &["brackets"]);
        check("{name: a, address: '10.0.0.1:80', port: 1}", &["address"]);
        for port in ["0", "65536", "-1", "1.5", "http", "'+1'", "''", "true"] {
            let entry = format!("{{name: a, address: 10.0.0.1, port: {port}}}");
            check(&entry, &["1 to 65535"]);
        }
        check("{name: a/b, address: 10.0.0.1, port: 1}", &["slashes"]);
        check(
            "{name: a, address: 10.0.0.1, port: 1, labels: {tier: 1}}",
            &["labels.tier: found 1"],
        );
        check(
            "{name: a, address: 10.0.0.1, port: 1, labels: x}",
            &["mapping"],
        );
        check(
            "{name: a, address: 10.0.0.1, port: 1, lables: {}}",
            &["did you mean `labels`?"],
        );
        check("5", &["a mapping"]);
    }

    #[test]
    fn refuses_what_is_there_twice() {
        let a = "{name: a, address: 10.0.0.1, port: 1}";
        check(
            &format!("{a}, {{name: a, namespace: default, address: 10.0.0.2, port: 1}}"),
            &["default/a, as in endpoints[0]"],
        );
        check(
            &format!("{a}, {{name: b, address: '::ffff:10.0.0.1', port: '1'}}"),
            &["as in endpoints[0]; expected each address and port once"],
        );
        check(
            &format!("{a}, {{name: b, address: 10.0.0.1, port: 2}}"),
            &[],
        );
    }

    #[test]
    fn half_a_file_is_no_empty_list() {
        for text in ["", "endpoints:", "{}", "endpoints: {", "endpoints: 5", "[]"] {
            assert!(!errors(text).is_empty(), "{text:?}");
        }
        assert!(errors("endpoints: []\nmore: 1")[0].contains("more"));
    }
}
