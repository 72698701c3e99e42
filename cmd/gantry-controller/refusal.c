#include "cmd/gantry-controller/refusal.h"

bool refusal_passes(enum kc_reason reason)
{
    switch (reason) {
    case KC_REASON_TOO_MANY_REQUESTS:
    case KC_REASON_SERVICE_UNAVAILABLE:
    case KC_REASON_NO_CONNECTION:
    case KC_REASON_TIMEOUT:
    case KC_REASON_INTERNAL:
    case KC_REASON_UNAUTHORIZED: /* a token that is being renewed */
        return true;
    case KC_REASON_NONE:
    case KC_REASON_FORBIDDEN:
    case KC_REASON_NOT_FOUND:
    case KC_REASON_ALREADY_EXISTS:
    case KC_REASON_CONFLICT:
    case KC_REASON_GONE:
    case KC_REASON_INVALID:
    case KC_REASON_BAD_REQUEST:
    case KC_REASON_METHOD_NOT_ALLOWED:
    case KC_REASON_NOT_ACCEPTABLE:
    case KC_REASON_UNSUPPORTED_MEDIA_TYPE:
    case KC_REASON_TOO_LARGE:
    case KC_REASON_OTHER:
        return false;
    }
    return false;
}

bool refusal_stays(const struct kc_result *result)
{
    return result->outcome == KC_REFUSED && !refusal_passes(result->reason) &&
           result->reason != KC_REASON_CONFLICT &&
           result->reason != KC_REASON_NOT_FOUND;
}
