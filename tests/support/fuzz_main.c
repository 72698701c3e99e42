/*
 * fuzz_main - a main() for fuzz targets where no fuzzing engine is: any compiler will
 * do.
 *
 *   fuzz_yaml [--seed N] [--runs N] [--seconds N] [FILE...]
 *
 * Runs every file of tests/fuzz/corpus/<target>/ (or the FILEs only), then mutations of
 * them. The same seed gives the same mutations; the time limit can only end them early.
 * The inputs run in a child; when one ends it (sanitizers, assert), the parent leaves
 * that input in /tmp/<target>.crash, for `fuzz_yaml FILE`, and counts a failure. With
 * clang's libFuzzer the targets link without this file.
 *
 * Test programs have a main of their own, so they never pull this one from the archive.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/opt.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/checkout.h"

#define INPUT_MAX 65536
#define LOOK_AT_CLOCK 64 /* runs between two looks */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_options {
    int64_t seed, runs, seconds;
    bool help;
};

static const struct opt options[] = {
    {"seed", 0, OPT_INT, NULL, offsetof(struct fuzz_options, seed), "N",
     "Where the mutations start (1)", 0, INT64_MAX},
    {"runs", 0, OPT_INT, NULL, offsetof(struct fuzz_options, runs), "N",
     "How many mutations (20000)", 0, INT64_MAX},
    {"seconds", 0, OPT_INT, NULL, offsetof(struct fuzz_options, seconds), "N",
     "Stop early after this time (2)", 1, 86400},
    {"help", 'h', OPT_FLAG, NULL, offsetof(struct fuzz_options, help), NULL,
     "Show this text", 0, 0},
    {NULL, 0, OPT_FLAG, NULL, 0, NULL, NULL, 0, 0},
};

struct input {
    uint8_t *bytes;
    size_t len;
};

struct fuzz {
    const char *target;
    struct input *corpus;
    size_t n, cap;
    struct rng rng;
    uint8_t *work; /* INPUT_MAX bytes */
    struct seen *seen;
};

/* In memory that parent and child share: what runs now. */
struct seen {
    uint64_t runs;
    size_t len;
    uint8_t bytes[INPUT_MAX];
};

/* ---- the corpus ---- */

