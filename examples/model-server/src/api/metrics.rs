//! `/metrics`: true, faked, from a file, slow, or broken.

use bytes::Bytes;
use futures_util::stream;
use hyper::StatusCode;
use hyper::body::Frame;
use hyper::header::{CONTENT_LENGTH, HeaderValue, LOCATION};

use crate::exposition::{self, CONTENT_TYPE};
use crate::live::BrokenMetrics;
use crate::reply::{self, Cut, Reply};

use super::Call;
use super::error::ApiError;
use super::sequence::sleep;

/// How much a huge exposition is.
const HUGE_BYTES: usize = 100 << 20;
const HUGE_LINE: &str = "vllm:huge{engine=\"0\"} 1.0\n";
/// Where a redirect leads: here it would answer, so that a scraper that follows gives itself away.
const REDIRECTED: &str = "redirected=1";

/// Serves the exposition.
pub(super) async fn serve(call: &Call<'_>) -> Result<Reply, ApiError> {
    let live = call.app.engine.live.load_full();
    sleep(live.metrics_delay.0).await;
    if call.query == REDIRECTED {
        return Ok(reply::whole(StatusCode::OK, CONTENT_TYPE, page(call)));
    }
    let Some(broken) = live.metrics_broken else {
        return Ok(reply::whole(StatusCode::OK, CONTENT_TYPE, page(call)));
    };
    match broken {
        BrokenMetrics::Garbage => {
            let garbage: Vec<u8> = (0..4096u32)
                .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect();
            Ok(reply::whole(StatusCode::OK, CONTENT_TYPE, garbage))
        }
        BrokenMetrics::Huge => Ok(huge()),
        BrokenMetrics::Redirect => {
            let mut reply = reply::whole(StatusCode::FOUND, CONTENT_TYPE, "");
            reply
                .headers_mut()
                .insert(LOCATION, HeaderValue::from_static("/metrics?redirected=1"));
            Ok(reply)
        }
        BrokenMetrics::Hang => std::future::pending().await,
        BrokenMetrics::Truncated => Ok(truncated(&page(call))),
        BrokenMetrics::Error => Err(ApiError::AskedFor(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

fn page(call: &Call<'_>) -> Bytes {
    let app = call.app;
    let live = app.engine.live.load();
    match (&live.fake_metrics, &app.metrics_file) {
        (Some(fakes), _) => exposition::write(app, &fakes.stats()).into(),
        (None, Some(file)) => file.clone(),
        (None, None) => exposition::write(app, &app.engine.stats()).into(),
    }
}

fn huge() -> Reply {
    let chunk = Bytes::from(HUGE_LINE.repeat(4096));
    let chunks = HUGE_BYTES.div_ceil(chunk.len());
    let parts = stream::iter((0..chunks).map(move |_| Ok::<_, Cut>(Frame::data(chunk.clone()))));
    reply::stream(CONTENT_TYPE, Box::pin(parts))
}

fn truncated(page: &Bytes) -> Reply {
    let half = page.slice(..page.len() / 2);
    let parts = stream::iter([Ok(Frame::data(half)), Err(Cut)]);
    let mut reply = reply::stream(CONTENT_TYPE, Box::pin(parts));
    reply
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(page.len()));
    reply
}
