//! How a WASI function is called, and the "no" that every function without an entry answers.

use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{ResourceDynamic, Val};
use wasmtime::{AsContextMut, StoreContextMut};

use crate::fault::Stop;
use crate::store::State;

/// A function of WASI: plain arguments in, one answer out.
pub(super) type Run = fn(&mut State, &[Arg]) -> Result<Answer, Stop>;

/// An argument, resources as the number the host gave them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arg {
    Number(u64),
    Bytes(Vec<u8>),
    Resource(u32),
    Resources(Vec<u32>),
    /// Anything that no function with an entry reads.
    Other,
}

/// What a function answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Nothing,
    Value(Val),
    /// A new handle: the resource's name and the host's number for it.
    Resource(&'static str, u32),
    /// "No", in the way that the result type allows.
    No,
}

/// The number by which wasmtime tells resource types apart: a hash (FNV-1a) of the name, so that an interface which
/// uses another's resource gets the same one.
pub(super) fn resource_id(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Calls `run`, or answers "no" where there is none.
pub(super) fn call(
    name: &str,
    run: Option<Run>,
    mut store: StoreContextMut<'_, State>,
    ty: &ComponentFunc,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let args = params
        .iter()
        .map(|param| arg(&mut store, param))
        .collect::<wasmtime::Result<Vec<Arg>>>()?;
    let answer = match run {
        Some(run) => run(store.data_mut(), &args)?,
        None => Answer::No,
    };
    let Some(result) = results.first_mut() else {
        return Ok(());
    };
    *result = match answer {
        Answer::Value(value) => value,
        Answer::Resource(resource, number) => {
            let handle = ResourceDynamic::new_own(number, resource_id(resource));
            Val::Resource(handle.try_into_resource_any(&mut store)?)
        }
        Answer::Nothing | Answer::No => {
            ty.results()
                .next()
                .and_then(|ty| no(&ty))
                .ok_or_else(|| Stop::NotOffered {
                    call: name.to_owned(),
                })?
        }
    };
    Ok(())
}

fn arg(store: &mut StoreContextMut<'_, State>, param: &Val) -> wasmtime::Result<Arg> {
    Ok(match param {
        Val::U64(number) => Arg::Number(*number),
        Val::U32(number) => Arg::Number(u64::from(*number)),
        Val::Resource(_) => Arg::Resource(number_of(store, param)?),
        Val::List(items) if matches!(items.first(), Some(Val::Resource(_))) => Arg::Resources(
            items
                .iter()
                .map(|item| number_of(store, item))
                .collect::<wasmtime::Result<_>>()?,
        ),
        Val::List(items) => Arg::Bytes(
            items
                .iter()
                .filter_map(|item| match item {
                    Val::U8(byte) => Some(*byte),
                    _ => None,
                })
                .collect(),
        ),
        _ => Arg::Other,
    })
}

fn number_of(store: &mut StoreContextMut<'_, State>, param: &Val) -> wasmtime::Result<u32> {
    match param {
        Val::Resource(resource) => {
            let resource =
                ResourceDynamic::try_from_resource_any(*resource, store.as_context_mut())?;
            Ok(resource.rep())
        }
        _ => Ok(0),
    }
}

/// The error cases that say "not allowed here", best first.
const REFUSALS: [&str; 5] = [
    "access-denied",
    "access",
    "not-permitted",
    "not-supported",
    "closed",
];

/// "No" as a value of this type, if the type can say it.
fn no(ty: &Type) -> Option<Val> {
    match ty {
        Type::List(_) => Some(Val::List(Vec::new())),
        Type::Option(_) => Some(Val::Option(None)),
        Type::Bool => Some(Val::Bool(false)),
        Type::Result(result) => match result.err() {
            None => Some(Val::Result(Err(None))),
            Some(error) => Some(Val::Result(Err(Some(Box::new(refusal(&error)?))))),
        },
        _ => None,
    }
}

fn refusal(ty: &Type) -> Option<Val> {
    match ty {
        Type::Enum(cases) => {
            let names: Vec<&str> = cases.names().collect();
            let case = REFUSALS.iter().find(|refusal| names.contains(refusal));
            Some(Val::Enum(case.or(names.first())?.to_string()))
        }
        Type::Variant(cases) => {
            let plain: Vec<&str> = cases
                .cases()
                .filter(|case| case.ty.is_none())
                .map(|case| case.name)
                .collect();
            let case = REFUSALS.iter().find(|refusal| plain.contains(refusal));
            Some(Val::Variant(case.or(plain.first())?.to_string(), None))
        }
        _ => None,
    }
}
