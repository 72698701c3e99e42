#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/signo.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry/submit.h"
#include "crds/array.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/switches.h"
#include "crds/warning.h"

#define HOST_FILE_MAX (1u << 20)
#define NICE_MAX INT64_C(2147483645)
#define PRIORITY_MAX INT64_C(4294967294)
#define GPUS_MAX 100000
#define WARNING_MAX 65535 /* seconds, as in Slurm */

/* "Invalid --time specification: ...": Slurm's words, then what would be right. */
static int invalid(const struct submit_put *p, struct err *err, const char *why)
{
    return err_set(err, ERR_INVALID, "Invalid --%s specification: \"%s\" %s",
                   p->row->opt.name, p->text, why);
}

static int invalid_by(const struct submit_put *p, struct err *err,
                      const struct err *why)
{
    return err_set(err, ERR_INVALID, "Invalid --%s specification: %s", p->row->opt.name,
                   why->msg);
}

static void set_string(const struct submit_put *p, struct json *spec, const char *text)
{
    json_set(spec, p->row->field, json_new_string(text));
}

/* A whole number, all of the text. */
static bool scan_number(const char *text, int64_t *ret)
{
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    char *end;

    errno = 0;
    *ret = strtoimax(text, &end, 10);
    return isdigit((unsigned char)digits[0]) && *end == '\0' && errno == 0;
}

/* ---- texts and numbers ---- */

/* What writes scripts for people writes --account= where there is none. */
int put_string(const struct submit_put *p, struct json *spec, struct err *err)
{
    (void)err;
    if (p->text[0])
        set_string(p, spec, p->text);
    return 0;
}

int put_file(const struct submit_put *p, struct json *spec, struct err *err)
{
    if (p->text[0] == '\0')
        return invalid(p, err, "names no file");
    return put_string(p, spec, err);
}

int put_int(const struct submit_put *p, struct json *spec, struct err *err)
{
    int64_t n;

    if (!scan_number(p->text, &n) || n < p->row->opt.min || n > p->row->opt.max)
        return err_set(err, ERR_INVALID,
                       "Invalid numeric value \"%s\" for --%s: use a number from "
                       "%" PRId64 " to %" PRId64,
                       p->text, p->row->opt.name, p->row->opt.min, p->row->opt.max);
    json_set(spec, p->row->field, json_new_int(n));
    return 0;
}

int put_true(const struct submit_put *p, struct json *spec, struct err *err)
{
    (void)err;
    json_set(spec, p->row->field, json_new_bool(true));
    return 0;
}

int put_no_requeue(const struct submit_put *p, struct json *spec, struct err *err)
{
    (void)err;
    json_set(spec, p->row->field, json_new_bool(false));
    return 0;
}

/* A variable of this name is set to anything. */
int put_requeue(const struct submit_put *p, struct json *spec, struct err *err)
{
    if (str_eq(p->text, "expedite"))
        return invalid(p, err, "is not supported; say --requeue alone");
    return put_true(p, spec, err);
}

int put_hold(const struct submit_put *p, struct json *spec, struct err *err)
{
    (void)err;
    set_string(p, spec, "User");
    return 0;
}

int put_nice(const struct submit_put *p, struct json *spec, struct err *err)
{
    int64_t n = 100;

    if (p->text[0] && !scan_number(p->text, &n))
        return invalid(p, err, "is not a whole number");
    if (n < -NICE_MAX || n > NICE_MAX)
        return invalid(p, err, "is not within +/- 2147483645");
    json_set(spec, p->row->field, json_new_int(n));
    return 0;
}

int put_priority(const struct submit_put *p, struct json *spec, struct err *err)
{
    int64_t n;

    if (strcasecmp(p->text, "TOP") == 0)
        return invalid(p, err, "is not supported; name a number");
    if (!scan_number(p->text, &n) || n < 0 || n > PRIORITY_MAX)
        return invalid(p, err, "is not a number from 0 to 4294967294");
    json_set(spec, p->row->field, json_new_int(n));
    return 0;
}

int put_yes_no(const struct submit_put *p, struct json *spec, struct err *err)
{
    const bool yes = strcasecmp(p->text, "yes") == 0;

    if (!yes && strcasecmp(p->text, "no") != 0)
        return invalid(p, err, "is neither yes nor no");
    json_set(spec, p->row->field, json_new_bool(yes));
    return 0;
}

int put_dependency(const struct submit_put *p, struct json *spec, struct err *err)
{
    AUTO_FREE struct depend *depends = NULL;
    struct err why = ERR_INIT;
    bool any;
    size_t n;

    if (dependency_parse(p->text, &depends, &n, &any, &why) < 0)
        return invalid_by(p, err, &why);
    return put_string(p, spec, err);
}

