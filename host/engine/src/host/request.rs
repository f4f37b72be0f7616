//! The interface `request`: about the one request at hand, empty when there is none.

use switchyard_scheduler::Request;

use crate::bindings::switchyard::plugin::request::Host;
use crate::fault::Stop;
use crate::journal::{Piece, Recorded, Shown};
use crate::store::State;

impl State {
    /// A string of the request, empty where there is none.
    fn text(
        &mut self,
        call: &'static str,
        of: impl FnOnce(&Request) -> &str,
    ) -> wasmtime::Result<String> {
        let text = self.answer(
            || call.to_owned(),
            |state| {
                state
                    .request
                    .as_deref()
                    .map_or_else(String::new, |request| of(request).to_owned())
            },
        )?;
        self.carry(text.len())?;
        Ok(text)
    }
}

impl Host for State {
    fn id(&mut self) -> wasmtime::Result<String> {
        self.text("request.id()", |request| &request.id)
    }

    fn path(&mut self) -> wasmtime::Result<String> {
        self.text("request.path()", |request| &request.path)
    }

    fn model(&mut self) -> wasmtime::Result<String> {
        self.text("request.model()", |request| &request.model)
    }

    fn target_model(&mut self) -> wasmtime::Result<String> {
        self.text("request.target-model()", |request| &request.target_model)
    }

    fn header(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.carry(name.len())?;
        let call = || format!("request.header({name:?})");
        let value = if self.journal.is_replay() {
            self.journal.serve::<Shown>(&call())?.0
        } else {
            let value = self.request.as_ref().and_then(|it| it.header(&name));
            self.journal
                .keep(call, || Shown::of(&name, &value).to_json());
            value
        };
        self.carry(value.as_ref().map_or(0, String::len))?;
        Ok(value)
    }

    fn body(&mut self, offset: u64, length: u32) -> wasmtime::Result<Vec<u8>> {
        let call = || format!("request.body({offset}, {length})");
        let bytes = match &self.request {
            Some(request) if self.granted.body => request.body(offset, length),
            _ => Vec::new(),
        };
        if self.journal.is_replay() {
            if self.journal.serve::<Piece>(&call())? != Piece::of(&bytes) {
                return Err(Stop::ReplayBody { call: call() }.into());
            }
        } else {
            self.journal.keep(call, || Piece::of(&bytes).to_json());
        }
        self.carry(bytes.len())?;
        Ok(bytes)
    }

    fn profile(&mut self) -> wasmtime::Result<String> {
        let profile = self.answer(
            || "request.profile()".to_owned(),
            |state| state.profile.clone(),
        )?;
        self.carry(profile.len())?;
        Ok(profile)
    }

    fn profiles(&mut self) -> wasmtime::Result<Vec<String>> {
        let profiles = self.answer(
            || "request.profiles()".to_owned(),
            |state| match &state.request {
                Some(request) => request
                    .profiles
                    .iter()
                    .map(|name| (**name).into())
                    .collect(),
                None => Vec::new(),
            },
        )?;
        self.carry(profiles.iter().map(String::len).sum())?;
        Ok(profiles)
    }

    fn peers(&mut self, profile: String) -> wasmtime::Result<Vec<u32>> {
        self.carry(profile.len())?;
        let rows = self.answer(
            || format!("request.peers({profile:?})"),
            |state| {
                let request = state.request.as_ref();
                request.map_or_else(Vec::new, |request| request.peers(&profile))
            },
        )?;
        self.carry(rows.len() * size_of::<u32>())?;
        Ok(rows)
    }

    fn now_ms(&mut self) -> wasmtime::Result<u64> {
        self.answer(
            || "request.now-ms()".to_owned(),
            |state| state.request.as_ref().map_or(0, |request| request.now_ms),
        )
    }

    fn seed(&mut self) -> wasmtime::Result<u64> {
        self.answer(|| "request.seed()".to_owned(), |state| state.mixed_seed())
    }
}
