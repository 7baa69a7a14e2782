# Real windows under Xvfb with a window manager. They need a display of their
# own (MOQIAN_E2E_DISPLAY, 77 without it) and are no part of make test.
ROUNDS ?= 1
E2E_OUT ?= $(CURDIR)/$(BUILD)/e2e
.PHONY: e2e e2e-deps e2e-bad e2e-latency e2e-sheet

e2e-deps:
	@.ci/deps window
	@missing=; for p in xvfb xdotool openbox imagemagick x11-utils x11-xserver-utils xclip; do \
		dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] || { echo "installing with apt:$$missing"; apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }
	go build -tags "$(TRIAL)" -o $(BUILD)/teller-trial ./cmd/teller

## e2e            five business types from login to the queue in real windows, ROUNDS times, then bad input
e2e: e2e-deps
	MOQIAN_E2E_OUT="$(E2E_OUT)" cmd/teller/e2e/walk.sh $(ROUNDS)
	MOQIAN_E2E_OUT="$(E2E_OUT)" cmd/teller/e2e/bad.sh

e2e-bad: e2e-deps
	MOQIAN_E2E_OUT="$(E2E_OUT)" cmd/teller/e2e/bad.sh

## e2e-latency    from a sample of the pad to the framebuffer, p50 and p90
e2e-latency: e2e-deps
	MOQIAN_E2E_OUT="$(E2E_OUT)" cmd/teller/e2e/latency.sh

## e2e-sheet      a picture sheet of every page, both languages, all sizes, in build/e2e
e2e-sheet: e2e-deps
	MOQIAN_E2E_OUT="$(E2E_OUT)" cmd/teller/e2e/sheet.sh
