#include "crds/warning.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/signo.h"
#include "base/util.h"

#define BEFORE_SEC 60 /* as Slurm has it */

static int read_sec(const char *text, int64_t *ret)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return -1;
    *ret = strtol(text, &end, 10);
    return *end == '\0' ? 0 : -1;
}

int warning_parse(const char *text, struct warning *ret, struct err *err)
{
    const bool is_batch = str_starts(text, "B:");
    const char *name = is_batch ? text + strlen("B:") : text;
    const size_t len = strcspn(name, "@");
    AUTO_FREE char *word = xstrndup(name, len);
    const int signo = signo_parse(word);
    int64_t sec = BEFORE_SEC;

    if (signo == 0 || (name[len] == '@' && read_sec(name + len + 1, &sec) < 0))
        return err_set(err, ERR_INVALID, "\"%s\" is no [B:]SIG[@sec]", text);
    *ret = (struct warning){{signo, is_batch ? SIGLIST_BATCH : SIGLIST_ALL}, sec};
    return 0;
}
