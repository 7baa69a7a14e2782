# make run   the desktop program in trial mode, or the same transaction without
#            a window where there is no display
# make test  installs what is missing and passes all tests
.DEFAULT_GOAL := help
SHELL := /bin/bash

BUILD := build
TRIAL := virtualpad
TRIALDIR ?= $${XDG_DATA_HOME:-$$HOME/.local/share}/moqian-trial
FUZZTIME ?= 10s
VERSITYGW := v1.8.0

.PHONY: help run test build vet fuzz bench clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3
	@grep -hE '^## ' $(MAKEFILE_LIST) | sed 's/^## /  /'

## run            trial mode: a window, or tellerctl demo without a display
run:
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		.ci/deps window && \
		go build -tags "$(TRIAL) migrated_fynedo" -o $(BUILD)/teller-trial ./cmd/teller && \
		exec $(BUILD)/teller-trial --data "$(TRIALDIR)"; \
	else \
		echo "no display (DISPLAY and WAYLAND_DISPLAY are empty): the same transaction without a window"; \
		CGO_ENABLED=0 go build -tags "$(TRIAL)" -o $(BUILD)/tellerctl-trial ./cmd/tellerctl && \
		exec $(BUILD)/tellerctl-trial demo --dir "$(TRIALDIR)"; \
	fi

## test           everything that continuous integration checks
test: tools
	go vet ./...
	go vet -tags "$(TRIAL) migrated_fynedo" ./...
	go build -o $(BUILD)/ ./cmd/tellerctl
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" go test ./...
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" go test -tags "$(TRIAL)" ./...
	$(MAKE) --no-print-directory fuzz

# tools: packages of the system and the object store that the tests talk to
.PHONY: tools
tools:
	@.ci/deps test
	@if [ ! -x $(BUILD)/tools/versitygw ]; then \
		echo "building versitygw $(VERSITYGW)"; \
		GOBIN="$(CURDIR)/$(BUILD)/tools" go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW) || \
		echo "versitygw could not be built: the tests that need it are skipped"; \
	fi

## fuzz           each fuzz target for FUZZTIME (10s)
fuzz:
	@.ci/fuzz $(FUZZTIME)

## build          production programs in build/
build:
	go build -o $(BUILD)/ ./cmd/tellerctl
	@if [ -d cmd/teller ]; then go build -tags migrated_fynedo -o $(BUILD)/ ./cmd/teller; fi

## bench          every benchmark with its floor in the same run
bench:
	go test -tags "$(TRIAL)" -run '^$$' -bench . -benchtime 1s ./...

## clean          removes build/
clean:
	rm -rf $(BUILD)

-include cmd/teller/e2e.mk

## notices        NOTICE anew, from the modules' own licences
.PHONY: notices
notices:
	@sed '/^Go modules, by/q' NOTICE > $(BUILD)/NOTICE && .ci/notices >> $(BUILD)/NOTICE && mv $(BUILD)/NOTICE NOTICE
