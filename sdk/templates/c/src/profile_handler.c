// Runs one profile; what it picks is the decision.

#include "plugin.h"

switchyard_fault next(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                      switchyard_steps *steps) {
    (void)done, (void)picked;
    // Called again after the profile ran: nothing more is to run then.
    if (count == 0)
        switchyard_run(steps, rule.profile);
    return SWITCHYARD_NO_FAULT;
}

switchyard_fault decide(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                        switchyard_decision *decision) {
    (void)picked;
    for (size_t at = 0; at < count; at++) {
        if (done[at].outcome == SWITCHYARD_PICKED) {
            switchyard_decide_for(decision, &done[at]);
            return SWITCHYARD_NO_FAULT;
        }
    }
    return switchyard_refuse(503, "no endpoint can take the request");
}
