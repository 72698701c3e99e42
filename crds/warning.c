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

/* "RB:", each letter once, in any order; what is behind it. */
static const char *read_flags(const char *text, struct warning *w)
{
    const size_t len = strspn(text, "BR");

    if (len == 0 || text[len] != ':' || (len == 2 && text[0] == text[1]) || len > 2)
        return text;
    w->borrows = memchr(text, 'R', len) != NULL;
    if (memchr(text, 'B', len) != NULL)
        w->signal.scope = SIGLIST_BATCH;
    return text + len + 1;
}

int warning_parse(const char *text, struct warning *ret, struct err *err)
{
    struct warning w = {{0, SIGLIST_ALL}, BEFORE_SEC, false};
    const char *name = read_flags(text, &w);
    const size_t len = strcspn(name, "@");
    AUTO_FREE char *word = xstrndup(name, len);

    w.signal.signo = signo_parse(word);
    if (w.signal.signo == 0 ||
        (name[len] == '@' && read_sec(name + len + 1, &w.before_sec) < 0))
        return err_set(err, ERR_INVALID, "\"%s\" is no [[R][B]:]SIG[@sec]", text);
    *ret = w;
    return 0;
}
