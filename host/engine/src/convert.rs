//! Between the scheduler's words and the contract's.

use switchyard_scheduler as words;

use crate::bindings::switchyard::plugin::types;

pub(crate) fn endpoint(endpoint: &words::Endpoint) -> types::Endpoint {
    let labels = endpoint.labels.iter();
    types::Endpoint {
        row: endpoint.row,
        id: endpoint.id.clone(),
        name: endpoint.name.clone(),
        namespace: endpoint.namespace.clone(),
        address: endpoint.address.to_string(),
        port: endpoint.port,
        rank: endpoint.rank,
        labels: labels
            .map(|(key, value)| types::Label {
                key: key.clone(),
                value: value.clone(),
            })
            .collect(),
    }
}

pub(crate) fn results(done: &[words::ProfileResult]) -> Vec<types::ProfileResult> {
    let results = done.iter().map(|result| types::ProfileResult {
        profile: result.profile.clone(),
        outcome: match result.outcome {
            words::Outcome::Picked => types::Outcome::Picked,
            words::Outcome::Gated => types::Outcome::Gated,
            words::Outcome::FilteredOut => types::Outcome::FilteredOut,
            words::Outcome::Failed => types::Outcome::Failed,
        },
        rows: result.rows.clone(),
        totals: result.totals.clone(),
    });
    results.collect()
}

pub(crate) fn step(types::Step { profile, gate }: types::Step) -> words::Step {
    words::Step { profile, gate }
}

pub(crate) fn headers_from(headers: Vec<types::Header>) -> Vec<words::Header> {
    let headers = headers.into_iter();
    headers
        .map(|types::Header { name, value }| words::Header { name, value })
        .collect()
}

pub(crate) fn decision_from(decision: types::Decision) -> words::Decision {
    let targets = decision.targets.into_iter();
    words::Decision {
        primary: decision.primary,
        targets: targets
            .map(|types::Target { row, port }| words::Target { row, port })
            .collect(),
        set_headers: headers_from(decision.set_headers),
    }
}

pub(crate) fn decision_to(decision: &words::Decision) -> types::Decision {
    let targets = decision.targets.iter();
    let headers = decision.set_headers.iter();
    types::Decision {
        primary: decision.primary.clone(),
        targets: targets
            .map(|&words::Target { row, port }| types::Target { row, port })
            .collect(),
        set_headers: headers
            .map(|header| types::Header {
                name: header.name.clone(),
                value: header.value.clone(),
            })
            .collect(),
        extra: Vec::new(),
    }
}

pub(crate) fn ended(ended: &words::Ended) -> types::Ended {
    types::Ended {
        ending: match ended.ending {
            words::Ending::Complete => types::Ending::Complete,
            words::Ending::FailedUpstream => types::Ending::FailedUpstream,
            words::Ending::ClientLeft => types::Ending::ClientLeft,
            words::Ending::Refused => types::Ending::Refused,
        },
        status: ended.status,
        prompt_tokens: ended.prompt_tokens,
        cached_tokens: ended.cached_tokens,
        completion_tokens: ended.completion_tokens,
        first_token_ms: ended.first_token_ms,
        total_ms: ended.total_ms,
    }
}
