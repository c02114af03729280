# What a network needs besides dev.txt. Its size is told before it is downloaded: make setup PYTORCH=yes
ASK_FIRST = @requirements/network.sh "$(PYTORCH)"

define LOCK_MORE
@$(LOCK) --output-file=requirements/network.txt --constraint=requirements/dev.txt requirements/network.in
endef
