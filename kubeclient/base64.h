/*
 * base64 - strict decoding of the standard alphabet, as kubeconfig's "-data" fields
 * have it.
 */
#ifndef GANTRY_KUBECLIENT_BASE64_H
#define GANTRY_KUBECLIENT_BASE64_H

#include <stddef.h>

/* A heap string (free()) with a NUL behind its *ret_len bytes; NULL when the text is
 * malformed: another character, a wrong length, bits behind the end. Line ends are
 * skipped. */
char *base64_decode(const char *text, size_t *ret_len);

#endif
