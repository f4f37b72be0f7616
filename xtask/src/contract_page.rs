//! `docs/contract-reference.md`: the contract's documentation as one page, made from the comments in `wit/`.
//!
//! The comments are the contract's manual, and a page that is written beside them would say something else one day.
//! So the page is made of them, and `cargo verify` holds it against them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wit_parser::{
    Docs, Function, Interface, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, World, WorldItem,
    WorldKey,
};

/// Where the page stands, from the root.
const PAGE: &str = "docs/contract-reference.md";
/// The task that writes it.
const TASK: &str = "cargo xtask contract-page";
/// The files in the order in which they are best read. Others follow by name.
const ORDER: [&str; 5] = ["types", "lifecycle", "stages", "imports", "worlds"];

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The contract does not parse.
    #[error("the contract in wit/ cannot be read: {0}")]
    Contract(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes the page; answers where it is.
pub fn write(root: &Path) -> Result<PathBuf, PageError> {
    let path = root.join(PAGE);
    std::fs::write(&path, page(&root.join("wit"))?).map_err(failed(&path))?;
    Ok(path)
}

/// What is wrong with the page that is there.
pub fn check(root: &Path) -> Result<Option<String>, PageError> {
    let wanted = page(&root.join("wit"))?;
    // One that is not there is as wrong as one that says something else.
    let found = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    Ok((found != wanted).then(|| format!("{PAGE} is not what wit/ says; `{TASK}` makes it anew")))
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> PageError + use<> {
    let path = path.to_path_buf();
    |source| PageError::File { path, source }
}

/// One file of the contract.
struct File {
    name: String,
    text: String,
}

fn files(directory: &Path) -> Result<Vec<File>, PageError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed(directory))? {
        let path = entry.map_err(failed(directory))?.path();
        if path.extension().is_some_and(|ending| ending == "wit") {
            let name = path.file_stem().unwrap_or_default();
            files.push(File {
                name: name.to_string_lossy().into_owned(),
                text: std::fs::read_to_string(&path).map_err(failed(&path))?,
            });
        }
    }
    let place = |file: &File| ORDER.iter().position(|name| *name == file.name);
    files.sort_by_key(|file| (place(file).unwrap_or(ORDER.len()), file.name.clone()));
    Ok(files)
}

/// The page for the package in a directory.
fn page(directory: &Path) -> Result<String, PageError> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(directory)
        .map_err(|error| PageError::Contract(format!("{error:#}")))?;
    let package = &resolve.packages[package];
    let mut text = format!(
        "# Contract reference\n\n\
         Every item of `{}`: what it means, its unit, when it is called and what a failure means. [The plugin\n\
         contract](contract.md) says why it has this shape, and which columns and scalars there are.\n\n\
         This page is made of the comments in `wit/` by `{TASK}`; edit those.\n",
        package.name
    );
    for file in files(directory)? {
        let _ = write!(text, "\n## wit/{}.wit\n", file.name);
        let head = head(&file.text);
        if !head.is_empty() {
            let _ = write!(text, "\n{head}\n");
        }
        for (kind, name) in items(&file.text) {
            match kind {
                "interface" => {
                    if let Some(id) = package.interfaces.get(name) {
                        interface(&resolve, *id, &head, &mut text);
                    }
                }
                _ => {
                    if let Some(id) = package.worlds.get(name) {
                        world(&resolve, &resolve.worlds[*id], &mut text);
                    }
                }
            }
        }
    }
    Ok(text)
}

/// What a file says before its first item, as a comment about the whole.
fn head(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//"));
    let lines = lines.take_while(|line| !line.starts_with('/'));
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n")
}

/// The interfaces and worlds of a file, in its order.
fn items(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let kind = words.next()?;
        let is_item = !line.starts_with(' ') && matches!(kind, "interface" | "world");
        is_item.then_some((kind, words.next()?))
    })
}

fn docs(docs: &Docs) -> &str {
    docs.contents.as_deref().unwrap_or_default().trim()
}

