// Reads one metric of each endpoint into a column that other plugins can ask for.
//
// The host fetches, as often as it fetches everything else, and hands over the lines of the metric alone.

#include "plugin.h"

switchyard_fault plan(switchyard_plan *plan) {
    switchyard_fetch *fetch = switchyard_add_fetch(plan, "metrics", "/metrics");
    switchyard_fetch_family(fetch, rule.metric);
    switchyard_fetch_column(fetch, rule.column);
    return SWITCHYARD_NO_FAULT;
}

switchyard_fault parse(const switchyard_answer *answer, switchyard_samples *samples) {
    if (answer->status != 200)
        return switchyard_cannot_answer("/metrics answered with status %u, expected 200", answer->status);
    switchyard_sample *sample = switchyard_add_sample(samples, 0);
    switchyard_exposition lines = {answer->body, answer->length};
    switchyard_series series;
    while (switchyard_next_series(&lines, &series)) {
        if (switchyard_series_is(&series, rule.metric)) {
            sample->values[0] = series.value;
            break;
        }
    }
    return SWITCHYARD_NO_FAULT;
}