static int corpus_add(struct fuzz *f, const char *path)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text = {0};
    str_init(&text, INPUT_MAX);
    if (str_read_file(&text, path, &err) < 0) {
        fprintf(stderr, "%s: %s\n", f->target, err.msg);
        return -1;
    }
    GROW(f->corpus, f->n, f->cap);
    size_t len = text.len;
    f->corpus[f->n++] = (struct input){.bytes = (uint8_t *)str_take(&text), .len = len};
    return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int corpus_load(struct fuzz *f)
{
    checkout_enter();
    AUTO_FREE char *dir =
        xasprintf("tests/fuzz/corpus/%s", f->target + strlen("fuzz_"));
    struct dirent **entries;
    int n = scandir(dir, &entries, not_hidden, by_name), rc = n > 0 ? 0 : -1;
    if (n <= 0)
        fprintf(stderr, "%s: no files in %s\n", f->target, dir);
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", dir, entries[i]->d_name);
        if (rc == 0)
            rc = corpus_add(f, path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return rc;
}

/* ---- mutations ---- */

static const struct input *pick(struct fuzz *f)
{
    return &f->corpus[rng_below(&f->rng, f->n)];
}

/* Puts `len` bytes in at `at`, as many as there is room for. */
static size_t insert(uint8_t *work, size_t size, size_t at, const uint8_t *bytes,
                     size_t len)
{
    len = MIN(len, INPUT_MAX - size);
    memmove(work + at + len, work + at, size - at);
    memmove(work + at, bytes, len);
    return size + len;
}

/* A span [*ret_at, *ret_at + result) of `size` bytes, short ones more often. */
static size_t pick_span(struct fuzz *f, size_t size, size_t *ret_at)
{
    *ret_at = rng_below(&f->rng, size + 1);
    size_t most = (size_t)1 << rng_below(&f->rng, 10);
    return rng_below(&f->rng, MIN(most, size - *ret_at) + 1);
}

static size_t mutate(struct fuzz *f, size_t size)
{
    static const char *const words[] = {
        "0",
        "-1",
        "9223372036854775807",
        "99999999999999999999",
        "[",
        "]",
        "{",
        "}",
        ":",
        ": ",
        "\n",
        "\n  - ",
        ",",
        "-",
        "*a",
        "&a ",
        "<<: ",
        "\"",
        "'",
        "\\u0000",
        "!!str ",
        "e9",
        ".",
        "Ki",
        "E",
        "\xff",
        "\xef\xbb\xbf",
        "\t",
        "T",
        "Z",
        "null",
    };
    uint8_t *w = f->work;
    size_t at, len = pick_span(f, size, &at);
    const struct input *other;
    const char *word;
    switch (rng_below(&f->rng, 6)) {
    case 0: /* another bit */
        if (at < size)
            w[at] ^= (uint8_t)(1u << rng_below(&f->rng, 8));
        return size;
    case 1: /* another byte */
        if (at < size)
            w[at] = (uint8_t)rng_next(&f->rng);
        return size;
    case 2: /* something missing */
        memmove(w + at, w + at + len, size - at - len);
        return size - len;
    case 3: /* something twice */
        return insert(w, size, at, w + at, MIN(len, INPUT_MAX - size));
    case 4: /* a piece of another input */
        other = pick(f);
        len = pick_span(f, other->len, &at);
        return insert(w, size, rng_below(&f->rng, size + 1), other->bytes + at, len);
    default: /* a word that matters */
        word = words[rng_below(&f->rng, ARRAY_LEN(words))];
        return insert(w, size, at, (const uint8_t *)word, strlen(word));
    }
}

/* ---- running ---- */

/* In a block of its exact size, so that reading past its end is seen. */
static void run_one(struct fuzz *f, const uint8_t *bytes, size_t len)
{
    uint8_t *exact = xmalloc(MAX(len, 1u));
    memcpy(f->seen->bytes, bytes, len);
    f->seen->len = len;
    f->seen->runs++;
    memcpy(exact, bytes, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void run_mutation(struct fuzz *f)
{
    const struct input *from = pick(f);
    size_t len = from->len;
    memcpy(f->work, from->bytes, len);
    for (uint64_t times = 1 + rng_below(&f->rng, 8); times > 0; times--)
        len = mutate(f, len);
    run_one(f, f->work, len);
}

static int run_all(struct fuzz *f, const struct fuzz_options *o)
{
    struct err err = ERR_INIT;
    struct loop *clock = loop_new(&err);
    if (!clock) {
        fprintf(stderr, "%s: %s\n", f->target, err.msg);
        return EXIT_FAILURE;
    }
    int64_t end_ms = loop_fresh_mono_ms(clock) + o->seconds * 1000;
    for (size_t i = 0; i < f->n; i++)
        run_one(f, f->corpus[i].bytes, f->corpus[i].len);
    for (int64_t i = 0; i < o->runs; i++) {
        if (i % LOOK_AT_CLOCK == 0 && loop_fresh_mono_ms(clock) >= end_ms)
            break;
        run_mutation(f);
    }
    loop_free(clock);
    return EXIT_SUCCESS;
}

static void fuzz_fini(struct fuzz *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->corpus[i].bytes);
    free(f->corpus);
    free(f->work);
}

static void keep_crash(const struct fuzz *f)
{
    AUTO_FREE char *path = xasprintf("/tmp/%s.crash", f->target);
    FILE *out = fopen(path, "w");
    if (!out)
        return;
    fwrite(f->seen->bytes, 1, f->seen->len, out);
    fclose(out);
    fprintf(stderr, "%s: the input is in %s\n", f->target, path);
}

/* The child's leak check comes when it exits, hence the corpus is freed there as well.
 */
static int run_in_child(struct fuzz *f, const struct fuzz_options *o)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int rc = run_all(f, o);
        fuzz_fini(f);
        exit(rc);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        perror(f->target);
    int failures = status != 0;
    if (failures)
        keep_crash(f);
    printf("%s\n%d%%: Checks: %" PRIu64 ", Failures: %d, Errors: 0\n", f->target,
           failures ? 0 : 100, f->seen->runs, failures);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int fuzz_load(struct fuzz *f, int argc, char **argv, int first)
{
    if (first == argc)
        return corpus_load(f);
    for (int i = first; i < argc; i++) {
        if (corpus_add(f, argv[i]) < 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct fuzz_options o = {.seed = 1, .runs = 20000, .seconds = 2};
    struct fuzz f = {.target = basename(argv[0])};
    int first = opt_parse(options, argc, argv, &o, &err);
    if (first < 0) {
        fprintf(stderr, "%s: %s\n", f.target, err.msg);
        return 2;
    }
    if (o.help) {
        opt_help(options, "fuzz_<parser> [OPTION...] [FILE...]",
                 "Runs a parser over its corpus and mutations of it.", stdout);
        return EXIT_SUCCESS;
    }
    if (first < argc)
        o.runs = 0;
    f.seen = mmap(NULL, sizeof(*f.seen), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (f.seen == MAP_FAILED) {
        perror(f.target);
        return EXIT_FAILURE;
    }
    rng_seed(&f.rng, (uint64_t)o.seed);
    f.work = xmalloc(INPUT_MAX);
    int rc = EXIT_FAILURE;
    if (fuzz_load(&f, argc, argv, first) == 0)
        rc = run_in_child(&f, &o);
    fuzz_fini(&f);
    return rc;
}
