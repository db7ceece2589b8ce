/* cmd_completion.c - `cordon completion`: the script by which a shell completes command lines. */
#include <stdio.h>

#include "cordon/commands.h"
#include "cordon/completion.h"
#include "cordon/job.h"

enum status command_completion(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    const char *word = options->operands.count == 1 ? options->operands.items[0] : "";
    enum completion_shell shell = completion_shell_of_word(view_of_cstr(word));
    (void)arena;
    if (shell == COMPLETION_NONE) {
        error_set(&err, ERROR_USAGE, "completion for which shell?");
        error_remedy(&err, "cordon completion bash, cordon completion zsh or cordon completion fish");
        return job_complain(&err);
    }
    completion_write(stdout, shell);
    return ferror(stdout) ? STATUS_UNDECIDED : STATUS_OK;
}
