#include "cordon/hook_host.h"

#include "base/json.h"

static const char *const words[HOOK_HOST_COUNT + 1] = {
#define HOST(name, word, project, user) [HOOK_HOST_##name] = word,
#include "cordon/hook_host.def"
#undef HOST
};

static const char *const settings[HOOK_HOST_COUNT][2] = {
#define HOST(name, word, project, user) [HOOK_HOST_##name] = {project, user},
#include "cordon/hook_host.def"
#undef HOST
};

const char *hook_host_word(enum hook_host host)
{
    return words[host];
}

const char *const *hook_host_words(void)
{
    return words;
}

const char *hook_host_settings(enum hook_host host, bool is_global)
{
    return settings[host][is_global];
}

enum hook_host hook_host_of_word(struct view word)
{
    int host = 0;
    while (host < HOOK_HOST_COUNT && !view_equals_cstr(word, words[host])) host++;
    return (enum hook_host)host;
}

static json_t *pre_tool_use(struct view reason)
{
    return json_pack("{s:{s:s, s:s, s:o}}", "hookSpecificOutput", "hookEventName", "PreToolUse",
                     "permissionDecision", "deny", "permissionDecisionReason", json_string_of_view(reason));
}

json_t *hook_host_denial(enum hook_host host, bool is_nested, struct view reason)
{
    switch (host) {
    case HOOK_HOST_CLAUDE_CODE:
    case HOOK_HOST_CODEX:
        return pre_tool_use(reason);
    case HOOK_HOST_GEMINI:
        return json_pack("{s:s, s:o}", "decision", "deny", "reason", json_string_of_view(reason));
    case HOOK_HOST_CURSOR:
        return json_pack("{s:s, s:s, s:o}", "permission", "deny", "user_message",
                         "cordon rejected code in this call", "agent_message", json_string_of_view(reason));
    case HOOK_HOST_COPILOT:
        if (is_nested) return pre_tool_use(reason);
        return json_pack("{s:s, s:o}", "permissionDecision", "deny", "permissionDecisionReason",
                         json_string_of_view(reason));
    case HOOK_HOST_COUNT:
        break;
    }
    return NULL;
}
