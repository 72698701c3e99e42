/*
 * openapi_v2 - all types in one OpenAPI v2 document, for older clients.
 *
 * `kubectl explain --output=plaintext-openapiv2` reads it, as protobuf, and programs
 * from before OpenAPI v3 do, as JSON. It has the types (definitions) and no paths. What
 * v2 cannot say (oneOf, anyOf, not, nullable, defaults) is left out: of Kubernetes' own
 * kinds, what is a number or a text is a text of format int-or-string, and a quantity
 * a text; of custom ones it has no type, nor has what keeps unknown fields.
 */
#ifndef GANTRY_LOCAL_OPENAPI_V2_H
#define GANTRY_LOCAL_OPENAPI_V2_H

#include "base/str.h"
#include "cmd/gantry-local/kinds.h"

/* Both append. */
void openapi_v2_json(const struct kinds *kinds, struct str *out);
/* Of gnostic's message Document; bounds of values and lengths are left out. */
void openapi_v2_protobuf(const struct kinds *kinds, struct str *out);

#endif
