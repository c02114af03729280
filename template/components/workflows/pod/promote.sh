# Commits a release to TO and pushes; 75 says that somebody else pushed first, so clone again.
python -m slipway promote --to "$TO" --propose-last --reason "$REASON"
git push origin "$GIT_BRANCH" "+refs/heads/release-*:refs/heads/release-*" || exit 75
