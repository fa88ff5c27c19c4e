#!/usr/bin/env bash
# The main job end to end on the demo author's export files: add, collect, index, dataset, train, write, evaluate.
# A second run finds everything done and changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
twin=${TWIN:-twin}
export TWIN_HOME=${HOME_FOLDER:-.demo}
brief=${1:-"Why we stopped buying predictive sensors before cleaning the door tracks"}
started=$SECONDS

step() {
    printf '\n== %s  (%d s)\n' "$*" $((SECONDS - started))
    "$twin" "$@" 2> >(grep --line-buffered -v '^next:' >&2)
}

step init --author "Nora Quill" --me nora@quill.example --me noraquill.substack.com
for archive in Complete_LinkedInDataExport_01-12-2026.zip medium-export.zip substack-export.zip doorlog.bundle; do
    step add "demo/archives/$archive"
done
step collect
step index
step dataset
step train --no-refit
step write "$brief"
step evaluate
printf '\nNora Quill does not exist: her texts were machine-written for this demo (demo/README.md).\n'
printf 'Done in %d s. Now open the studio:\n\n    TWIN_HOME=%s %s serve\n' $((SECONDS - started)) "$TWIN_HOME" "$twin"