/// Documentation as one line, for a cell of a table.
fn cell(text: &Docs) -> String {
    let words: Vec<&str> = docs(text).split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

fn interface(resolve: &Resolve, id: InterfaceId, head: &str, text: &mut String) {
    let it: &Interface = &resolve.interfaces[id];
    let name = it.name.as_deref().unwrap_or_default();
    let _ = write!(text, "\n### interface `{name}`\n\n");
    // To the parser the comment about the whole file belongs to the first item after it.
    let own = docs(&it.docs);
    text.push_str(own.strip_prefix(head).unwrap_or(own).trim_start());
    text.push('\n');
    for (ty, id) in &it.types {
        define(resolve, ty, &resolve.types[*id], text);
    }
    for (function, it) in &it.functions {
        let _ = write!(text, "\n#### `{name}.{function}`\n\n");
        let _ = write!(text, "```wit\n{}\n```\n\n", signature(resolve, it));
        text.push_str(docs(&it.docs));
        text.push('\n');
    }
}

/// A type where it is defined. One that is only used here stands elsewhere.
fn define(resolve: &Resolve, name: &str, it: &TypeDef, text: &mut String) {
    let kind = it.kind.as_str();
    let begin = |text: &mut String| {
        let _ = write!(text, "\n#### {kind} `{name}`\n\n{}\n", docs(&it.docs));
    };
    match &it.kind {
        TypeDefKind::Type(Type::Id(_)) => {}
        TypeDefKind::Record(record) => {
            begin(text);
            text.push_str("\n| field | type | |\n|---|---|---|\n");
            for field in &record.fields {
                let ty = told(resolve, &field.ty);
                let _ = writeln!(
                    text,
                    "| `{}` | `{ty}` | {} |",
                    field.name,
                    cell(&field.docs)
                );
            }
        }
        TypeDefKind::Enum(cases) => {
            begin(text);
            text.push_str("\n| case | |\n|---|---|\n");
            for case in &cases.cases {
                let _ = writeln!(text, "| `{}` | {} |", case.name, cell(&case.docs));
            }
        }
        TypeDefKind::Flags(flags) => {
            begin(text);
            text.push_str("\n| flag | |\n|---|---|\n");
            for flag in &flags.flags {
                let _ = writeln!(text, "| `{}` | {} |", flag.name, cell(&flag.docs));
            }
        }
        TypeDefKind::Variant(variant) => {
            begin(text);
            text.push_str("\n| case | type | |\n|---|---|---|\n");
            for case in &variant.cases {
                let ty = case
                    .ty
                    .as_ref()
                    .map(|ty| format!("`{}`", told(resolve, ty)));
                let ty = ty.unwrap_or_default();
                let _ = writeln!(text, "| `{}` | {ty} | {} |", case.name, cell(&case.docs));
            }
        }
        kind => {
            begin(text);
            let _ = write!(text, "\n`type {name} = {}`\n", anonymous(resolve, kind));
        }
    }
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let arguments = function.params.iter();
    let arguments: Vec<String> = arguments
        .map(|one| format!("{}: {}", one.name, told(resolve, &one.ty)))
        .collect();
    let result = function.result.as_ref();
    let result = result.map(|ty| format!(" -> {}", told(resolve, ty)));
    format!(
        "{}: func({}){};",
        function.name,
        arguments.join(", "),
        result.unwrap_or_default()
    )
}

/// A type as `wit/` writes it.
fn told(resolve: &Resolve, ty: &Type) -> String {
    let word = match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => {
            let it = &resolve.types[*id];
            return match &it.name {
                Some(name) => name.clone(),
                None => anonymous(resolve, &it.kind),
            };
        }
    };
    word.to_owned()
}

fn anonymous(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let part = |ty: &Option<Type>| match ty {
        Some(ty) => told(resolve, ty),
        None => "_".to_owned(),
    };
    match kind {
        TypeDefKind::Type(ty) => told(resolve, ty),
        TypeDefKind::List(ty) => format!("list<{}>", told(resolve, ty)),
        TypeDefKind::Option(ty) => format!("option<{}>", told(resolve, ty)),
        TypeDefKind::Result(it) => match (&it.ok, &it.err) {
            (None, None) => "result".to_owned(),
            (ok, None) => format!("result<{}>", part(ok)),
            (ok, err) => format!("result<{}, {}>", part(ok), part(err)),
        },
        TypeDefKind::Tuple(it) => {
            let types: Vec<String> = it.types.iter().map(|ty| told(resolve, ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        other => other.as_str().to_owned(),
    }
}

fn world(resolve: &Resolve, it: &World, text: &mut String) {
    let _ = write!(text, "\n### world `{}`\n\n{}\n", it.name, docs(&it.docs));
    let sides = [("Imports", &it.imports), ("Exports", &it.exports)];
    for (side, items) in sides {
        let names: Vec<String> = items
            .iter()
            .map(|(key, item)| format!("`{}`", item_name(resolve, key, item)))
            .collect();
        if !names.is_empty() {
            let _ = write!(text, "\n{side}: {}.\n", names.join(", "));
        }
    }
}

fn item_name(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> String {
    match (key, item) {
        (WorldKey::Name(name), _) => name.clone(),
        (WorldKey::Interface(id), _) => {
            let name = resolve.interfaces[*id].name.clone();
            name.unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests;
