//! The gRPC service that gateways call.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::pb::{
    ProcessingRequest, ProcessingResponse, external_processor_server::ExternalProcessor,
};
use super::picker::Picker;
use super::session::Bounds;
use super::stream::Answers;
use crate::metrics::Metrics;

/// Serves ext_proc with a picker.
pub struct Service<P> {
    picker: Arc<P>,
    bounds: Bounds,
    metrics: Arc<Metrics>,
}

impl<P> Service<P> {
    /// A service on this picker.
    pub fn new(picker: Arc<P>, bounds: Bounds, metrics: Arc<Metrics>) -> Self {
        Self {
            picker,
            bounds,
            metrics,
        }
    }
}

#[tonic::async_trait]
impl<P> ExternalProcessor for Service<P>
where
    P: Picker + Send + Sync + 'static,
    P::Ticket: Send + Unpin + 'static,
{
    type ProcessStream = Pin<Box<dyn Stream<Item = Result<ProcessingResponse, Status>> + Send>>;

    async fn process(
        &self,
        request: Request<Streaming<ProcessingRequest>>,
    ) -> Result<Response<Self::ProcessStream>, Status> {
        let open = self.metrics.stream_started();
        let inbound = request.into_inner();
        let answers = Answers::new(self.picker.clone(), self.bounds, inbound, open);
        Ok(Response::new(Box::pin(answers)))
    }
}