/* ---- times ---- */

/* A limit of zero is none, in Slurm. */
int put_duration(const struct submit_put *p, struct json *spec, struct err *err)
{
    struct err why = ERR_INIT;
    int64_t sec;

    if (duration_parse(p->text, &sec, &why) < 0)
        return invalid_by(p, err, &why);
    set_string(p, spec, sec == 0 ? "UNLIMITED" : p->text);
    return 0;
}

/* The submitter's zone and clock are meant, so the moment is written out. */
int put_moment(const struct submit_put *p, struct json *spec, struct err *err)
{
    char text[TIME_TEXT_MAX];
    struct err why = ERR_INIT;
    int64_t sec;

    if (time_parse(p->text, p->now_sec, &sec, &why) < 0)
        return invalid_by(p, err, &why);
    time_format_rfc3339(sec, text);
    set_string(p, spec, text);
    return 0;
}

#define NO_STEPS(right) \
    "is for job steps, of which there are none: with " right " it is for the script"

/* A script has no job steps, which it is for without B:. */
int put_signal(const struct submit_put *p, struct json *spec, struct err *err)
{
    struct warning warning;

    if (warning_parse(p->text, &warning, NULL) < 0 || warning.before_sec > WARNING_MAX)
        return invalid(p, err, "is not [[R][B]:]SIG[@SEC]: B:USR1@120");
    if (warning.signal.scope != SIGLIST_BATCH)
        return invalid(p, err, warning.borrows ? NO_STEPS("RB:") : NO_STEPS("B:"));
    AUTO_FREE char *text =
        xasprintf("%sB:%s%s", warning.borrows ? "R" : "",
                  signo_name(warning.signal.signo), p->text + strcspn(p->text, "@"));
    set_string(p, spec, text);
    return 0;
}

/* ---- the shape ---- */

/* Slurm takes 4GB for 4G. */
int put_size(const struct submit_put *p, struct json *spec, struct err *err)
{
    const size_t len = strlen(p->text);
    const bool has_b = len > 2 && strchr("Bb", p->text[len - 1]) &&
                       strchr("KMGTkmgt", p->text[len - 2]);
    AUTO_FREE char *text = xstrndup(p->text, len - has_b);
    struct err why = ERR_INIT;
    int64_t bytes;

    if (size_parse(text, &bytes, &why) < 0)
        return invalid_by(p, err, &why);
    set_string(p, spec, text);
    return 0;
}

int put_nodes(const struct submit_put *p, struct json *spec, struct err *err)
{
    const size_t len = strcspn(p->text, "-");
    AUTO_FREE char *low_text = xstrndup(p->text, len);
    int64_t low, high;

    if (!scan_number(low_text, &low) || low < 1 ||
        (p->text[len] && (!scan_number(p->text + len + 1, &high) || high < 1)))
        return err_set(err, ERR_INVALID,
                       "\"%s\" is not a valid node count: use 4 or 2-4", p->text);
    if (p->text[len] && high < low)
        return err_set(err, ERR_INVALID,
                       "Maximum node count %" PRId64
                       " is less than minimum node count %" PRId64,
                       high, low);
    if (p->text[len])
        set_string(p, spec, p->text);
    else
        json_set(spec, p->row->field, json_new_int(low));
    return 0;
}

/* "N" or "type:N" into the field. */
static int put_gpu_count(const struct submit_put *p, const char *text,
                         struct json *spec, struct err *err)
{
    const char *colon = strchr(text, ':');
    int64_t n;

    if (strchr(text, ','))
        return invalid(p, err, "asks for several types, which is not supported");
    if (!scan_number(colon ? colon + 1 : text, &n) || n < 0 || n > GPUS_MAX ||
        colon == text)
        return invalid(p, err, "is not [TYPE:]N: 4, h100:4");
    if (n == 0)
        return 0; /* none, as without the option */
    if (colon)
        set_string(p, spec, text);
    else
        json_set(spec, p->row->field, json_new_int(n));
    return 0;
}

int put_gpus(const struct submit_put *p, struct json *spec, struct err *err)
{
    const char *colon = strchr(p->text, ':');

    /* "h100" alone is one of them */
    if (!colon && p->text[0] && !isdigit((unsigned char)p->text[0]) &&
        p->text[0] != '-' && !strchr(p->text, ',')) {
        AUTO_FREE char *one = xasprintf("%s:1", p->text);
        return put_gpu_count(p, one, spec, err);
    }
    return put_gpu_count(p, p->text, spec, err);
}

