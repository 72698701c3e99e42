#include "kubeclient/curl_head.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define RETRY_AFTER_DIGITS_MAX 9

void curl_head_init(struct curl_head *head)
{
    *head = (struct curl_head){.retry_after_sec = -1};
}

void curl_head_fini(struct curl_head *head)
{
    free(head->content_type);
    free(head->warning);
}

static void begin_block(struct curl_head *head, const char *status_line)
{
    size_t bytes = head->bytes;
    int status = 0;

    curl_head_fini(head);
    curl_head_init(head);
    head->bytes = bytes;
    if (sscanf(status_line, "HTTP/%*[0-9.] %3d", &status) == 1 && status >= 100)
        head->status = status;
}

static void on_content_type(struct curl_head *head, const char *value)
{
    free(head->content_type);
    head->content_type = xstrdup(value);
}

/* Seconds; the form with a date is not used by API servers. */
static void on_retry_after(struct curl_head *head, const char *value)
{
    size_t digits = strspn(value, "0123456789");

    if (digits > 0 && digits <= RETRY_AFTER_DIGITS_MAX && value[digits] == '\0')
        head->retry_after_sec = strtoll(value, NULL, 10);
}

/* 299 - "text, in which \" and \\ are escaped" */
static void on_warning(struct curl_head *head, const char *value)
{
    const char *p = strchr(value, '"');

    if (!str_starts(value, "299 ") || p == NULL)
        return;
    AUTO_FREE char *text = xstrdup(p + 1);
    char *out = text;
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1])
            p++;
        *out++ = *p;
    }
    *out = '\0';
    AUTO_FREE char *before = head->warning;
    head->warning = before ? xasprintf("%s\n%s", before, text) : TAKE(text);
}

static const struct {
    const char *name;
    void (*take)(struct curl_head *head, const char *value);
} fields[] = {
    {"content-type", on_content_type},
    {"retry-after", on_retry_after},
    {"warning", on_warning},
};

static void on_field(struct curl_head *head, char *line)
{
    char *value = strchr(line, ':');

    if (value == NULL)
        return;
    *value++ = '\0';
    value += strspn(value, " \t");
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (strcasecmp(fields[i].name, line) == 0)
            fields[i].take(head, value);
}

int curl_head_line(struct curl_head *head, const char *bytes, size_t len)
{
    AUTO_FREE char *line = NULL;

    head->bytes += len;
    if (head->bytes > CURL_HEAD_MAX)
        return -1;
    if (head->complete)
        return 0; /* a trailer */
    while (len > 0 && isspace((unsigned char)bytes[len - 1]))
        len--;
    line = xstrndup(bytes, len);
    if (len == 0)
        head->complete = head->status >= 200;
    else if (str_starts(line, "HTTP/"))
        begin_block(head, line);
    else
        on_field(head, line);
    return 0;
}
