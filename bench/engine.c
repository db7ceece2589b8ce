/* What the stages of a check cost, over many files, against tree-sitter parsing the same bytes alone.
 *
 *     bench-engine LANGUAGE RULES ROUNDS THREADS <FILES
 *
 * RULES is a file or a folder. The files (one path a line) are read first; a round parses each of them bare,
 * then takes it through the stages. Prints medians over the rounds, in seconds of processor time, and their
 * ratios to the bare parse. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "analyzer/analyzer.h"
#include "analyzer/fault.h"
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/match.h"
#include "analyzer/names.h"
#include "analyzer/syntax.h"
#include "base/io.h"

enum { FILES_MAX = 20000, ROUNDS_MAX = 101, FILE_ARENA_BYTES = 1u << 30, DEADLINE_MS = 20000 };
enum stage { STAGE_BARE, STAGE_GUARD, STAGE_PARSE, STAGE_NAMES, STAGE_MATCH, STAGE_FAULT, STAGE_COUNT };

static struct view files[FILES_MAX];
static size_t file_count, all_bytes, finding_count;
static const struct language *language;
static struct ruleset *ruleset;
static double seconds[STAGE_COUNT][ROUNDS_MAX];

static void fail(const struct error *err)
{
    char text[1024];
    fprintf(stderr, "bench-engine: %s\n", error_format(err, text, sizeof text));
    exit(2);
}

/* Of this thread's processor time, so that what else the machine does falls on no stage. */
static double since(uint64_t start)
{
    return (double)(io_thread_ns() - start) / 1e9;
}

/* Not inlined, so that a profiler can count it alone. */
__attribute__((noinline)) static void file_parse_bare(TSParser *parser, struct view bytes, double *took)
{
    uint64_t start = io_thread_ns();
    ts_tree_delete(ts_parser_parse_string(parser, NULL, bytes.bytes, (uint32_t)bytes.length));
    took[STAGE_BARE] += since(start);
}

__attribute__((noinline)) static void file_check(struct syntax_parser *parser, struct matcher *matcher,
                                                 struct view bytes, double *took)
{
    struct error err = {0};
    struct source source;
    struct syntax syntax = {0};
    struct names names;
    struct finding_list findings = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena, FILE_ARENA_BYTES);
    uint64_t start = io_thread_ns();
    if (!source_init(&source, &arena, VIEW("file"), bytes, language, &err) ||
        !guard_scan(&source, LIMIT_SOURCE_BYTES_MAX, &arena, &findings, &err))
        fail(&err);
    took[STAGE_GUARD] += since(start);
    start = io_thread_ns();
    if (!findings.count && !syntax_parse(parser, &arena, &source, DEADLINE_MS, &syntax, &findings, &err))
        fail(&err);
    took[STAGE_PARSE] += since(start);
    if (!syntax.count || findings.count) return;
    start = io_thread_ns();
    if (!names_resolve(&arena, &syntax, &names, &findings, &err)) fail(&err);
    took[STAGE_NAMES] += since(start);
    start = io_thread_ns();
    if (!match_run(matcher, &arena, &syntax, &names, &findings, &err)) fail(&err);
    took[STAGE_MATCH] += since(start);
    finding_count += findings.count;
    start = io_thread_ns();
    if (!fault_scan(&arena, &syntax, &names, NULL, &findings, &err)) fail(&err);
    took[STAGE_FAULT] += since(start);
}

/* Each file bare and then through the stages, so that both see the same machine. */
static void round_run(int round)
{
    double took[STAGE_COUNT] = {0};
    struct syntax_parser *parser = syntax_parser_new();
    struct matcher *matcher = matcher_new(ruleset);
    TSParser *bare = ts_parser_new();
    if (!parser || !matcher || !bare) exit(2);
    ts_parser_set_language(bare, language->parser());
    finding_count = 0;
    for (size_t i = 0; i < file_count; i++) {
        file_parse_bare(bare, files[i], took);
        file_check(parser, matcher, files[i], took);
    }
    ts_parser_delete(bare);
    syntax_parser_free(parser);
    matcher_free(matcher);
    for (int stage = 0; stage < STAGE_COUNT; stage++) seconds[stage][round] = took[stage];
}

/* ---- threads: the files among them, by whole checks ---- */

struct worker {
    size_t first, step;
};

static void *worker_run(void *context)
{
    const struct worker *worker = context;
    struct checker_options options = {
        .ruleset = ruleset, .source_limit_bytes = LIMIT_SOURCE_BYTES_MAX, .parse_deadline_ms = DEADLINE_MS};
    struct error err = {0};
    struct checker *checker = checker_new(&options, &err);
    if (!checker) fail(&err);
    for (size_t i = worker->first; i < file_count; i += worker->step) {
        struct report report = {0};
        if (!checker_check(checker, VIEW("file"), files[i], language, &report, &err)) fail(&err);
        report_clear(&report);
    }
    checker_free(checker);
    return NULL;
}

/* In seconds of the clock. */
static double threads_run(size_t count)
{
    pthread_t threads[16];
    struct worker workers[16];
    uint64_t start = io_now_ns();
    for (size_t i = 0; i < count; i++) {
        workers[i] = (struct worker){i, count};
        if (pthread_create(&threads[i], NULL, worker_run, &workers[i])) exit(2);
    }
    for (size_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
    return (double)(io_now_ns() - start) / 1e9;
}

static int seconds_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, seconds_compare);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    struct error err = {0};
    char path[4096];
    struct arena arena;
    int rounds = argc > 3 ? atoi(argv[3]) : 5, threads = argc > 4 ? atoi(argv[4]) : 1;
    language = argc > 2 ? language_of_word(view_of_cstr(argv[1])) : NULL;
    if (!language || rounds < 1 || rounds > ROUNDS_MAX || threads < 1 || threads > 16) {
        fprintf(stderr, "usage: bench-engine LANGUAGE RULES [ROUNDS [THREADS]] <FILES\n");
        return 2;
    }
    arena_init(&arena, FILE_ARENA_BYTES);
    ruleset = ruleset_new();
    if (!ruleset || !ruleset_add_path(ruleset, argv[2], &err) || !ruleset_compile(ruleset, &err)) fail(&err);
    while (file_count < FILES_MAX && fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = '\0';
        if (!io_read_file(&arena, path, LIMIT_SOURCE_BYTES_MAX, &files[file_count], &err)) fail(&err);
        all_bytes += files[file_count++].length;
    }
    for (int round = 0; round < rounds; round++) round_run(round);
    static const char *const words[] = {"bare parse", "guards", "parse and flatten",
                                        "names",      "match",  "faults"};
    double bare = median(seconds[STAGE_BARE], rounds), sum = 0;
    printf("%u rules, %zu files, %zu bytes, %zu findings\n", ruleset_count(ruleset), file_count, all_bytes,
           finding_count);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        double took = median(seconds[stage], rounds);
        if (stage == STAGE_FAULT) printf("%-18s %.4f s  %.2f\n", "check by rules", sum, sum / bare);
        if (stage != STAGE_BARE) sum += took;
        printf("%-18s %.4f s  %.2f\n", words[stage], took, took / bare);
    }
    printf("%-18s %.4f s  %.2f\n", "whole check", sum, sum / bare);
    if (threads > 1) {
        double one = threads_run(1), many = threads_run((size_t)threads);
        printf("%d threads          %.2f times as fast as one\n", threads, one / many);
    }
    arena_clear(&arena);
    ruleset_free(ruleset);
    return 0;
}
