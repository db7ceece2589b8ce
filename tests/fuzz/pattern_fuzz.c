/* Pattern text as input: compiling it and running it must end, whatever it is. The first byte chooses the
 * language and whether the text is a regex instead, a query, or a pattern of text of no language. */
#include <stdlib.h>

#include "analyzer/comparison.h"
#include "analyzer/match.h"
#include "analyzer/names.h"
#include "analyzer/pattern.h"
#include "base/bug.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One source with most of what a language has, parsed once. */
struct target {
    struct arena arena;
    struct source source;
    struct syntax syntax;
    struct names names;
};

static const char python_source[] =
    "import os, subprocess as sp\nfrom a.b import c as d\n@app.route('/')\nasync def f(a, b=1, *c, **d) -> "
    "int:\n"
    "    x = f'{a}b' + 'c' 'd'\n    try:\n        with open(x) as y: return y.read(z=1)\n"
    "    except (A, B) as e: raise\n    finally: pass\nclass C(D, m=E):\n    v: int = {1: 2, **q}\n"
    "    g = lambda a: [i for i in a if i]\nwhile not a < b == c: del a[1:2]\nsp.run('a', shell=True)\n";
static const char javascript_source[] =
    "import a, {b as c} from 'd'\nconst {e, f: g = 1, ...h} = require('i')\nlet j = `k${l}m`, n = {o, 'p': "
    "1, q() {}}\n"
    "class R extends S { static t = 1; get u() { return this.v?.w } }\nfor (const x of y) if (z) a(...b); "
    "else c: break\n"
    "try { new D(e => f, async function* g(h) { yield i }) } catch (j) { throw j } finally {}\n"
    "k = <L m={n} o=\"p\">q<r /></L>\nswitch (s) { case 1: default: t.u().v[w]() }\nexport default x ? y : z "
    "** 2\n";

static const char typescript_source[] =
    "import a = require('b')\nimport type {C} from 'd'\n@E({f: 1})\nexport abstract class G<H> extends I<H> "
    "implements J {\n  @K() private readonly l?: M<N> = <any>o!\n  constructor(@P() public q: R, s?: T) { "
    "super() }\n"
    "  @U() @V('w') async x(y: string | null): Promise<void> { z(y as any, y satisfies A) }\n}\n"
    "enum B { C = 'd', E }\ninterface F { g: H; i?(j: K): L }\ntype M = {[n in O]: P} & Q\n"
    "namespace R { export const s = f<T>(u) }\ndeclare module 'v' { let w: x }\n";

static const char bash_source[] = "#!/bin/bash\nx=a y+=\"b $x ${y:-c}\" z=$(d `e` <(f))\nIFS=, read -r -a v "
                                  "<<< \"$x\"\nfor i in a* $(b) {1..3}; do\n"
                                  "  c \"$i\" | sudo d -e $'\\x41' 2>&1 | tee f\ndone\nif [ -f a ] && [[ $b "
                                  "== c* ]]; then d; elif e; then f; else g; fi\n"
                                  "case $1 in a|b) c ;; *) d ;; esac\nh() { local j=(1 2); export K=l; unset "
                                  "m; eval $j; }\ncat <<E >n\no $p $(q)\nE\n"
                                  "while read r; do s $((t + 1)); done < u || (v; w &)\n";

static void target_init(struct target *target, struct syntax_parser *parser, enum language_id id,
                        struct view text)
{
    struct finding_list findings = {0};
    arena_init(&target->arena, 64u << 20);
    bool is_fine =
        source_init(&target->source, &target->arena, VIEW("target"), text, &languages[id], NULL) &&
        syntax_parse(parser, &target->arena, &target->source, 5000, &target->syntax, &findings, NULL) &&
        names_resolve(&target->arena, &target->syntax, &target->names, &findings, NULL);
    BUG_ON(!is_fine);
}

/* The text as a block scalar of a rule, so that the whole road from rule to finding is run. */
static struct view rule_of(struct arena *arena, const char *language, const char *operator, struct view text)
{
    struct view out =
        arena_format(arena,
                     "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: m $X\n  "
                     "%s: |\n",
                     language, operator);
    struct view line, rest = text;
    bool has_more = true;
    while (has_more && out.bytes) {
        has_more = view_split(rest, '\n', &line, &rest);
        out = arena_format(arena, "%.*s    %.*s\n", VIEW_ARGS(out), VIEW_ARGS(line));
    }
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct target targets[LANGUAGE_COUNT];
    static struct syntax_parser *parser;
    if (!parser) {
        parser = syntax_parser_new();
        BUG_ON(!parser);
        target_init(&targets[LANGUAGE_PYTHON], parser, LANGUAGE_PYTHON, VIEW(python_source));
        target_init(&targets[LANGUAGE_JAVASCRIPT], parser, LANGUAGE_JAVASCRIPT, VIEW(javascript_source));
        target_init(&targets[LANGUAGE_TYPESCRIPT], parser, LANGUAGE_TYPESCRIPT, VIEW(typescript_source));
        target_init(&targets[LANGUAGE_TSX], parser, LANGUAGE_TSX, VIEW(javascript_source));
        target_init(&targets[LANGUAGE_BASH], parser, LANGUAGE_BASH, VIEW(bash_source));
    }
    if (size < 2 || size > 2048) return 0;
    const struct target *target = &targets[data[0] % LANGUAGE_COUNT];
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 256u << 20);
    struct view text = view_make((const char *)data + 1, size - 1);
    struct view rule = rule_of(&arena, data[0] & 128 ? "generic" : target->source.language->word,
                               data[0] & 64   ? "pattern-regex"
                               : data[0] & 32 ? "query"
                                              : "pattern",
                               text);
    struct ruleset *ruleset = ruleset_new();
    struct matcher *matcher = ruleset ? matcher_new(ruleset) : NULL;
    struct finding_list findings = {0};
    if (matcher && rule.bytes && ruleset_add_bytes(ruleset, VIEW("fuzz.yaml"), rule, NULL) &&
        ruleset_compile(ruleset, NULL))
        match_run(matcher, &arena, &target->syntax, &target->names, &findings, NULL);
    for (uint32_t i = 0; i < findings.count; i++)
        BUG_ON(findings.items[i].end > target->source.bytes.length ||
               findings.items[i].start > findings.items[i].end);
    matcher_free(matcher);
    ruleset_free(ruleset);
    return 0;
}
