// Names the endpoint that answered in a header of the response.

#include "plugin.h"

switchyard_fault response_started(uint16_t status, switchyard_headers *headers) {
    (void)status;
    size_t count;
    const uint32_t *taken = switchyard_request_peers("", &count);
    if (count == 0)
        return SWITCHYARD_NO_FAULT;
    const char **name = switchyard_at_row(&rule.names, taken[0]);
    if (name != NULL)
        switchyard_add_header(headers, rule.header, *name);
    return SWITCHYARD_NO_FAULT;
}
