# Clones the repository at REVISION: a branch, a tag or a commit.
git clone --quiet --no-checkout -- "$GIT_URL" /checkout/project
cd /checkout/project
git fetch --quiet -- origin "$REVISION"
git switch --quiet --detach FETCH_HEAD
