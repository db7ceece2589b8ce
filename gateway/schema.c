#include "gateway/schema.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <math.h>
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

enum keyword {
#define KEYWORD(name, word, what) KEYWORD_##name,
#include "gateway/schema.def"
#undef KEYWORD
    KEYWORD_COUNT
};

static const struct {
    const char *word, *what;
} facts[KEYWORD_COUNT] = {
#define KEYWORD(name, word, what) [KEYWORD_##name] = {word, what},
#include "gateway/schema.def"
#undef KEYWORD
};

static const char *const types[] = {"object", "array", "string", "number", "integer", "boolean", "null"};

enum { TYPE_COUNT = sizeof types / sizeof *types, MATCH_LIMIT = 100000, UNIQUE_ITEMS_MAX = 1000 };

static enum keyword keyword_of(const char *word)
{
    int keyword = 0;
    while (keyword < KEYWORD_COUNT && strcmp(word, facts[keyword].word) != 0) keyword++;
    return (enum keyword)keyword;
}

static bool is_type_word(const json_t *value)
{
    for (int i = 0; json_is_string(value) && i < TYPE_COUNT; i++)
        if (strcmp(json_string_value(value), types[i]) == 0) return true;
    return false;
}

static bool all_are(const json_t *list, bool (*is)(const json_t *))
{
    size_t at;
    json_t *item;
    if (!json_is_array(list)) return false;
    json_array_foreach(list, at, item)
    {
        if (!is(item)) return false;
    }
    return true;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static pcre2_code *pattern_compile(const json_t *text)
{
    int error;
    PCRE2_SIZE at;
    return pcre2_compile((PCRE2_SPTR)json_string_value(text), json_string_length(text),
                         PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
}

static bool is_pattern(const json_t *value)
{
    pcre2_code *code = json_is_string(value) ? pattern_compile(value) : NULL;
    pcre2_code_free(code);
    return code != NULL;
}

static bool check_at(const json_t *schema, unsigned depth, struct error *err);

static bool check_list(const json_t *list, unsigned depth, struct error *err)
{
    size_t at;
    json_t *item;
    json_array_foreach(list, at, item)
    {
        if (!check_at(item, depth + 1, err)) return error_prefix(err, "[%zu]", at);
    }
    return true;
}

static bool check_object(const json_t *object, unsigned depth, struct error *err)
{
    const char *name;
    json_t *item;
    json_object_foreach((json_t *)(uintptr_t)object, name, item)
    {
        if (!check_at(item, depth + 1, err)) return error_prefix(err, "'%.60s'", name);
    }
    return true;
}

/* Whether a keyword has a value of its form; the schemas in it come next. */
static bool is_formed(enum keyword keyword, const json_t *value)
{
    switch (keyword) {
    case KEYWORD_TYPE:
        return is_type_word(value) || (json_array_size(value) && all_are(value, is_type_word));
    case KEYWORD_ENUM:
    case KEYWORD_ANY_OF:
        return json_array_size(value) > 0;
    case KEYWORD_PROPERTIES:
        return json_is_object(value);
    case KEYWORD_REQUIRED:
        return all_are(value, is_text);
    case KEYWORD_ADDITIONAL:
        return json_is_boolean(value) || json_is_object(value);
    case KEYWORD_ITEMS:
        return json_is_object(value) || json_is_boolean(value);
    case KEYWORD_MIN_PROPERTIES:
    case KEYWORD_MAX_PROPERTIES:
    case KEYWORD_MIN_ITEMS:
    case KEYWORD_MAX_ITEMS:
    case KEYWORD_MIN_LENGTH:
    case KEYWORD_MAX_LENGTH:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case KEYWORD_UNIQUE_ITEMS:
        return json_is_boolean(value);
    case KEYWORD_PATTERN:
        return is_pattern(value);
    case KEYWORD_MINIMUM:
    case KEYWORD_MAXIMUM:
    case KEYWORD_ABOVE:
    case KEYWORD_BELOW:
        return json_is_number(value);
    case KEYWORD_SCHEMA:
    case KEYWORD_TITLE:
    case KEYWORD_DESCRIPTION:
        return json_is_string(value);
    case KEYWORD_EXAMPLES:
        return json_is_array(value);
    case KEYWORD_CONST:
    case KEYWORD_DEFAULT:
    case KEYWORD_COUNT:
        break;
    }
    return true;
}

static bool keyword_refuse(const char *word, struct error *err)
{
    const char *known[KEYWORD_COUNT];
    for (int i = 0; i < KEYWORD_COUNT; i++) known[i] = facts[i].word;
    const char *nearest = error_nearest(view_of_cstr(word), known, KEYWORD_COUNT);
    error_set(err, ERROR_POLICY, "the schema says '%.60s', which cordon does not know", word);
    return nearest ? error_remedy(err, "did you mean '%s'?", nearest)
                   : error_remedy(err, "docs/tools.md lists what a schema may say");
}

static bool check_at(const json_t *schema, unsigned depth, struct error *err)
{
    const char *word;
    json_t *value;
    if (depth > SCHEMA_DEPTH_MAX)
        return error_set(err, ERROR_POLICY, "schemas more than %d deep", SCHEMA_DEPTH_MAX);
    if (json_is_boolean(schema)) return true;
    if (!json_is_object(schema)) return error_set(err, ERROR_POLICY, "a schema is an object, true or false");
    json_object_foreach((json_t *)(uintptr_t)schema, word, value)
    {
        enum keyword keyword = keyword_of(word);
        if (keyword == KEYWORD_COUNT) return keyword_refuse(word, err);
        if (!is_formed(keyword, value))
            return error_set(err, ERROR_POLICY, "'%s' of a schema must be %s", word, facts[keyword].what);
        bool is_fine = true;
        if (keyword == KEYWORD_ANY_OF) is_fine = check_list(value, depth, err);
        if (keyword == KEYWORD_PROPERTIES) is_fine = check_object(value, depth, err);
        if (keyword == KEYWORD_ITEMS || keyword == KEYWORD_ADDITIONAL)
            is_fine = check_at(value, depth + 1, err);
        if (!is_fine) return error_prefix(err, "%s", word);
    }
    return true;
}

bool schema_check(const json_t *schema, struct error *err)
{
    return check_at(schema, 0, err);
}

/* One value under judgement. */
struct judge {
    char *message;
    char path[160]; /* ".rows[3]" */
    size_t length;
};

__attribute__((format(printf, 2, 3))) static bool misfit(const struct judge *judge, const char *format, ...)
{
    va_list args;
    int length = snprintf(judge->message, SCHEMA_MESSAGE_BYTES, "%s: ", judge->length ? judge->path : "it");
    va_start(args, format);
    vsnprintf(judge->message + length, SCHEMA_MESSAGE_BYTES - (size_t)length, format, args);
    va_end(args);
    return false;
}

static bool is_of_type(const json_t *value, const char *type)
{
    switch (type[0] == 'n' ? type[2] : type[0]) {
    case 'o':
        return json_is_object(value);
    case 'a':
        return json_is_array(value);
    case 's':
        return json_is_string(value);
    case 'm': /* number */
        return json_is_number(value);
    case 'i': /* 1.0 is one, too */
        return json_is_integer(value) ||
               (json_is_real(value) && trunc(json_real_value(value)) == json_real_value(value));
    case 'b':
        return json_is_boolean(value);
    default: /* null */
        return json_is_null(value);
    }
}

static bool type_fits(const struct judge *judge, const json_t *type, const json_t *value)
{
    char wanted[96] = "";
    size_t length = 0;
    for (size_t i = 0; i < (json_is_array(type) ? json_array_size(type) : 1); i++) {
        const char *word = json_string_value(json_is_array(type) ? json_array_get(type, i) : type);
        if (is_of_type(value, word)) return true;
        length += (size_t)snprintf(wanted + length, sizeof wanted - length, "%s%s", i ? " or " : "", word);
        if (length >= sizeof wanted) length = sizeof wanted - 1;
    }
    return misfit(judge, "is not %s", wanted);
}

static bool pattern_fits(const struct judge *judge, const json_t *pattern, const json_t *value)
{
    pcre2_code *code = pattern_compile(pattern);
    pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    pcre2_match_context *context = data ? pcre2_match_context_create(NULL) : NULL;
    int found = PCRE2_ERROR_NOMEMORY;
    if (context) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        found = pcre2_match(code, (PCRE2_SPTR)json_string_value(value), json_string_length(value), 0, 0, data,
                            context);
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found >= 0 || misfit(judge, "does not match the pattern %.100s", json_string_value(pattern));
}

/* In characters, not bytes. */
static size_t text_length(const json_t *text)
{
    const char *bytes = json_string_value(text);
    size_t length = 0;
    for (size_t i = 0; i < json_string_length(text); i++) length += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return length;
}

static bool count_fits(const struct judge *judge, const json_t *schema, const char *least, const char *most,
                       size_t count, const char *what)
{
    const json_t *low = json_object_get(schema, least), *high = json_object_get(schema, most);
    if (low && count < (size_t)json_integer_value(low))
        return misfit(judge, "has fewer %s than %lld", what, (long long)json_integer_value(low));
    return !high || count <= (size_t)json_integer_value(high) ||
           misfit(judge, "has more %s than %lld", what, (long long)json_integer_value(high));
}

static bool number_fits(const struct judge *judge, const json_t *schema, const json_t *value)
{
    double number = json_number_value(value);
    const json_t *bound = json_object_get(schema, "minimum");
    if (bound && number < json_number_value(bound))
        return misfit(judge, "is below %g", json_number_value(bound));
    bound = json_object_get(schema, "maximum");
    if (bound && number > json_number_value(bound))
        return misfit(judge, "is above %g", json_number_value(bound));
    bound = json_object_get(schema, "exclusiveMinimum");
    if (bound && number <= json_number_value(bound))
        return misfit(judge, "is not above %g", json_number_value(bound));
    bound = json_object_get(schema, "exclusiveMaximum");
    return !bound || number < json_number_value(bound) ||
           misfit(judge, "is not below %g", json_number_value(bound));
}

static bool value_fits(struct judge *judge, const json_t *schema, const json_t *value);

/* A value inside of this one. */
__attribute__((format(printf, 4, 5))) static bool inner_fits(struct judge *judge, const json_t *schema,
                                                             const json_t *value, const char *format, ...)
{
    va_list args;
    size_t before = judge->length, room = sizeof judge->path - before;
    va_start(args, format);
    int put = vsnprintf(judge->path + before, room, format, args);
    va_end(args);
    judge->length += (size_t)put < room ? (size_t)put : room - 1;
    bool is_fit = value_fits(judge, schema, value);
    judge->length = before;
    judge->path[before] = '\0';
    return is_fit;
}

static bool object_fits(struct judge *judge, const json_t *schema, const json_t *value)
{
    const json_t *properties = json_object_get(schema, "properties"),
                 *additional = json_object_get(schema, "additionalProperties");
    size_t at;
    json_t *item;
    json_array_foreach(json_object_get(schema, "required"), at, item)
    {
        if (!json_object_get(value, json_string_value(item)))
            return misfit(judge, "'%.80s' is missing", json_string_value(item));
    }
    const char *name;
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
    {
        const json_t *inner = json_object_get(properties, name);
        if (!inner && json_is_false(additional)) return misfit(judge, "'%.80s' is not known", name);
        if (!inner) inner = additional;
        if (inner && !inner_fits(judge, inner, item, ".%.60s", name)) return false;
    }
    return count_fits(judge, schema, "minProperties", "maxProperties", json_object_size(value), "members");
}

static bool array_fits(struct judge *judge, const json_t *schema, const json_t *value)
{
    const json_t *items = json_object_get(schema, "items");
    size_t at;
    json_t *item;
    if (!count_fits(judge, schema, "minItems", "maxItems", json_array_size(value), "items")) return false;
    bool is_unique = json_is_true(json_object_get(schema, "uniqueItems"));
    if (is_unique && json_array_size(value) > UNIQUE_ITEMS_MAX)
        return misfit(judge, "has more than %d items, which are to be unique", UNIQUE_ITEMS_MAX);
    json_array_foreach(value, at, item)
    {
        if (items && !inner_fits(judge, items, item, "[%zu]", at)) return false;
        for (size_t before = 0; is_unique && before < at; before++)
            if (json_equal(json_array_get(value, before), item)) return misfit(judge, "has an item twice");
    }
    return true;
}

static bool any_fits(struct judge *judge, const json_t *list, const json_t *value)
{
    size_t at;
    json_t *item;
    json_array_foreach(list, at, item)
    {
        if (value_fits(judge, item, value)) return true;
    }
    return misfit(judge, "fits none of what it may be");
}

static bool is_one_of(const json_t *list, const json_t *value)
{
    size_t at;
    json_t *item;
    json_array_foreach(list, at, item)
    {
        if (json_equal(item, value)) return true;
    }
    return false;
}

/* As deep as the schema, which is bounded. */
static bool value_fits(struct judge *judge, const json_t *schema, const json_t *value)
{
    if (json_is_boolean(schema)) return json_is_true(schema) || misfit(judge, "may not be there");
    const json_t *type = json_object_get(schema, "type"), *one_of = json_object_get(schema, "enum"),
                 *constant = json_object_get(schema, "const"), *any = json_object_get(schema, "anyOf"),
                 *pattern = json_object_get(schema, "pattern");
    if (type && !type_fits(judge, type, value)) return false;
    if (one_of && !is_one_of(one_of, value)) return misfit(judge, "is none of the values that it may have");
    if (constant && !json_equal(constant, value)) return misfit(judge, "is not the value that it must have");
    if (any && !any_fits(judge, any, value)) return false;
    if (json_is_object(value)) return object_fits(judge, schema, value);
    if (json_is_array(value)) return array_fits(judge, schema, value);
    if (json_is_number(value)) return number_fits(judge, schema, value);
    if (!json_is_string(value)) return true;
    return count_fits(judge, schema, "minLength", "maxLength", text_length(value), "characters") &&
           (!pattern || pattern_fits(judge, pattern, value));
}

bool schema_fits(const json_t *schema, const json_t *value, char message[SCHEMA_MESSAGE_BYTES])
{
    struct judge judge = {.message = message};
    return value_fits(&judge, schema, value);
}
