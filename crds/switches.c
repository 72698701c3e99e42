#include "crds/switches.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/duration.h"
#include "scheduler/model.h"

int switches_parse(const char *text, int64_t *ret_most, int64_t *ret_wait_sec,
                   struct err *err)
{
    char *end;
    int64_t most, wait_sec = LIMIT_UNSET;

    errno = 0;
    most = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || errno || most < 1 || most > SWITCHES_MAX ||
        (*end != '\0' && *end != '@'))
        return err_set(err, ERR_INVALID,
                       "\"%.64s\" is no number of switches: use COUNT[@TIME], such as "
                       "1 or 2@10:00",
                       text);
    if (*end == '@' && duration_parse(end + 1, &wait_sec, err) < 0)
        return -1;
    *ret_most = most;
    *ret_wait_sec = wait_sec;
    return 0;
}
