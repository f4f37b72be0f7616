//! `schedulingProfiles`.

use super::Reference;
use crate::fields::Node;
use crate::problem::Problems;

/// One profile as written.
#[derive(Debug)]
pub(crate) struct ProfileDecl {
    pub(crate) name: String,
    /// Of the whole entry.
    pub(crate) path: String,
    pub(crate) entries: Vec<EntryDecl>,
}

/// One plugin of a profile as written.
#[derive(Debug)]
pub(crate) struct EntryDecl {
    pub(crate) plugin: Reference,
    pub(crate) weight: Option<f64>,
}

pub(super) fn read_all(node: &Node<'_>, problems: &mut Problems) -> Vec<ProfileDecl> {
    node.list(problems)
        .iter()
        .filter_map(|node| read(node, problems))
        .collect()
}

fn read(node: &Node<'_>, problems: &mut Problems) -> Option<ProfileDecl> {
    let mut fields = node.fields(problems)?;
    let name = fields.required_text("name", "a name for the profile", problems);
    let entries = fields
        .list("plugins", problems)
        .iter()
        .filter_map(|node| entry(node, problems))
        .collect();
    fields.finish(problems);
    Some(ProfileDecl {
        name: name?.to_owned(),
        path: node.path.clone(),
        entries,
    })
}

fn entry(node: &Node<'_>, problems: &mut Problems) -> Option<EntryDecl> {
    let mut fields = node.fields(problems)?;
    let plugin = Reference::field(&mut fields, "pluginRef", problems);
    let weight = fields.get("weight").and_then(|node| node.number(problems));
    fields.finish(problems);
    Some(EntryDecl {
        plugin: plugin?,
        weight,
    })
}