/* "gpu", "gpu:4", "gpu:h100", "gpu:h100:4", also behind "gres:" or "gres/". */
int put_gres(const struct submit_put *p, struct json *spec, struct err *err)
{
    struct submit_put inner = *p;
    const char *s = p->text;

    if (strcasecmp(s, "none") == 0)
        return 0;
    if (str_starts(s, "gres:") || str_starts(s, "gres/"))
        s += strlen("gres:");
    if (!str_starts(s, "gpu") || (s[3] != '\0' && s[3] != ':' && s[3] != ','))
        return invalid(p, err, "names another resource than gpu: use gpu[:TYPE][:N]");
    inner.text = s[3] == ':' ? s + 4 : s[3] == ',' ? s + 3 : "1";
    if (put_gpus(&inner, spec, NULL) == 0)
        return 0;
    return invalid(p, err,
                   strchr(s, ',') ? "asks for several, which is not supported"
                                  : "is not gpu[:TYPE][:N]: gpu:4, gpu:h100:4");
}

int put_exclusive(const struct submit_put *p, struct json *spec, struct err *err)
{
    if (str_eq(p->text, "mcs") || str_eq(p->text, "topo"))
        return invalid(p, err,
                       "is not supported; say --exclusive, or --exclusive=user");
    if (str_eq(p->text, "user")) {
        json_set(spec, "exclusiveUser", json_new_bool(true));
        return 0;
    }
    if (p->text[0] && !isdigit((unsigned char)p->text[0]) && !str_eq(p->text, "yes"))
        return invalid(p, err, "is none that there is; say --exclusive, or =user");
    return put_true(p, spec, err);
}

int put_switches(const struct submit_put *p, struct json *spec, struct err *err)
{
    int64_t most, wait_sec;

    if (switches_parse(p->text, &most, &wait_sec, err) < 0)
        return err_prefix(err, "Invalid --%s specification", p->row->opt.name);
    set_string(p, spec, p->text);
    return 0;
}

/* ---- where ---- */

static int put_host_text(const struct submit_put *p, const char *text,
                         struct json *spec, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    struct err why = ERR_INIT;

    if (text[0] == '\0')
        return invalid(p, err, "names no node");
    if (hostlist_parse(&list, text, &why) < 0)
        return invalid_by(p, err, &why);
    set_string(p, spec, text);
    return 0;
}

/* Names apart by white space or commas. */
int put_host_file(const struct submit_put *p, struct json *spec, struct err *err)
{
    STR_AUTO struct str file, list;
    struct err why = ERR_INIT;

    str_init(&file, HOST_FILE_MAX);
    str_init(&list, HOST_FILE_MAX);
    if (str_read_file(&file, p->text, &why) < 0)
        return invalid_by(p, err, &why);
    for (const char *s = file.s; *s;) {
        s += strspn(s, ", \t\r\n");
        const size_t len = strcspn(s, " \t\r\n");
        const size_t bare = len - (len > 0 && s[len - 1] == ',');
        if (bare > 0) {
            str_add(&list, list.len ? "," : "");
            str_addn(&list, s, bare);
        }
        s += len;
    }
    return put_host_text(p, list.s, spec, err);
}

int put_hosts(const struct submit_put *p, struct json *spec, struct err *err)
{
    if (strchr(p->text, '/'))
        return put_host_file(p, spec, err);
    return put_host_text(p, p->text, spec, err);
}

int put_constraint(const struct submit_put *p, struct json *spec, struct err *err)
{
    struct err why = ERR_INIT;
    CONSTRAINT_AUTO struct constraint c = {0};

    if (constraint_parse(p->text, &c, &why) < 0)
        return invalid_by(p, err, &why);
    return put_string(p, spec, err);
}

/* ---- surroundings ---- */

int put_open_mode(const struct submit_put *p, struct json *spec, struct err *err)
{
    const char c = p->text[0];

    if ((c != 'a' && c != 't') ||
        (p->text[1] && !str_eq(p->text, "append") && !str_eq(p->text, "truncate")))
        return invalid(p, err, "is neither append nor truncate");
    set_string(p, spec, c == 'a' ? "append" : "truncate");
    return 0;
}

int put_dir(const struct submit_put *p, struct json *spec, struct err *err)
{
    AUTO_FREE char *here = p->text[0] == '/' ? NULL : getcwd(NULL, 0);

    if (p->text[0] == '\0')
        return invalid(p, err, "names no directory");
    if (p->text[0] == '/') {
        set_string(p, spec, p->text);
        return 0;
    }
    if (!here)
        return err_errno(err, errno, "the present directory");
    AUTO_FREE char *path = xasprintf("%s/%s", here, p->text);
    set_string(p, spec, path);
    return 0;
}

int put_array(const struct submit_put *p, struct json *spec, struct err *err)
{
    struct array array;

    if (array_parse(p->text, &array, err) < 0)
        return err_prefix(err, "Batch job submission failed");
    set_string(p, spec, p->text);
    return 0;
}
