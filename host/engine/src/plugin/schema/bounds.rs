//! What a schema must not be, whatever the library could make of it.

use std::collections::BTreeMap;

use serde_json::Value;

/// The deepest that references and nesting together may go.
const MOST_DEEP: usize = 256;
/// The most that a schema may grow to when every reference is replaced by what it names.
const MOST_UNFOLDED: u64 = 200_000;
/// References that depend on where a schema was reached from, or on other documents.
const NOT_FOLLOWED: [&str; 2] = ["$dynamicRef", "$recursiveRef"];

/// Passes a schema whose references stay inside of it and that is small when they are followed.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut walk = Walk {
        root: schema,
        known: BTreeMap::new(),
    };
    let size = walk.unfolded(schema, 0)?;
    if size > MOST_UNFOLDED {
        return Err(format!(
            "its references make it {size} values large, and at most {MOST_UNFOLDED} are followed"
        ));
    }
    Ok(())
}

struct Walk<'a> {
    root: &'a Value,
    /// How large what a reference names is; `None` while that is being found out, so that circles end.
    known: BTreeMap<&'a str, Option<u64>>,
}

impl<'a> Walk<'a> {
    fn unfolded(&mut self, value: &'a Value, depth: usize) -> Result<u64, String> {
        if depth > MOST_DEEP {
            return Err(format!("nested more than {MOST_DEEP} deep"));
        }
        let mut size = 1_u64;
        match value {
            Value::Array(items) => {
                for item in items {
                    size = size.saturating_add(self.unfolded(item, depth + 1)?);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let more = match member {
                        Value::String(reference) if name == "$ref" => {
                            self.referred(reference, depth)?
                        }
                        Value::String(reference) if NOT_FOLLOWED.contains(&name.as_str()) => {
                            return Err(outside(name, reference));
                        }
                        member => self.unfolded(member, depth + 1)?,
                    };
                    size = size.saturating_add(more);
                }
            }
            _ => {}
        }
        Ok(size)
    }

    fn referred(&mut self, reference: &'a str, depth: usize) -> Result<u64, String> {
        if let Some(known) = self.known.get(reference) {
            return Ok(known.unwrap_or(1));
        }
        let pointer = reference
            .strip_prefix('#')
            .filter(|pointer| pointer.is_empty() || pointer.starts_with('/'))
            .ok_or_else(|| outside("$ref", reference))?;
        // One that names nothing is the library's to report.
        let Some(target) = self.root.pointer(pointer) else {
            return Ok(1);
        };
        self.known.insert(reference, None);
        let size = self.unfolded(target, depth + 1)?;
        self.known.insert(reference, Some(size));
        Ok(size)
    }
}

fn outside(keyword: &str, reference: &str) -> String {
    format!(
        "`{keyword}` to `{reference}`; followed are references inside the schema, such as `#/$defs/Step`"
    )
}
