//! A request's body as the router understands it.

use switchyard_openai::{BodyError, MissingModel, RequestBody};
use switchyard_scheduler::RequestValues;

use crate::extproc::head::Head;
use crate::extproc::picker::{Refused, Upload};
use crate::prefix::BYTES_PER_TOKEN;

/// A request as far as it was read.
pub(super) struct Read<'a> {
    pub(super) body: RequestBody,
    pub(super) bytes: &'a [u8],
    /// What the client asked for.
    pub(super) model: String,
    /// What the model server will be asked for.
    pub(super) target_model: String,
}

impl<'a> Read<'a> {
    /// Reads what there is of the body. `rewrite`: a header may name another model.
    pub(super) fn new(head: &Head, upload: Upload<'a>, rewrite: bool) -> Result<Self, Refused> {
        // Where the body is not shown to us it cannot be changed, and nobody shall believe it was.
        let shown = !matches!(upload, Upload::Absent);
        let rewrite = head.model_rewrite().filter(|_| rewrite && shown);
        let missing = if rewrite.is_some() {
            MissingModel::Allow
        } else {
            MissingModel::Refuse
        };
        let (body, bytes) = match upload {
            Upload::Whole(bytes) => (
                RequestBody::read(head.path(), bytes, missing).map_err(refused)?,
                bytes,
            ),
            // What was cut off cannot be judged: it is routed by load.
            Upload::Partial(bytes) => (
                RequestBody::read(head.path(), bytes, missing)
                    .unwrap_or_else(|_| RequestBody::load_only()),
                bytes,
            ),
            Upload::Absent => (RequestBody::load_only(), &[][..]),
        };
        let model = body.model().unwrap_or_default().to_owned();
        let target_model = rewrite.map_or_else(|| model.clone(), str::to_owned);
        Ok(Self {
            body,
            bytes,
            model,
            target_model,
        })
    }

    /// The body to send on, where the model changes.
    pub(super) fn changed_body(&self) -> Option<Vec<u8>> {
        let changes = self.target_model != self.model && !self.bytes.is_empty();
        changes.then(|| {
            switchyard_openai::rewrite::with_model(&self.body, self.bytes, &self.target_model)
        })
    }

    /// What plugins can know of the request by name.
    pub(super) fn values(&self, candidates: usize) -> RequestValues {
        let number = |number: usize| number as f64;
        let prompt_bytes = self.body.prompt_bytes();
        let max_tokens = self.body.max_tokens();
        RequestValues {
            columns: Vec::new(),
            scalars: vec![
                ("prompt-bytes", number(prompt_bytes)),
                (
                    "prompt-tokens",
                    number(prompt_bytes.div_ceil(BYTES_PER_TOKEN)),
                ),
                ("body-bytes", number(self.bytes.len())),
                ("stream", f64::from(u8::from(self.body.stream()))),
                ("priority", 0.0),
                (
                    "max-tokens",
                    max_tokens.map_or(f64::NAN, |tokens| tokens as f64),
                ),
                ("multimodal-parts", number(self.body.multimodal_parts())),
                ("candidates", number(candidates)),
            ],
        }
    }
}

fn refused(error: BodyError) -> Refused {
    Refused {
        status: 400,
        reason: None,
        message: error.to_string(),
    }
}
