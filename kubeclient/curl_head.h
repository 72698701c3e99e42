/*
 * curl_head - collects the head of an HTTP answer from libcurl's header lines.
 */
#ifndef GANTRY_KUBECLIENT_CURL_HEAD_H
#define GANTRY_KUBECLIENT_CURL_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURL_HEAD_MAX (64u << 10)

struct curl_head {
    size_t bytes;            /* of all header lines */
    int status;              /* of the block that is arriving */
    bool complete;           /* the final block (not 1xx) has ended */
    int64_t retry_after_sec; /* -1 */
    char *content_type;      /* NULL when absent */
    char *warning;           /* texts of all Warning: 299, a line each; NULL */
};

void curl_head_init(struct curl_head *head);
void curl_head_fini(struct curl_head *head);
/* One line as libcurl gives it, its end included. -1: past the ceiling. */
int curl_head_line(struct curl_head *head, const char *line, size_t len);

#endif
