# lib.bash - for every bats file: where the program is, and how to be somebody else.
CORDON=${CORDON:?the program under test}
ROOT=${CORDON_SOURCE_ROOT:?the source tree}

# A folder of this test's own that every user may read; removed at the end.
setup_folder() {
    FOLDER=$(mktemp -d /tmp/cordon-test-XXXXXX)
    chmod 755 "$FOLDER"
    # The audit log of this test; the unprivileged user's is beside it.
    export XDG_STATE_HOME=$FOLDER/state
    mkdir -m 777 "$FOLDER/state-nobody"
    cp "$CORDON" "$FOLDER/cordon"
    chmod 755 "$FOLDER/cordon"
}

teardown_folder() {
    case $FOLDER in /tmp/cordon-test-*) rm -rf "$FOLDER" ;; esac
}

# Runs a command as an unprivileged user: by setpriv where we are root, as ourselves otherwise.
as_nobody() {
    if [ "$(id -u)" = 0 ]; then
        XDG_STATE_HOME=$FOLDER/state-nobody setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
    else
        "$@"
    fi
}
