/*
 * gotext - what Go's library says of a text that it cannot read.
 *
 * Kubernetes hands these words on, and so people search for them. Each function answers
 * with a fresh text, or NULL where Go would have read it.
 */
#ifndef GANTRY_LOCAL_GOTEXT_H
#define GANTRY_LOCAL_GOTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* encoding/base64: "illegal base64 data at input byte 4" */
char *gotext_base64(const char *text);
/* time.Parse, of RFC 3339, with `micro` with six digits of a second: `parsing time
 * "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"` */
char *gotext_time(const char *text, bool micro);
/* encoding/json: "invalid character 'x' looking for beginning of value" */
char *gotext_json(const char *text, size_t len);

#endif
