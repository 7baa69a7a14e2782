# make run   the desktop program in trial mode, or the same transaction without
#            a window where there is no display
# make test  installs what is missing and passes all tests
.DEFAULT_GOAL := help
SHELL := /bin/bash

BUILD := build
# migrated_fynedo selects the toolkit's own rules for threads
PROD := migrated_fynedo
TRIAL := virtualpad migrated_fynedo
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
		go build -tags "$(TRIAL)" -o $(BUILD)/teller-trial ./cmd/teller && \
		exec $(BUILD)/teller-trial --data "$(TRIALDIR)"; \
	else \
		echo "no display (DISPLAY and WAYLAND_DISPLAY are empty): the same transaction without a window"; \
		.ci/deps demo || echo "without them a rare character stops the voucher"; \
		CGO_ENABLED=0 go build -tags "$(TRIAL)" -o $(BUILD)/tellerctl-trial ./cmd/tellerctl && \
		exec $(BUILD)/tellerctl-trial demo --dir "$(TRIALDIR)"; \
	fi

## test           everything that continuous integration checks
test: tools
	go vet -tags "$(PROD)" ./...
	go vet -tags "$(TRIAL)" ./...
	go build -tags "$(PROD)" -o $(BUILD)/ ./cmd/tellerctl ./cmd/teller
	.ci/gotest -count=1 ./cmd
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" .ci/gotest -tags "$(PROD)" ./...
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" .ci/gotest -tags "$(TRIAL)" ./...
	@.ci/fuzz $(FUZZTIME) || echo "FUZZ: the random search found what stands above; its inputs are kept as files. It fails make fuzz, not this: a search by chance must not decide about a change. Every input found earlier is a test."

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
	go build -tags "$(PROD)" -o $(BUILD)/ ./cmd/tellerctl ./cmd/teller

## bench          every benchmark with its floor in the same run
bench:
	go test -tags "$(TRIAL)" -run '^$$' -bench . -benchtime 1s ./...

## clean          removes build/
clean:
	rm -rf $(BUILD)

-include cmd/teller/e2e.mk
-include pad/pad.mk
-include store/store.mk

## notices        NOTICE anew, from the modules' own licences
.PHONY: notices
notices:
	@sed '/^Go modules, by/q' NOTICE > $(BUILD)/NOTICE && .ci/notices >> $(BUILD)/NOTICE && mv $(BUILD)/NOTICE NOTICE

## install-udev   lets the people at this machine open its pads
.PHONY: install-udev
install-udev:
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	$$sudo install -m 644 assets/udev/*.rules /etc/udev/rules.d/ && \
	{ $$sudo udevadm control --reload && $$sudo udevadm trigger --subsystem-match=usb || echo "udev is not running here: the rule counts from the next start"; }

## torture        the long runs: kills, power cuts, lines, matrices, 10^8 reports (hours)
torture: torture-store torture-vouchers torture-mark torture-ink
.PHONY: torture-store torture-vouchers torture-mark torture-ink
torture-store: tools
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" MOQIAN_TORTURE=1 go test -count=1 -timeout 3h -v -run 'Kill|PowerCut' ./store/...
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" MOQIAN_TORTURE=1 go test -timeout 3h -run '^$$' -bench 'LimitedLink|LongOffline' -benchtime 1x ./store/upload

## torture-vouchers  1,000 vouchers before every checker, all real handwriting, all ideographs
torture-vouchers: tools
	MOQIAN_TORTURE=1 go test -count=1 -timeout 1h -run TestMatrix -v ./cmd/internal/proof
	MOQIAN_TORTURE=1 go test -count=1 -timeout 1h -tags "$(TRIAL)" -run RealHandwriting -v ./cmd/internal/ctl
	MOQIAN_TORTURE=1 go test -count=1 -timeout 1h -run EveryIdeo -v ./render/pdf

## torture-mark   both layers of the mark: 1,000 pages, all channels, 1,000 unmarked; goes on where it stopped
torture-mark:
	MOQIAN_TORTURE=1 go test -count=1 -timeout 3h -tags "$(TRIAL)" -run ExactMark -v ./cmd/internal/markcmd
	MOQIAN_TORTURE=1 go test -count=1 -timeout 9h -run 'TestTable$$|TestUnmarked|TestLooks|TestTrackOfRecords' -v ./render/watermark/robust -args -table "$(CURDIR)/$(BUILD)/mark.jsonl"

## torture-ink    both inks beside the Wiener filter and the prototype, on all records
torture-ink:
	MOQIAN_TORTURE=1 go test -count=1 -timeout 2h -v -run 'AgainstBounds|InventedHands' ./render/ink
